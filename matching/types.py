"""What other apps get to see of matching."""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _


class MandateKind(models.TextChoices):
    BUYER = "buyer", _("Buyer")
    INVESTOR = "investor", _("Investor")
    LENDER = "lender", _("Lender")


class MandateStatus(models.TextChoices):
    ACTIVE = "active", _("Active")
    PAUSED = "paused", _("Paused")


@dataclass(frozen=True)
class MatchCounts:
    """How many matches an organisation's mandates have, and how many mandates match its listings."""

    for_mandates: int
    for_listings: int
