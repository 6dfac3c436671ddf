"""What other apps get to see of a valuation."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _


class ValuationStatus(models.TextChoices):
    PENDING = "pending", _("Being calculated")
    READY = "ready", _("Ready")
    REFUSED = "refused", _("No value possible")


@dataclass(frozen=True)
class ValuationSummary:
    """The latest result of an organisation's business: amounts in rupees, None where there is none."""

    valuation_id: UUID
    business_id: UUID
    status: str
    point_inr: Decimal | None
    low80_inr: Decimal | None
    high80_inr: Decimal | None
    completed_at: datetime | None
