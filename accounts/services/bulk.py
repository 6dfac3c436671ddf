"""Many owners at once, for benchmarks and demonstrations. Nobody can log in as one of them: they have no phone."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from accounts.models import Badge, Membership, Organisation, User
from accounts.types import MarketRole
from msmebazaar.core.bulk import copy_rows

ROLES = [MarketRole.OWNER.value, MarketRole.BUYER.value, MarketRole.INVESTOR.value, MarketRole.LENDER.value]


@transaction.atomic
def load_owners(*, tiers: Mapping[UUID, int | None], now: datetime) -> None:
    """A person with a personal organisation for each id, which becomes the id of both, and the badge it is to have."""
    ids = list(tiers)
    copy_rows(User, (User(id=owner, password="!") for owner in ids))
    copy_rows(Organisation, (Organisation(id=owner, roles=ROLES) for owner in ids))
    copy_rows(Membership, (Membership(user_id=owner, organisation_id=owner) for owner in ids))
    copy_rows(Badge, (_badge(owner, tier, now) for owner, tier in tiers.items() if tier is not None))


def _badge(owner: UUID, tier: int, now: datetime) -> Badge:
    until = now + settings.BADGE_LIFETIMES[tier]
    return Badge(organisation_id=owner, tier=tier, evidence={"seen": "invented"}, granted_at=now, expires_at=until)
