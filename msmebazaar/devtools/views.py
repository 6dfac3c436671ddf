"""The phone simulator: what arrived on a phone, and what its owner does. Behind it is the stand-in for Twilio, so every message
takes the real way: signed webhook, outbox, worker, SDK. Local environment only."""

import base64
import json
from collections.abc import Callable
from typing import Any

import requests
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from msmebazaar.core.exceptions import InvalidInput, InvalidValue, UpstreamError
from msmebazaar.core.types import Phone
from whatsapp.services.simulating import let_time_pass

STAND_IN_TIMEOUT_S = 40
LARGEST_FILE = 20 * 1024 * 1024
EXAMPLES = [("+919800000001", "demo owner"), ("+919800000002", "demo buyer"), ("+919811111111", "somebody new")]


@require_safe
def messages(request: HttpRequest) -> HttpResponse:
    """`?to=+91…` or an email address: a page for a browser, JSON for a program, the newest message first."""
    asked = request.GET.get("to", "").strip()
    if "@" in asked:
        return _mailbox(request, asked.lower())
    phone = _phone(asked)
    if "text/html" in request.headers.get("Accept", ""):
        return render(request, "devtools/messages.html", {"phone": phone, "asked": asked, "examples": EXAMPLES})
    rows = [_shown(row) for row in _standin("messages", phone=str(phone))["messages"]] if phone else []
    return JsonResponse({"to": str(phone) if phone else None, "messages": list(reversed(rows))})


@csrf_exempt  # a page elsewhere cannot send this header without asking first, and is refused when it asks
@require_POST
def phone(request: HttpRequest) -> HttpResponse:
    """JSON `{to, action, …}`: `write` (text), `tap` (id, label), `file` (content in base64, content_type), `read`, `pass_time`
    (hours), `break_vendor` (fault, count). `copies` and `drop` of the first three double or lose the webhook."""
    if request.headers.get("X-Requested-With") != "simulator":
        return JsonResponse({"error": "Send X-Requested-With: simulator."}, status=403)
    given = json.loads(request.body or b"{}")
    owner, action = _phone(str(given.get("to", ""))), ACTIONS.get(given.get("action", ""))
    if owner is None or action is None:
        raise InvalidInput
    return JsonResponse(action(f"whatsapp:{owner}", given))


def _write(address: str, given: dict[str, Any]) -> dict[str, Any]:
    return _inbound(address, given, Body=str(given.get("text", ""))[:1600])


def _tap(address: str, given: dict[str, Any]) -> dict[str, Any]:
    is_list = bool(given.get("is_list"))
    names = ("ListId", "ListTitle") if is_list else ("ButtonPayload", "ButtonText")
    return _inbound(address, given, **dict(zip(names, (str(given["id"]), str(given["label"])), strict=True)))


def _file(address: str, given: dict[str, Any]) -> dict[str, Any]:
    content = str(given["content"])
    if len(base64.b64decode(content)) > LARGEST_FILE:
        raise InvalidInput
    kind = str(given.get("content_type") or "application/octet-stream")
    return _inbound(address, given, Media=content, MediaContentType=kind)


def _inbound(address: str, given: dict[str, Any], **form: str) -> dict[str, Any]:
    assert settings.TWILIO is not None, "a local market always has Twilio or its stand-in"
    more = {"copies": str(int(given.get("copies", 1))), **({"drop": "1"} if given.get("drop") else {})}
    return _standin("inbound", From=address, To=settings.TWILIO.whatsapp_from, **form, **more)


def _read(address: str, given: dict[str, Any]) -> dict[str, Any]:
    return _standin("read", From=address)


def _pass_time(address: str, given: dict[str, Any]) -> dict[str, Any]:
    hours = float(given["hours"])
    _standin("pass-time", From=address, hours=str(hours))
    return {"moved": let_time_pass(address=address, hours=hours)}


def _break_vendor(address: str, given: dict[str, Any]) -> dict[str, Any]:
    return _standin("faults", From=address, fault=str(given.get("fault", "503")), count=str(int(given.get("count", 1))))


ACTIONS: dict[str, Callable[[str, dict[str, Any]], dict[str, Any]]] = {
    "write": _write,
    "tap": _tap,
    "file": _file,
    "read": _read,
    "pass_time": _pass_time,
    "break_vendor": _break_vendor,
}


def _standin(what: str, **form: str) -> dict[str, Any]:
    """The stand-in's own interface for the phone; with real Twilio keys there is no simulated phone."""
    assert settings.TWILIO is not None, "a local market always has Twilio or its stand-in"
    url = f"{settings.TWILIO.api_base_url}/standin/{what}"
    try:
        if what == "messages":
            answer = requests.get(url, params=form, timeout=STAND_IN_TIMEOUT_S)
        else:
            answer = requests.post(url, data=form, timeout=STAND_IN_TIMEOUT_S)
        found: dict[str, Any] = answer.json()
    except (requests.RequestException, ValueError) as error:
        raise UpstreamError from error
    return found


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    extras = row["standin"]
    return {
        "sid": row["sid"],
        "to": row["to"],
        "from": row["from"],
        "body": row["body"],
        "status": row["status"],
        "at": row["date_created"],
        "error_code": row["error_code"],
        "choices": extras.get("choices", []),
        "media_url": extras.get("media_url", ""),
        "media_type": extras.get("media_type", ""),
        "is_template": extras.get("is_template", False),
    }


def _mailbox(request: HttpRequest, address: str) -> HttpResponse:
    """What the mail stand-in took for an address, the newest first."""
    try:
        found = requests.get(settings.DEV_MAILBOX_URL, params={"to": address}, timeout=STAND_IN_TIMEOUT_S).json()[
            "mails"
        ]
    except requests.RequestException as error:
        raise UpstreamError from error
    if "text/html" in request.headers.get("Accept", ""):
        shown = {"mailbox": address, "mails": found, "asked": address, "examples": EXAMPLES}
        return render(request, "devtools/messages.html", shown)
    return JsonResponse({"to": address, "messages": found})


def _phone(text: str) -> Phone | None:
    """The phone asked for; a `+` that a query string turned into a space is mended."""
    try:
        return Phone.parse(text.strip()) if text.strip() else None
    except InvalidValue:
        return None
