"""What arrived on a phone, read through Twilio's own list API from whatever answers at TWILIO_API_BASE_URL; and in a mailbox."""

import requests
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from msmebazaar.core.exceptions import InvalidValue, UpstreamError
from msmebazaar.core.types import Phone
from msmebazaar.integrations.errors import VendorError
from msmebazaar.integrations.twilio import ListedMessage, messenger

MOST_MESSAGES = 50
STAND_IN_TIMEOUT_S = 20


@require_http_methods(["GET", "POST"])
def messages(request: HttpRequest) -> HttpResponse:
    """GET `?to=+91…`: a page for a browser, JSON for a program. POST: type a WhatsApp message on that phone."""
    if "@" in request.GET.get("to", ""):
        return _mailbox(request, request.GET["to"].strip().lower())
    phone = _phone(request.POST.get("to") or request.GET.get("to") or "")
    if request.method == "POST" and phone:
        _type_on_phone(phone, request.POST.get("body", ""))
        return redirect(f"{request.path}?to={str(phone).replace('+', '%2B')}")
    found = _conversation(phone) if phone else []
    if "text/html" in request.headers.get("Accept", ""):
        shown = {"phone": phone, "messages": found, "asked": request.GET.get("to", ""), "examples": EXAMPLES}
        return render(request, "devtools/messages.html", shown)
    rows = [{"sid": m.sid, "to": m.to, "from": m.sender, "body": m.body, "status": m.status, "at": m.at} for m in found]
    return JsonResponse({"to": str(phone) if phone else None, "messages": list(reversed(rows))})


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


EXAMPLES = [("+919800000001", "demo owner"), ("+919800000002", "demo buyer")]


def _phone(text: str) -> Phone | None:
    """The phone asked for; a `+` that a query string turned into a space is mended."""
    try:
        return Phone.parse(text.strip()) if text.strip() else None
    except InvalidValue:
        return None


def _conversation(phone: Phone) -> list[ListedMessage]:
    """SMS and WhatsApp of one phone, oldest first."""
    try:
        found = messenger().list_messages(str(phone), limit=MOST_MESSAGES)
        found += messenger().list_messages(f"whatsapp:{phone}", limit=MOST_MESSAGES)
    except VendorError as error:
        raise UpstreamError from error
    # Twilio tells the second only; within one, a question comes before its answer.
    return sorted(found, key=lambda message: (message.at, message.direction != "inbound"))


def _type_on_phone(phone: Phone, body: str) -> None:
    """Ask the stand-in to deliver the text as WhatsApp would: a signed webhook."""
    assert settings.TWILIO is not None, "the page listed its messages before"
    address = {"From": f"whatsapp:{phone}", "To": settings.TWILIO.whatsapp_from, "Body": body[:1600]}
    url = f"{settings.TWILIO.api_base_url}/standin/inbound"
    try:
        requests.post(url, data=address, timeout=STAND_IN_TIMEOUT_S)
    except requests.RequestException as error:
        raise UpstreamError from error
