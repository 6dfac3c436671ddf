"""Valuations: a request, and once it is made, a result that never changes; and what people make of it."""

import pgtrigger
from django.db import models
from django.db.models import Q

from msmebazaar.core.crypto import EncryptedTextField
from msmebazaar.core.history import tracked
from msmebazaar.core.models import TimeStamped
from valuation.types import (
    NarrativeSource,
    OverrideState,
    PriceKind,
    RunState,
    Shown,
    ValuationPurpose,
    ValuationStatus,
)


class Valuation(TimeStamped):
    """One run of the engine on one canonical input.

    `input`, `engine_version`, `pack_id` and their hashes say exactly what was calculated; the same input, engine and pack
    give the same output bytes (`manage.py valuation_recompute`). A new pack or engine makes a new row. `answers` is what the
    owner said besides the books; it is part of the input and asked for again as a default.
    """

    business = models.ForeignKey("msme.Business", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    requested_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=ValuationStatus.choices, default=ValuationStatus.PENDING)
    purpose = models.CharField(
        max_length=12,
        choices=ValuationPurpose.choices,
        default=ValuationPurpose.INFORMATION,
        db_default=ValuationPurpose.INFORMATION,
    )
    answers = models.JSONField(default=dict, db_default={})
    input = models.JSONField()
    input_sha256 = models.CharField(max_length=64)
    engine_version = models.CharField(max_length=20)
    pack_id = models.CharField(max_length=40)
    pack_sha256 = models.CharField(max_length=64)
    output = models.JSONField(null=True)
    output_sha256 = models.CharField(max_length=64, blank=True)
    point_inr = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    low80_inr = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    high80_inr = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    quality = models.PositiveSmallIntegerField(null=True)
    completed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["business", "input_sha256", "engine_version", "pack_sha256"], name="valuation_valuation_once"
            ),
            models.CheckConstraint(
                condition=Q(status="pending") | Q(output__isnull=False, completed_at__isnull=False),
                name="valuation_valuation_done_has_output",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="immutable",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__status__in=["ready", "refused"]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.status} {self.id}"


class ListingValuation(TimeStamped):
    """The owner's consent that members see a valuation beside a listing: the range, or the value too."""

    listing = models.OneToOneField("msme.Listing", on_delete=models.CASCADE, related_name="+")
    valuation = models.ForeignKey(Valuation, on_delete=models.CASCADE, related_name="+")
    shows = models.CharField(max_length=5, choices=Shown.choices)
    by_id = models.UUIDField()

    def __str__(self) -> str:
        return f"{self.shows} beside {self.listing_id}"


class ShareLink(TimeStamped):
    """A link to a report for somebody without an account: the token only as its SHA-256, an end, and how often it was opened."""

    valuation = models.ForeignKey(Valuation, on_delete=models.CASCADE, related_name="share_links")
    token_sha256 = models.CharField(max_length=64, unique=True)
    label = EncryptedTextField()
    language = models.CharField(max_length=2)
    by_id = models.UUIDField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    opened = models.PositiveIntegerField(default=0)
    last_opened_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"a link to {self.valuation_id}"


class Narrative(TimeStamped):
    """An explanation in sentences. A language model's text is kept only when every number in it stands in the result."""

    valuation = models.ForeignKey(Valuation, on_delete=models.CASCADE, related_name="narratives")
    language = models.CharField(max_length=2)
    source = models.CharField(max_length=10, choices=NarrativeSource.choices, blank=True)
    text = models.TextField(blank=True)
    rejected_numbers = models.JSONField(default=list)
    completed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["valuation", "language"], name="valuation_narrative_once")]

    def __str__(self) -> str:
        return f"{self.language} of {self.valuation_id}"


@tracked("state", "point_inr", "low80_inr", "high80_inr", "proposed_by_id", "decided_by_id")
class Override(TimeStamped):
    """Staff's judgement over the engine's: proposed by one, decided by another, with reasons. The valuation stays as it is."""

    valuation = models.ForeignKey(Valuation, on_delete=models.CASCADE, related_name="overrides")
    state = models.CharField(max_length=10, choices=OverrideState.choices, default=OverrideState.PROPOSED)
    point_inr = models.DecimalField(max_digits=18, decimal_places=2)
    low80_inr = models.DecimalField(max_digits=18, decimal_places=2)
    high80_inr = models.DecimalField(max_digits=18, decimal_places=2)
    reason = models.TextField()
    proposed_by_id = models.UUIDField()
    decided_by_id = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    low80_inr__gte=0, low80_inr__lte=models.F("point_inr"), point_inr__lte=models.F("high80_inr")
                ),
                name="valuation_override_order",
            ),
            models.CheckConstraint(
                condition=Q(decided_by_id__isnull=True) | ~Q(decided_by_id=models.F("proposed_by_id")),
                name="valuation_override_second_person",
            ),
            models.UniqueConstraint(
                fields=["valuation"], condition=Q(state="proposed"), name="valuation_override_one_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state} for {self.valuation_id}"


class Oddity(TimeStamped):
    """A valuation outside its usual range: a colleague looks at it before its owner relies on it for long."""

    valuation = models.OneToOneField(Valuation, on_delete=models.CASCADE, related_name="oddity")
    reasons = models.JSONField(default=list, help_text="Codes of `OddReason`.")
    looked_by_id = models.UUIDField(null=True)
    looked_at = models.DateTimeField(null=True)
    note = models.TextField(blank=True)

    class Meta:
        verbose_name_plural = "oddities"
        indexes = [
            models.Index(fields=["created_at"], condition=Q(looked_at__isnull=True), name="valuation_oddity_open")
        ]

    def __str__(self) -> str:
        return f"{', '.join(self.reasons)} of {self.valuation_id}"


@tracked("valuation", "registration_number", "recorded_by_id")
class SignOff(TimeStamped):
    """A registered valuer has gone through a valuation. The registration number is public (IBBI's register)."""

    valuation = models.ForeignKey(Valuation, on_delete=models.CASCADE, related_name="sign_offs")
    valuer_name = models.CharField(max_length=120)
    registration_number = models.CharField(max_length=30)
    note = models.TextField(blank=True)
    recorded_by_id = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["valuation", "registration_number"], name="valuation_signoff_once")
        ]

    def __str__(self) -> str:
        return f"{self.registration_number} on {self.valuation_id}"


class RevaluationRun(TimeStamped):
    """All businesses with a valuation, valued again by the current engine and pack. `after`: the last business done."""

    engine_version = models.CharField(max_length=20)
    pack_id = models.CharField(max_length=40)
    state = models.CharField(max_length=8, choices=RunState.choices, default=RunState.RUNNING)
    total = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    made = models.PositiveIntegerField(default=0)
    after = models.UUIDField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["engine_version", "pack_id"], condition=Q(state="running"), name="valuation_revaluationrun_one"
            )
        ]

    def __str__(self) -> str:
        return f"{self.done} of {self.total}"


class ObservedPrice(TimeStamped):
    """What was asked, offered or paid, beside what the engine had said: the data that a recalibration will need."""

    listing_id = models.UUIDField()
    business_id = models.UUIDField()
    valuation = models.ForeignKey(Valuation, on_delete=models.SET_NULL, null=True, related_name="+")
    kind = models.CharField(max_length=6, choices=PriceKind.choices)
    amount_inr = models.DecimalField(max_digits=18, decimal_places=2)
    share_pct = models.DecimalField(max_digits=5, decimal_places=2)
    observed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["listing_id", "kind", "amount_inr", "observed_at"], name="valuation_observedprice_once"
            )
        ]
        indexes = [models.Index(fields=["kind", "observed_at"], name="valuation_observed_kind")]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount_inr}"
