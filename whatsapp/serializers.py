"""Twilio's forms, for the OpenAPI document; unknown fields are kept."""

from rest_framework import serializers

from msmebazaar.core.http.serializers import Base


class InboundMessageForm(Base):
    MessageSid = serializers.CharField()
    From = serializers.CharField(help_text="`whatsapp:+91…` or, for people who hide their number, `whatsapp:IN.…`.")
    To = serializers.CharField(required=False)
    Body = serializers.CharField(required=False, allow_blank=True)
    ProfileName = serializers.CharField(required=False)
    WaId = serializers.CharField(required=False)


class StatusForm(Base):
    MessageSid = serializers.CharField()
    MessageStatus = serializers.CharField()
    ErrorCode = serializers.CharField(required=False)
