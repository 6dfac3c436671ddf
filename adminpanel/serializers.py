"""Shapes of the staff's API."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from adminpanel.models import Decision, SavedView, Sheet
from adminpanel.selectors import PERIODS
from adminpanel.types import SheetFormat
from msmebazaar.core.http.problems import to_problem, translated
from msmebazaar.core.http.serializers import Base
from msmebazaar.core.models import AuditEntry

COLOURS = [("green", "green"), ("amber", "amber"), ("red", "red")]
PERIOD_CHOICES = [(period, period) for period in PERIODS]
MOST_AT_ONCE = 200


class TranslatedField(serializers.CharField):
    """A marked text, in the reader's language."""

    def to_representation(self, value: Any) -> str:
        return translated(str(value))


class QueueAnswer(Base):
    name = serializers.CharField(source="queue.name")
    title = TranslatedField(source="queue.title")
    count = serializers.IntegerField(source="depth.count")
    late = serializers.IntegerField(source="depth.late", help_text="How many wait for longer than they should.")
    oldest_since = serializers.DateTimeField(source="depth.oldest", allow_null=True)
    colour = serializers.ChoiceField(choices=COLOURS)
    acts = serializers.SerializerMethodField(help_text="What can be done with its items.")

    def get_acts(self, row: Any) -> list[str]:
        return [act.name for act in self.context["acts"].get(row.queue.name, ())]


class WaitingAnswer(Base):
    queue = serializers.CharField()
    id = serializers.UUIDField()
    title = serializers.CharField()
    since = serializers.DateTimeField()
    due_at = serializers.DateTimeField(help_text="By when it should be answered.")
    state = serializers.CharField(help_text="Letters of the state of India, or empty.")
    language = serializers.CharField()
    note = serializers.CharField()
    assigned_to = serializers.SerializerMethodField()
    claimed_by = serializers.SerializerMethodField()

    def get_assigned_to(self, row: Any) -> str:
        held = self.context.get("claims", {}).get(row.id)
        return held.assigned_to if held else ""

    def get_claimed_by(self, row: Any) -> str:
        held = self.context.get("claims", {}).get(row.id)
        return held.claimed_by if held else ""


class ActWrite(Base):
    act = serializers.CharField(max_length=30, help_text="One of the queue's acts, such as approve.")
    reason = serializers.CharField(max_length=30, required=False, allow_blank=True, default="")
    text = serializers.CharField(max_length=4000, required=False, allow_blank=True, default="")
    keep = serializers.UUIDField(required=False, allow_null=True, default=None, help_text="The business that stays.")


class BulkWrite(ActWrite):
    items = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=MOST_AT_ONCE)
    is_preview = serializers.BooleanField(default=True, help_text="Only say what would happen.")


class DecisionAnswer(serializers.ModelSerializer[Decision]):
    class Meta:
        model = Decision
        fields = ("id", "queue", "item_id", "title", "what", "undo_until", "undone_at", "created_at")


class BulkAnswer(Base):
    item_id = serializers.UUIDField()
    is_done = serializers.SerializerMethodField(help_text="Whether it was done; false in a preview.")
    problem = serializers.SerializerMethodField(help_text="Why not, or empty.")

    def get_is_done(self, row: Any) -> bool:
        return getattr(row, "decision", None) is not None

    def get_problem(self, row: Any) -> str:
        return to_problem(row.problem).detail if row.problem else ""


class FigureAnswer(Base):
    measure = serializers.CharField()
    title = TranslatedField()
    unit = serializers.CharField(help_text="inr for rupees, empty for a count.")
    value = serializers.DecimalField(max_digits=20, decimal_places=2)
    before = serializers.DecimalField(max_digits=20, decimal_places=2, allow_null=True)
    days = serializers.IntegerField()


class AnomalyAnswer(Base):
    measure = serializers.CharField()
    title = TranslatedField()
    day = serializers.DateField()
    value = serializers.DecimalField(max_digits=20, decimal_places=2)
    usual = serializers.DecimalField(max_digits=20, decimal_places=2)
    score = serializers.FloatField(help_text="In standard deviations of such counts.")


class MarketPulseAnswer(Base):
    pulse = FigureAnswer(many=True)
    anomalies = AnomalyAnswer(many=True)
    counted_at = serializers.DateTimeField(allow_null=True)


class MeasureAnswer(Base):
    name = serializers.CharField()
    title = TranslatedField()
    unit = serializers.CharField()
    is_level = serializers.BooleanField(help_text="What there is, rather than what happened.")
    splits = serializers.ListField(child=serializers.CharField())


class LineAnswer(Base):
    key = serializers.CharField()
    name = serializers.CharField()
    values = serializers.ListField(child=serializers.DecimalField(max_digits=20, decimal_places=2))


class SeriesAnswer(Base):
    measure = serializers.CharField()
    title = TranslatedField()
    unit = serializers.CharField()
    split = serializers.CharField()
    period = serializers.ChoiceField(choices=PERIOD_CHOICES)
    labels = serializers.ListField(child=serializers.DateField(), help_text="First days of the periods.")
    lines = LineAnswer(many=True)
    counted_at = serializers.DateTimeField(allow_null=True)


class KycTier(Base):
    tier = serializers.IntegerField()
    granted_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()


class KycRequest(Base):
    id = serializers.UUIDField()
    tier = serializers.IntegerField()
    state = serializers.CharField()
    asked_at = serializers.DateTimeField()


class KycAnswer(Base):
    organisation_id = serializers.UUIDField()
    name = serializers.CharField()
    tiers = KycTier(many=True)
    requests = KycRequest(many=True)


class OverrideWrite(Base):
    point_inr = serializers.DecimalField(max_digits=18, decimal_places=2, min_value=0)
    low80_inr = serializers.DecimalField(max_digits=18, decimal_places=2, min_value=0)
    high80_inr = serializers.DecimalField(max_digits=18, decimal_places=2, min_value=0)
    reason = serializers.CharField(max_length=2000)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs["low80_inr"] <= attrs["point_inr"] <= attrs["high80_inr"]:
            raise serializers.ValidationError({"point_inr": _("The value must lie within its range.")})
        return attrs


class OverrideProposedAnswer(Base):
    id = serializers.UUIDField()
    valuation_id = serializers.UUIDField()
    state = serializers.CharField()
    point_inr = serializers.DecimalField(max_digits=18, decimal_places=2)
    low80_inr = serializers.DecimalField(max_digits=18, decimal_places=2)
    high80_inr = serializers.DecimalField(max_digits=18, decimal_places=2)


class RerunAnswer(Base):
    valuation_id = serializers.UUIDField()


class ActionAnswer(serializers.ModelSerializer[AuditEntry]):
    facts = serializers.DictField()

    class Meta:
        model = AuditEntry
        fields = ("id", "at", "actor_id", "action", "subject_type", "subject_id", "facts", "request_id")


class ViewWrite(Base):
    model = serializers.CharField(max_length=80, help_text="The list, such as msme.listing.")
    name = serializers.CharField(max_length=60)
    query = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")
    is_shared = serializers.BooleanField(default=False)


class ViewAnswer(serializers.ModelSerializer[SavedView]):
    class Meta:
        model = SavedView
        fields = ("id", "model", "name", "query", "is_shared", "created_at")


class SheetWrite(Base):
    model = serializers.CharField(max_length=80, help_text="The list, such as msme.listing.")
    query = serializers.CharField(
        max_length=1000,
        required=False,
        allow_blank=True,
        default="",
        help_text="Filters and search as in the admin's address, such as status__exact=live.",
    )
    format = serializers.ChoiceField(choices=SheetFormat.choices)


class SheetAnswer(serializers.ModelSerializer[Sheet]):
    class Meta:
        model = Sheet
        fields = (
            "id",
            "model",
            "query",
            "format",
            "state",
            "total",
            "done",
            "size",
            "sha256",
            "error",
            "created_at",
            "finished_at",
        )


class SheetLinkAnswer(Base):
    url = serializers.CharField(help_text="Works for a minute.")


class PartAnswer(Base):
    name = serializers.CharField()
    is_well = serializers.BooleanField()
    fact = serializers.CharField()


class OutboxAnswer(Base):
    pending = serializers.IntegerField()
    planned = serializers.IntegerField()
    dead = serializers.IntegerField()
    oldest_age_s = serializers.FloatField()


class SystemAnswer(Base):
    parts = PartAnswer(many=True)
    workers = PartAnswer(many=True)
    vendors = PartAnswer(many=True)
    outbox = OutboxAnswer()


class DeedAnswer(Base):
    at = serializers.DateTimeField()
    app = serializers.CharField()
    what = serializers.CharField()
