"""SMS and WhatsApp through Twilio's SDK, and the check of its webhook signatures."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

import requests
from django.conf import settings
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from msmebazaar.core.types import Phone
from msmebazaar.core.vendors import TwilioConfig
from msmebazaar.integrations.errors import VendorError, VendorOff, measured

VENDOR_URL = "https://api.twilio.com"
# Codes after which the same message may go through later (PRODUCT.md d.5); others will not change by waiting.
TEMPORARY_CODES = frozenset({20429, 63018, 63017, 63009, 63010, 63012, 20500, 20503})


@dataclass(frozen=True)
class SentMessage:
    sid: str
    status: str


@dataclass(frozen=True)
class ListedMessage:
    """A message as Twilio's list tells it; what the phone simulator shows."""

    sid: str
    to: str
    sender: str
    body: str
    direction: str
    status: str
    at: str


class Messenger(Protocol):
    """What the product needs of a message vendor. Addresses are E.164, or `whatsapp:` addresses."""

    def send_sms(self, to: Phone, body: str) -> SentMessage: ...

    def send_whatsapp(self, to: str, body: str, *, status_callback: str) -> SentMessage: ...

    def list_messages(self, address: str, *, limit: int) -> list[ListedMessage]: ...


class _HttpClient(TwilioHttpClient):  # type: ignore[misc]
    """The SDK's own HTTP client with our time limit (its default is none) and, where one is configured, another base URL."""

    def __init__(self, base_url: str, timeout_s: int) -> None:
        super().__init__(timeout=timeout_s)
        self.base_url = base_url

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Response:
        return super().request(method, url.replace(VENDOR_URL, self.base_url, 1), *args, **kwargs)


class TwilioMessenger:
    def __init__(self, configuration: TwilioConfig) -> None:
        self.configuration = configuration
        client = _HttpClient(configuration.api_base_url, configuration.timeout_s)
        self.client = Client(configuration.account_sid, configuration.auth_tokens[0], http_client=client)

    def send_sms(self, to: Phone, body: str) -> SentMessage:
        return self._create(to=str(to), from_=self.configuration.sms_from, body=body)

    def send_whatsapp(self, to: str, body: str, *, status_callback: str) -> SentMessage:
        return self._create(to=to, from_=self.configuration.whatsapp_from, body=body, status_callback=status_callback)

    def _create(self, **message: Any) -> SentMessage:
        """Twilio's Messages API has no idempotency key: the caller's row decides how often this is called."""
        with measured("twilio"):
            try:
                sent = self.client.messages.create(**message)
            except TwilioRestException as error:
                raise self._error(error) from error
            except requests.RequestException as error:
                raise VendorError("twilio", "", permanent=False) from error
        return SentMessage(str(sent.sid), str(sent.status))

    @staticmethod
    def _error(error: TwilioRestException) -> VendorError:
        is_temporary = error.code in TEMPORARY_CODES or error.status >= 500 or error.status == 429
        return VendorError("twilio", str(error.code or error.status), permanent=not is_temporary)

    def list_messages(self, address: str, *, limit: int) -> list[ListedMessage]:
        """To and from an address, newest first as Twilio gives them."""
        with measured("twilio"):
            try:
                found = self.client.messages.list(to=address, limit=limit)
                found += self.client.messages.list(from_=address, limit=limit)
            except (TwilioRestException, requests.RequestException) as error:
                raise VendorError("twilio", "", permanent=False) from error
        return [
            ListedMessage(
                str(row.sid),
                str(row.to),
                str(row.from_),
                str(row.body),
                str(row.direction),
                str(row.status),
                row.date_created.isoformat() if row.date_created else "",
            )
            for row in found
        ]


@cache
def _messenger_for(configuration: TwilioConfig) -> TwilioMessenger:
    return TwilioMessenger(configuration)


def messenger() -> Messenger:
    """The configured messenger. VendorOff when Twilio is not configured."""
    if settings.TWILIO is None:
        raise VendorOff("twilio")
    return _messenger_for(settings.TWILIO)


def is_signed_by_twilio(path_and_query: str, parameters: Mapping[str, Any], signature: str) -> bool:
    """Whether Twilio signed this webhook, by its own validator, over the configured public URL (never the Host header).

    During a rotation either auth token is accepted.
    """
    if settings.TWILIO is None or not signature:
        return False
    url = f"{settings.PUBLIC_BASE_URL}{path_and_query}"
    return any(RequestValidator(token).validate(url, parameters, signature) for token in settings.TWILIO.auth_tokens)
