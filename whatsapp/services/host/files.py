"""Files that somebody sends: noted for the business they belong to; a worker fetches them."""

from uuid import UUID

from msme import selectors as businesses
from whatsapp.flow import Outcome
from whatsapp.models import InboundMedia
from whatsapp.services.host.business import business_of
from whatsapp.services.host.context import ACTS, Asked, named


@named(ACTS)
def keep_files(asked: Asked, argument: str) -> Outcome:
    """`argument`: ids, separated by commas. Without a business there is nowhere to put them."""
    business_id = business_of(asked)
    if business_id is None:
        return asked.refused("common.file_nowhere")
    ids = [UUID(part) for part in argument.split(",") if part]
    InboundMedia.objects.filter(pk__in=ids).update(business_id=business_id)
    name = businesses.get_business_facts(actor=asked.actor, business_id=business_id).legal_name
    return asked.said("common.file_kept", business=name)
