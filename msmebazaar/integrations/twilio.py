"""SMS and WhatsApp through Twilio's SDK, and the check of its webhook signatures."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
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

VENDOR_URL, VERIFY_URL = "https://api.twilio.com", "https://verify.twilio.com"
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

    def send_whatsapp_code(self, to: str, code: str) -> SentMessage: ...

    def list_messages(self, address: str, *, limit: int) -> list[ListedMessage]: ...


class CodeVerifier(Protocol):
    """A vendor that makes, sends and checks one-time codes itself."""

    def send(self, to: Phone, *, channel: str) -> None: ...

    def check(self, to: Phone, code: str) -> bool: ...


class _HttpClient(TwilioHttpClient):  # type: ignore[misc]
    """The SDK's own HTTP client with our time limit (its default is none) and, where one is configured, another base URL."""

    def __init__(self, configuration: TwilioConfig) -> None:
        super().__init__(timeout=configuration.timeout_s)
        self.bases = {VENDOR_URL: configuration.api_base_url, VERIFY_URL: configuration.verify_base_url}

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Response:
        for vendors, configured in self.bases.items():
            url = url.replace(vendors, configured, 1)
        return super().request(method, url, *args, **kwargs)


@contextmanager
def _calling() -> Iterator[None]:
    """Measure a call and turn the SDK's errors into VendorError."""
    with measured("twilio"):
        try:
            yield
        except TwilioRestException as error:
            is_temporary = error.code in TEMPORARY_CODES or error.status >= 500 or error.status == 429
            raise VendorError("twilio", str(error.code or error.status), permanent=not is_temporary) from error
        except requests.RequestException as error:
            raise VendorError("twilio", "", permanent=False) from error


class TwilioMessenger:
    def __init__(self, configuration: TwilioConfig) -> None:
        self.configuration = configuration
        client = _HttpClient(configuration)
        self.client = Client(configuration.account_sid, configuration.auth_tokens[0], http_client=client)

    def send_sms(self, to: Phone, body: str) -> SentMessage:
        return self._create(to=str(to), from_=self.configuration.sms_from, body=body)

    def send_whatsapp(self, to: str, body: str, *, status_callback: str) -> SentMessage:
        return self._create(to=to, from_=self.configuration.whatsapp_from, body=body, status_callback=status_callback)

    def send_whatsapp_code(self, to: str, code: str) -> SentMessage:
        """By the approved authentication template: free text would be refused outside the 24-hour window."""
        variables = json.dumps({"1": code})
        sid = self.configuration.code_content_sid
        return self._create(to=to, from_=self.configuration.whatsapp_from, content_sid=sid, content_variables=variables)

    def _create(self, **message: Any) -> SentMessage:
        """Twilio's Messages API has no idempotency key: the caller's row decides how often this is called."""
        with _calling():
            sent = self.client.messages.create(**message)
        return SentMessage(str(sent.sid), str(sent.status))

    def list_messages(self, address: str, *, limit: int) -> list[ListedMessage]:
        """To and from an address, newest first as Twilio gives them."""
        with _calling():
            found = self.client.messages.list(to=address, limit=limit)
            found += self.client.messages.list(from_=address, limit=limit)
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


class TwilioVerify:
    """Twilio Verify: it makes the code, sends it and checks it (10 minutes, five tries of its own)."""

    def __init__(self, configuration: TwilioConfig) -> None:
        client = Client(configuration.account_sid, configuration.auth_tokens[0], http_client=_HttpClient(configuration))
        self.service = client.verify.v2.services(configuration.verify_service_sid)

    def send(self, to: Phone, *, channel: str) -> None:
        with _calling():
            self.service.verifications.create(to=str(to), channel=channel)

    def check(self, to: Phone, code: str) -> bool:
        """Whether the code is right. A permanent VendorError: the vendor knows of no code for this phone any more."""
        with _calling():
            checked = self.service.verification_checks.create(to=str(to), code=code)
        return str(checked.status) == "approved"


@cache
def _messenger_for(configuration: TwilioConfig) -> TwilioMessenger:
    return TwilioMessenger(configuration)


def messenger() -> Messenger:
    """The configured messenger. VendorOff when Twilio is not configured."""
    if settings.TWILIO is None:
        raise VendorOff("twilio")
    return _messenger_for(settings.TWILIO)


@cache
def _verifier_for(configuration: TwilioConfig) -> TwilioVerify:
    return TwilioVerify(configuration)


def code_verifier() -> CodeVerifier:
    """Twilio Verify. VendorOff when it is not configured."""
    if settings.TWILIO is None or settings.TWILIO.verify_service_sid is None:
        raise VendorOff("twilio")
    return _verifier_for(settings.TWILIO)


def can_send_whatsapp_codes() -> bool:
    return settings.TWILIO is not None and settings.TWILIO.code_content_sid is not None


def is_signed_by_twilio(path_and_query: str, parameters: Mapping[str, Any], signature: str) -> bool:
    """Whether Twilio signed this webhook, by its own validator, over the configured public URL (never the Host header).

    During a rotation either auth token is accepted.
    """
    if settings.TWILIO is None or not signature:
        return False
    url = f"{settings.PUBLIC_BASE_URL}{path_and_query}"
    return any(RequestValidator(token).validate(url, parameters, signature) for token in settings.TWILIO.auth_tokens)
