"""What other apps get to see of matching."""

from dataclasses import dataclass

from django.db import models


class MandateKind(models.TextChoices):
    BUYER = "buyer", "Buyer"
    INVESTOR = "investor", "Investor"
    LENDER = "lender", "Lender"


class MandateStatus(models.TextChoices):
    ACTIVE = "active", "Active"
    PAUSED = "paused", "Paused"


@dataclass(frozen=True)
class MatchCounts:
    """How many matches an organisation's mandates have, and how many mandates match its listings."""

    for_mandates: int
    for_listings: int
