"""What buyers, investors, lenders and advisors look for."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from matching.types import MandateKind, MandateStatus
from msme.types import Frequency
from msmebazaar.core.history import tracked
from msmebazaar.core.models import TimeStamped


@tracked("kind", "status", "ticket_min_inr", "ticket_max_inr")
class Mandate(TimeStamped):
    """What somebody looks for. Empty lists and nothing mean no wish; `strict` names the wishes that are conditions.

    NIC codes are prefixes of two to five digits; the market tells industries by two, so what is longer counts by its division.
    Districts are written `MH/Pune`.
    """

    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=MandateKind.choices)
    intents = ArrayField(models.CharField(max_length=20))
    nic_include = ArrayField(models.CharField(max_length=5), default=list)
    nic_exclude = ArrayField(models.CharField(max_length=5), default=list)
    states = ArrayField(models.CharField(max_length=2), default=list)
    districts = ArrayField(models.CharField(max_length=63), default=list, db_default=[])
    ticket_min_inr = models.DecimalField(max_digits=18, decimal_places=2)
    ticket_max_inr = models.DecimalField(max_digits=18, decimal_places=2)
    stake_min_pct = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    stake_max_pct = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    revenue_min_inr = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    structures = ArrayField(models.CharField(max_length=20), default=list, db_default=[])
    horizon_months = models.PositiveSmallIntegerField(null=True)
    strict = ArrayField(models.CharField(max_length=10), default=list, db_default=[])
    thesis = models.TextField(max_length=2000, blank=True)
    status = models.CharField(max_length=10, choices=MandateStatus.choices, default=MandateStatus.ACTIVE)
    expires_at = models.DateTimeField(null=True)
    alerts = models.CharField(
        max_length=10, choices=Frequency.choices, default=Frequency.DAILY, db_default=Frequency.DAILY
    )
    alerted_until = models.DateTimeField(null=True, help_text="Matches found later are news.")
    alert_due_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    list_floor = models.CharField(
        max_length=30,
        blank=True,
        default="",
        db_default="",
        help_text='`rank_key` of the lowest stored match of a full list; "" while there is room.',
    )
    matched_version = models.PositiveIntegerField(default=0, help_text="The version the stored matches belong to.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ticket_min_inr__gte=0, ticket_max_inr__gt=0, ticket_max_inr__gte=F("ticket_min_inr")),
                name="matching_mandate_ticket_range",
            )
        ]
        indexes = [
            models.Index(fields=["ticket_min_inr"], condition=Q(status="active"), name="matching_mandate_active")
        ]

    def __str__(self) -> str:
        return self.name
