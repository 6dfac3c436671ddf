"""Shapes of log-in, sessions and oneself."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.models import Session
from accounts.types import CodeChannel, IdentityKind, Language
from msmebazaar.core.http.serializers import Base, PhoneField, parsed
from msmebazaar.core.types import Phone

PHONE_CHANNELS = [(channel.value, channel.label) for channel in (CodeChannel.SMS, CodeChannel.WHATSAPP)]


class CodeRequest(Base):
    phone = PhoneField(help_text="An Indian mobile number in any spelling.")
    channel = serializers.ChoiceField(choices=PHONE_CHANNELS, default=CodeChannel.SMS)


class ChallengeAnswer(Base):
    challenge_id = serializers.UUIDField()
    expires_at = serializers.DateTimeField()
    resend_at = serializers.DateTimeField()


class CodeAnswer(Base):
    challenge_id = serializers.UUIDField()
    code = serializers.RegexField(
        r"^\d{6}$",
        error_messages={"invalid": _("The code has six digits.")},
        help_text="The six digits of the message.",
    )


class LinkToken(Base):
    token = serializers.CharField(max_length=64, help_text="The last part of the link.")


class RefreshRequest(Base):
    refresh = serializers.CharField(max_length=200)


class OrganisationOfMeAnswer(Base):
    id = serializers.UUIDField()
    name = serializers.CharField()
    kind = serializers.CharField()
    roles = serializers.ListField(child=serializers.CharField(), help_text="What it is on the market.")
    role = serializers.CharField(help_text="What one may do in it: admin, member or viewer.")


class MeAnswer(Base):
    id = serializers.UUIDField()
    full_name = serializers.CharField()
    language = serializers.ChoiceField(choices=Language.choices)
    phone = serializers.CharField(allow_null=True, help_text="Masked unless `reveal=true`.")
    is_staff = serializers.BooleanField()
    organisations = OrganisationOfMeAnswer(many=True)


class TokensAnswer(Base):
    access = serializers.CharField()
    refresh = serializers.CharField()
    expires_in = serializers.IntegerField(help_text="Seconds the access token is valid.")
    user = MeAnswer()


class MeChange(Base):
    full_name = serializers.CharField(max_length=120, required=False)
    language = serializers.ChoiceField(choices=Language.choices, required=False)


class SessionAnswer(serializers.ModelSerializer[Session]):
    """A device that is logged in."""

    device = serializers.CharField(source="user_agent", help_text="As the device names itself.")
    is_current = serializers.SerializerMethodField()

    class Meta:
        model = Session
        fields = ("id", "device", "created_at", "last_used_at", "is_current")

    def get_is_current(self, session: Session) -> bool:
        return bool(session.pk == self.context.get("current"))


class EndedAnswer(Base):
    ended = serializers.IntegerField(help_text="How many sessions were live.")


class IdentityAnswer(Base):
    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=IdentityKind.choices)
    value = serializers.CharField(help_text="Masked unless `reveal=true`.")
    verified_at = serializers.DateTimeField(allow_null=True)


ADDABLE = [(kind.value, kind.label) for kind in (IdentityKind.PHONE, IdentityKind.EMAIL)]


class AddressWrite(Base):
    """A phone or an email address, in canonical form once checked."""

    kind = serializers.ChoiceField(choices=ADDABLE)
    address = serializers.CharField(max_length=254, help_text="A phone in any Indian spelling, or an email address.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        try:
            return {**attrs, "address": self._canonical(attrs["kind"], attrs["address"])}
        except serializers.ValidationError as refused:
            raise serializers.ValidationError({"address": refused.detail}) from refused

    @staticmethod
    def _canonical(kind: str, address: str) -> str:
        if kind == IdentityKind.PHONE:
            return str(parsed(Phone.parse, address))
        try:
            validate_email(address.strip())
        except ValidationError as error:
            raise serializers.ValidationError(_("This is not an email address."), code="email") from error
        return address.strip().lower()


class IdentityAdd(AddressWrite):
    channel = serializers.ChoiceField(choices=PHONE_CHANNELS, default=CodeChannel.SMS, help_text="For a phone.")
