"""Many owners at once, for benchmarks and demonstrations. Nobody can log in as one of them: they have no phone."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from accounts.models import Membership, Organisation, User
from accounts.types import MarketRole
from msmebazaar.core.bulk import copy_rows

ROLES = [MarketRole.OWNER.value, MarketRole.BUYER.value, MarketRole.INVESTOR.value, MarketRole.LENDER.value]


@transaction.atomic
def load_owners(*, ids: Sequence[UUID]) -> None:
    """A person with a personal organisation for each id, which becomes the id of both."""
    copy_rows(User, (User(id=owner, password="!") for owner in ids))
    copy_rows(Organisation, (Organisation(id=owner, roles=ROLES) for owner in ids))
    copy_rows(Membership, (Membership(user_id=owner, organisation_id=owner) for owner in ids))
