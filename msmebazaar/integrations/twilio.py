"""SMS and WhatsApp through Twilio's SDK, and the check of its webhook signatures."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Protocol

import requests
from django.conf import settings
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.request_validator import RequestValidator
from twilio.rest import Client
from twilio.rest.content.v1.content import ContentList
from twilio.rest.content.v1.content.approval_create import ApprovalCreateList

from msmebazaar.core.types import Phone
from msmebazaar.core.vendors import TwilioConfig
from msmebazaar.integrations.errors import VendorError, VendorOff, measured

VENDOR_URL, VERIFY_URL = "https://api.twilio.com", "https://verify.twilio.com"
CONTENT_URL, MESSAGING_URL = "https://content.twilio.com", "https://messaging.twilio.com"
LARGEST_MEDIA = 16 * 1024 * 1024  # WhatsApp's own limit (PRODUCT.md d.4)
MEDIA_SID, MESSAGE_SID = re.compile(r"ME[0-9a-f]{32}"), re.compile(r"[SM]M[0-9a-f]{32}")
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
    error_code: str = ""


@dataclass(frozen=True)
class FetchedMedia:
    """A file that somebody sent; the type is the sender's word for it."""

    content: bytes
    content_type: str


@dataclass(frozen=True)
class Content:
    """A template at Twilio. `approval` is WhatsApp's word: `unsubmitted`, `received`, `pending`, `approved`, `rejected` …"""

    sid: str
    name: str
    language: str
    approval: str


class Messenger(Protocol):
    """What the product needs of a message vendor. Addresses are E.164, or `whatsapp:` addresses."""

    @property
    def whatsapp_address(self) -> str: ...

    def send_sms(self, to: Phone, body: str) -> SentMessage: ...

    def send_whatsapp(
        self, to: str, body: str, *, status_callback: str, media_url: str | None = None
    ) -> SentMessage: ...

    def send_whatsapp_content(
        self, to: str, content_sid: str, variables: Mapping[str, str], *, status_callback: str
    ) -> SentMessage: ...

    def send_whatsapp_code(self, to: str, code: str) -> SentMessage: ...

    def list_messages(self, address: str, *, limit: int) -> list[ListedMessage]: ...

    def list_since(self, moment: datetime) -> Iterator[ListedMessage]: ...

    def show_typing(self, message_sid: str) -> None: ...

    def fetch_media(self, message_sid: str, media_sid: str) -> FetchedMedia: ...

    def delete_media(self, message_sid: str, media_sid: str) -> None: ...

    def list_content(self) -> list[Content]: ...

    def create_content(
        self, *, name: str, language: str, variables: Mapping[str, str], types: Mapping[str, Any]
    ) -> str: ...

    def ask_for_approval(self, content_sid: str, *, name: str, category: str) -> None: ...


class CodeVerifier(Protocol):
    """A vendor that makes, sends and checks one-time codes itself."""

    def send(self, to: Phone, *, channel: str) -> None: ...

    def check(self, to: Phone, code: str) -> bool: ...


class _HttpClient(TwilioHttpClient):  # type: ignore[misc]
    """The SDK's own HTTP client with our time limit (its default is none) and, where one is configured, another base URL."""

    def __init__(self, configuration: TwilioConfig) -> None:
        super().__init__(timeout=configuration.timeout_s)
        self.bases = {
            VENDOR_URL: configuration.api_base_url,
            VERIFY_URL: configuration.verify_base_url,
            CONTENT_URL: configuration.content_base_url,
            MESSAGING_URL: configuration.messaging_base_url,
        }

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
        except (
            requests.RequestException,
            ValueError,
        ) as error:  # no answer, or one that is no JSON: cut off on its way
            raise VendorError("twilio", "", permanent=False) from error


class TwilioMessenger:
    def __init__(self, configuration: TwilioConfig) -> None:
        self.configuration = configuration
        client = _HttpClient(configuration)
        self.client = Client(configuration.account_sid, configuration.auth_tokens[0], http_client=client)

    @property
    def whatsapp_address(self) -> str:
        """Our own sender, `whatsapp:+…`."""
        return self.configuration.whatsapp_from

    def send_sms(self, to: Phone, body: str) -> SentMessage:
        return self._create(to=str(to), from_=self.configuration.sms_from, body=body)

    def send_whatsapp(self, to: str, body: str, *, status_callback: str, media_url: str | None = None) -> SentMessage:
        """Free text, with a file that Twilio fetches from `media_url`; refused (63016) outside the 24-hour window."""
        media = {"media_url": [media_url]} if media_url else {}
        sender = self.configuration.whatsapp_from
        return self._create(to=to, from_=sender, body=body, status_callback=status_callback, **media)

    def send_whatsapp_content(
        self, to: str, content_sid: str, variables: Mapping[str, str], *, status_callback: str
    ) -> SentMessage:
        """A template, by its id: an approved one at any time, buttons and lists within the window."""
        return self._create(
            to=to,
            from_=self.configuration.whatsapp_from,
            content_sid=content_sid,
            content_variables=json.dumps(variables, ensure_ascii=False),
            status_callback=status_callback,
        )

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
        return [_listed(row) for row in found]

    def list_since(self, moment: datetime) -> Iterator[ListedMessage]:
        """All WhatsApp messages of our sender from a moment on, in and out, page by page."""
        ours = self.configuration.whatsapp_from
        with _calling():
            for row in self.client.messages.stream(to=ours, date_sent_after=moment):
                yield _listed(row)
            for row in self.client.messages.stream(from_=ours, date_sent_after=moment):
                yield _listed(row)

    def show_typing(self, message_sid: str) -> None:
        """ "typing …" beside a message, which counts as read; it goes by itself after 25 s. The SDK has no method for it."""
        with _calling():
            answer = self.client.request(
                "POST",
                f"{MESSAGING_URL}/v3/Indicators/Typing.json",
                data={"channel": "WHATSAPP", "messageId": message_sid},
            )
            if answer.status_code >= 400:
                raise TwilioRestException(answer.status_code, "", code=answer.status_code)

    def fetch_media(self, message_sid: str, media_sid: str) -> FetchedMedia:
        """A file by its ids, never by an address that came with a message.

        Raises:
            VendorError: away; or for good: not there, or larger than WhatsApp's limit (`too_large`).
        """
        url = self._media_url(message_sid, media_sid)
        token = (self.configuration.account_sid, self.configuration.auth_tokens[0])
        with _calling(), requests.get(url, auth=token, timeout=self.configuration.timeout_s, stream=True) as answer:
            if answer.status_code >= 400:
                raise TwilioRestException(answer.status_code, url, code=answer.status_code)
            content = b""
            for part in answer.iter_content(64 * 1024):
                content += part
                if len(content) > LARGEST_MEDIA:
                    raise VendorError("twilio", "too_large", permanent=True)
            return FetchedMedia(content, answer.headers.get("Content-Type", "").partition(";")[0])

    def delete_media(self, message_sid: str, media_sid: str) -> None:
        """Take a file away from Twilio; one that is gone already is as good."""
        with _calling():
            try:
                self.client.messages(message_sid).media(media_sid).delete()
            except TwilioRestException as error:
                if error.status != 404:
                    raise

    def _media_url(self, message_sid: str, media_sid: str) -> str:
        if not (MESSAGE_SID.fullmatch(message_sid) and MEDIA_SID.fullmatch(media_sid)):
            raise VendorError("twilio", "bad_media_id", permanent=True)
        account = f"{self.configuration.api_base_url}/2010-04-01/Accounts/{self.configuration.account_sid}"
        return f"{account}/Messages/{message_sid}/Media/{media_sid}"

    def list_content(self) -> list[Content]:
        """Our templates with what WhatsApp says of them."""
        with _calling():
            rows = self.client.content.v1.content_and_approvals.list()
        return [
            Content(str(row.sid), str(row.friendly_name), str(row.language), approval_in(row.approval_requests))
            for row in rows
        ]

    def create_content(
        self, *, name: str, language: str, variables: Mapping[str, str], types: Mapping[str, Any]
    ) -> str:
        """Make a template; returns its ContentSid. Twilio never changes one: another text is another template."""
        request = ContentList.ContentCreateRequest(
            {"friendly_name": name, "language": language, "variables": dict(variables), "types": _AsGiven(types)}
        )
        with _calling():
            return str(self.client.content.v1.contents.create(request).sid)

    def ask_for_approval(self, content_sid: str, *, name: str, category: str) -> None:
        request = ApprovalCreateList.ContentApprovalRequest({"name": name, "category": category})
        with _calling():
            self.client.content.v1.contents(content_sid).approval_create.create(request)


class _AsGiven:
    """`types` of a template, which the SDK wants as an object that makes a dictionary of itself."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        self.content = dict(content)

    def to_dict(self) -> dict[str, Any]:
        return self.content


def approval_in(requests_made: Any) -> str:
    """The state of the newest request for approval at WhatsApp, in the shapes in which the API tells it."""
    if isinstance(requests_made, list):
        requests_made = requests_made[0] if requests_made else {}
    return str((requests_made or {}).get("status") or "unsubmitted")


def _listed(row: Any) -> ListedMessage:
    return ListedMessage(
        str(row.sid),
        str(row.to),
        str(row.from_),
        str(row.body),
        str(row.direction),
        str(row.status),
        row.date_created.isoformat() if row.date_created else "",
        str(row.error_code or ""),
    )


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
