"""Twilio's webhooks: signature first, then one insert, then an empty answer at once."""

from typing import cast
from uuid import UUID

from django.http import HttpResponse, QueryDict
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.parsers import FormParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request

from msmebazaar.core import clock
from msmebazaar.core.exceptions import N_, FieldFault, InvalidInput
from msmebazaar.core.http.views import ApiView
from msmebazaar.core.logging import get_logger
from msmebazaar.core.metrics import WEBHOOK_TOTAL
from msmebazaar.integrations.twilio import is_signed_by_twilio
from whatsapp import serializers, services
from whatsapp.exceptions import SignatureRefused

log = get_logger(__name__)
EMPTY_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
SIGNATURE = OpenApiParameter("X-Twilio-Signature", str, OpenApiParameter.HEADER, required=True)


def twiml() -> HttpResponse:
    return HttpResponse(EMPTY_TWIML, content_type="text/xml")


class TwilioWebhook(ApiView):
    """Open to everybody, believed only when signed. Not limited by rate: the vendor decides how fast it calls."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    parser_classes = (FormParser,)
    throttle_classes = ()

    def signed(self, request: Request, kind: str) -> dict[str, str]:
        """The parameters of a signed call, unknown ones included. SignatureRefused before anything is written."""
        signature = request.headers.get("X-Twilio-Signature", "")
        form = cast("QueryDict", request.data) if signature else QueryDict()
        if not is_signed_by_twilio(request.get_full_path(), form, signature):
            WEBHOOK_TOTAL.labels(kind, "refused").inc()
            log.warning("security", security_event="webhook_refused")
            raise SignatureRefused
        return {name: str(value) for name, value in form.items()}


class MessageWebhook(TwilioWebhook):
    @extend_schema(
        operation_id="whatsapp_webhook",
        request={"application/x-www-form-urlencoded": serializers.InboundMessageForm},
        responses={(200, "text/xml"): OpenApiTypes.STR},
        parameters=[SIGNATURE],
        description="Inbound WhatsApp messages from Twilio. A repeated MessageSid changes nothing.",
    )
    def post(self, request: Request) -> HttpResponse:
        payload = self.signed(request, "message")
        if not payload.get("MessageSid") or not payload.get("From"):
            message = N_("MessageSid and From are needed.")
            raise InvalidInput(errors=(FieldFault("MessageSid", "required", message),))
        services.take_in(payload=payload, now=clock.now())
        return twiml()


class StatusWebhook(TwilioWebhook):
    @extend_schema(
        operation_id="whatsapp_status",
        request={"application/x-www-form-urlencoded": serializers.StatusForm},
        responses={(200, "text/xml"): OpenApiTypes.STR},
        parameters=[SIGNATURE, OpenApiParameter("message", OpenApiTypes.UUID, required=True)],
        description="Delivery reports from Twilio, in any order; a status only moves forward.",
    )
    def post(self, request: Request) -> HttpResponse:
        payload = self.signed(request, "status")
        try:
            message_id = UUID(request.query_params.get("message", ""))
        except ValueError as error:
            message = N_("The message's id is missing.")
            raise InvalidInput(errors=(FieldFault("message", "required", message),)) from error
        is_news = services.raise_status(
            message_id=message_id,
            status=payload.get("MessageStatus", ""),
            error_code=payload.get("ErrorCode", "")[:20],
            message_sid=payload.get("MessageSid", "")[:64],
        )
        WEBHOOK_TOTAL.labels("status", "new" if is_news else "ignored").inc()
        return twiml()
