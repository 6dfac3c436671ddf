"""Shapes of log-in and of oneself."""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.types import Language
from msmebazaar.core.http.serializers import Base, PhoneField


class CodeRequest(Base):
    phone = PhoneField(help_text="An Indian mobile number in any spelling.")


class ChallengeAnswer(Base):
    challenge_id = serializers.UUIDField()
    expires_at = serializers.DateTimeField()
    resend_at = serializers.DateTimeField()


class TokenRequest(Base):
    challenge_id = serializers.UUIDField()
    code = serializers.RegexField(
        r"^\d{6}$",
        error_messages={"invalid": _("The code has six digits.")},
        help_text="The six digits of the message.",
    )


class RefreshRequest(Base):
    refresh = serializers.CharField(max_length=200)


class OrganisationAnswer(Base):
    id = serializers.UUIDField()
    name = serializers.CharField()
    kind = serializers.CharField()
    role = serializers.CharField()


class MeAnswer(Base):
    id = serializers.UUIDField()
    full_name = serializers.CharField()
    language = serializers.ChoiceField(choices=Language.choices)
    phone = serializers.CharField(allow_null=True)
    is_staff = serializers.BooleanField()
    organisations = OrganisationAnswer(many=True)


class TokensAnswer(Base):
    access = serializers.CharField()
    refresh = serializers.CharField()
    expires_in = serializers.IntegerField(help_text="Seconds the access token is valid.")
    user = MeAnswer()


class MeChange(Base):
    full_name = serializers.CharField(max_length=120, required=False)
    language = serializers.ChoiceField(choices=Language.choices, required=False)
