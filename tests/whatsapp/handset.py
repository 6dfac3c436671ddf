"""A phone in a test: it writes over the signed webhook, workers answer through the SDK, and it shows what the stand-in took."""

import base64
import secrets
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import requests
from django.conf import settings as django_settings
from rest_framework.test import APIClient
from twilio.request_validator import RequestValidator

from msmebazaar.core.types import Phone
from msmebazaar.core.vendors import TwilioConfig
from tests.conftest import some_network, some_phone

WEBHOOK, STATUS = "/api/v1/whatsapp/webhook/", "/api/v1/whatsapp/status/"
PATIENCE_S = 10


def twilio() -> TwilioConfig:
    assert django_settings.TWILIO is not None
    return django_settings.TWILIO


def standin(what: str, **form: str) -> dict[str, Any]:
    """The simulated phone's own interface (`deploy/local/standins/phones.py`)."""
    url = f"{twilio().api_base_url}/standin/{what}"
    if what in ("messages", "violations", "typing"):
        answer = requests.get(url, params=form, timeout=PATIENCE_S)
    else:
        answer = requests.post(url, data=form, timeout=PATIENCE_S)
    found: dict[str, Any] = answer.json()
    return found


def form(address: str, body: str, **changes: str) -> dict[str, str]:
    return {
        "MessageSid": "SM" + secrets.token_hex(16),
        "AccountSid": twilio().account_sid,
        "From": address,
        "To": twilio().whatsapp_from,
        "Body": body,
        "NumMedia": "0",
        "ProfileName": "Asha",
        "SomethingNew": "unannounced",
        **changes,
    }


def signature_of(content: dict[str, str], url: str, token: str | None = None) -> str:
    return str(RequestValidator(token or twilio().auth_tokens[0]).compute_signature(url, content))


def post(path: str, content: dict[str, str], *, signature: str | None = None, signed_url: str | None = None) -> Any:
    """As Twilio would: a form, signed over the public URL. The stand-in learns that the window is open."""
    url = signed_url or f"{django_settings.PUBLIC_BASE_URL}{path}"
    if signature is None and path == WEBHOOK and content.get("From"):
        known = {"From": content["From"], "To": content["To"], "Body": content["Body"], "sid": content["MessageSid"]}
        standin("heard", **known)
    made = signature_of(content, url) if signature is None else signature
    return APIClient(REMOTE_ADDR=some_network()).post(
        path,
        urllib.parse.urlencode(content),
        content_type="application/x-www-form-urlencoded",
        HTTP_X_TWILIO_SIGNATURE=made,
    )


@dataclass(frozen=True)
class Shown:
    """A message on the screen."""

    body: str
    choices: tuple[tuple[str, str], ...]  # id, label
    media_url: str
    status: str
    sid: str

    @property
    def text(self) -> str:
        """As a person reads it: the text, and what can be tapped in brackets."""
        return "\n".join([self.body, *(f"[{label}]" for _, label in self.choices)])


class Handset:
    def __init__(self, drain: Callable[[], int], phone: Phone | None = None, address: str = "") -> None:
        self.drain = drain
        self.phone = phone or some_phone()
        self.address = address or f"whatsapp:{self.phone}"
        self.seen = len(self.screen())

    def screen(self) -> list[Shown]:
        """Everything that arrived, oldest first."""
        rows = standin("messages", phone=self.address.removeprefix("whatsapp:"))["messages"]
        return [
            Shown(
                row["body"],
                tuple((choice["id"], choice["label"]) for choice in row["standin"].get("choices", [])),
                row["standin"].get("media_url", ""),
                row["status"],
                row["sid"],
            )
            for row in rows
            if row["to"] == self.address
        ]

    def new(self) -> list[Shown]:
        """What arrived since the last look."""
        found = self.screen()[self.seen :]
        self.seen += len(found)
        return found

    def write(self, text: str, **changes: str) -> list[Shown]:
        """Type something, let the workers work, and look."""
        response = post(WEBHOOK, form(self.address, text, **changes))
        assert response.status_code == 200, response.content
        self.drain()
        return self.new()

    def tap(self, label: str) -> list[Shown]:
        """Tap what is on the last message that can be tapped and bears this label."""
        for message in reversed(self.screen()):
            for number, (choice_id, text) in enumerate(message.choices):
                if text == label or text.removesuffix("…") == label[: len(text) - 1]:
                    del number
                    field = "ListId" if len(message.choices) > 3 else "ButtonPayload"
                    named = "ListTitle" if field == "ListId" else "ButtonText"
                    return self.write(text, **{field: choice_id, named: text})
        raise AssertionError(f"nothing on the screen is called {label!r}: {[m.text for m in self.screen()[-2:]]}")

    def send_file(self, content: bytes, content_type: str, text: str = "") -> list[Shown]:
        media_sid, message_sid = "ME" + secrets.token_hex(16), "MM" + secrets.token_hex(16)
        standin("media", media_sid=media_sid, content_type=content_type, content=base64.b64encode(content).decode())
        account = f"https://api.twilio.com/2010-04-01/Accounts/{twilio().account_sid}"
        return self.write(
            text,
            MessageSid=message_sid,
            NumMedia="1",
            MediaContentType0=content_type,
            MediaUrl0=f"{account}/Messages/{message_sid}/Media/{media_sid}",
        )
