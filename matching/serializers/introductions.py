"""Shapes of introductions, messages, agreements and letters."""

from uuid import UUID

from rest_framework import serializers

from matching.models import Introduction, IntroductionMove, Letter, Message, MessageReport
from matching.selectors.introductions import IntroductionShown
from matching.texts import warning_texts
from matching.types import LetterState, ReportReason, Side
from msmebazaar.core.http.serializers import Base, MoneyField

DECLINE_REASONS = [(name, name) for name in ("not_now", "wrong_seeker", "too_low", "other")]


class IntroductionCreate(Base):
    mandate_id = serializers.UUIDField()
    listing_id = serializers.UUIDField()
    note = serializers.CharField(
        max_length=1000,
        required=False,
        allow_blank=True,
        default="",
        help_text="For the owner; contact data in it is hidden.",
    )


class DeclineWrite(Base):
    reason = serializers.ChoiceField(
        choices=DECLINE_REASONS,
        required=False,
        allow_blank=True,
        default="",
    )


class PartyShown(Base):
    """The other side. `name` is told once both have agreed, of the owner once the agreement is signed."""

    kind = serializers.CharField()
    tier = serializers.IntegerField()
    name = serializers.CharField(allow_null=True)


class IntroductionAnswer(serializers.ModelSerializer[Introduction]):
    side = serializers.SerializerMethodField(help_text="Which side the reader is.")
    mandate_id = serializers.SerializerMethodField(help_text="The seeker's own; null for the owner.")
    title = serializers.SerializerMethodField()
    other = serializers.SerializerMethodField()
    is_signed = serializers.SerializerMethodField()
    moves_possible = serializers.SerializerMethodField(help_text="What the reader can do from here.")
    state_label = serializers.CharField(source="get_state_display")

    class Meta:
        model = Introduction
        fields = (
            "id",
            "listing_id",
            "mandate_id",
            "title",
            "side",
            "state",
            "state_label",
            "note",
            "kind",
            "other",
            "is_signed",
            "opened_room_at",
            "due_at",
            "moves_possible",
            "created_at",
            "updated_at",
        )
        read_only_fields = fields

    note = serializers.CharField()

    def _shown(self, introduction: Introduction) -> IntroductionShown:
        shown: IntroductionShown = self.context["shown"][introduction.pk]
        return shown

    def get_side(self, introduction: Introduction) -> Side:
        return self._shown(introduction).side

    def get_mandate_id(self, introduction: Introduction) -> UUID | None:
        return introduction.mandate_id if self._shown(introduction).side is Side.SEEKER else None

    def get_title(self, introduction: Introduction) -> str:
        return self._shown(introduction).title

    def get_other(self, introduction: Introduction) -> PartyShown:
        return PartyShown(self._shown(introduction).other).data  # type: ignore[return-value]

    def get_is_signed(self, introduction: Introduction) -> bool:
        return hasattr(introduction, "signature")

    def get_moves_possible(self, introduction: Introduction) -> list[str]:
        return self._shown(introduction).moves


class MoveAnswer(serializers.ModelSerializer[IntroductionMove]):
    class Meta:
        model = IntroductionMove
        fields = ("number", "move", "side", "before", "after", "reason", "at")


class MessageWrite(Base):
    text = serializers.CharField(max_length=2000)


class MessageAnswer(serializers.ModelSerializer[Message]):
    text = serializers.SerializerMethodField(help_text="What one wrote oneself, or what the other side lets be read.")
    is_masked = serializers.SerializerMethodField(help_text="Contact data in it was hidden from the other side.")
    warnings = serializers.SerializerMethodField(help_text="Known tricks it may be part of, in words.")

    class Meta:
        model = Message
        fields = ("id", "side", "text", "is_masked", "warnings", "created_at")

    def get_text(self, message: Message) -> str:
        return (message.written if message.side == self.context["side"] else message.shown) or ""

    def get_is_masked(self, message: Message) -> bool:
        return bool(message.written != message.shown)

    def get_warnings(self, message: Message) -> list[str]:
        return warning_texts(message.warnings)


class ReportWrite(Base):
    reason = serializers.ChoiceField(choices=ReportReason.choices)
    text = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class ReportAnswer(serializers.ModelSerializer[MessageReport]):
    class Meta:
        model = MessageReport
        fields = ("id", "message_id", "reason", "state", "created_at")


class NdaAnswer(Base):
    number = serializers.IntegerField()
    language = serializers.CharField()
    text = serializers.CharField()
    sha256 = serializers.CharField(help_text="Send it back when signing: it says what was read.")
    is_own_text = serializers.BooleanField(help_text="The owner's own agreement rather than the platform's.")
    signed_at = serializers.DateTimeField(allow_null=True)


class CodeSent(Base):
    challenge_id = serializers.UUIDField()
    expires_at = serializers.DateTimeField()
    resend_at = serializers.DateTimeField()


class SignWrite(Base):
    challenge_id = serializers.UUIDField()
    code = serializers.CharField(max_length=10)
    sha256 = serializers.RegexField(r"^[0-9a-f]{64}$")
    language = serializers.ChoiceField(choices=[("en", "English"), ("hi", "हिन्दी")], default="en")


class NdaTextWrite(Base):
    text = serializers.CharField(min_length=200, max_length=30000)
    language = serializers.ChoiceField(choices=[("en", "English"), ("hi", "हिन्दी")], default="en")


class LetterWrite(Base):
    price_inr = MoneyField()
    stake_pct = serializers.DecimalField(
        max_digits=5, decimal_places=2, min_value=0, max_value=100, required=False, allow_null=True, default=None
    )
    conditions = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")
    valid_until = serializers.DateField()


class LetterAnswer(serializers.ModelSerializer[Letter]):
    conditions = serializers.CharField()
    state = serializers.ChoiceField(choices=LetterState.choices)

    class Meta:
        model = Letter
        fields = (
            "id",
            "introduction_id",
            "price_inr",
            "stake_pct",
            "conditions",
            "valid_until",
            "state",
            "answered_at",
            "created_at",
        )
