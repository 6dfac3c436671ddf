"""The part of Twilio's API that we use: messages with media and templates, status callbacks, inbound webhooks, Verify, typing.

Protocol facts: request and answer shapes of the Messages resource (2010-04-01), basic authentication with account SID and
auth token, error bodies `{code, message, more_info, status}`, signature of a webhook over URL and sorted parameters, the
24-hour window of WhatsApp (free text outside of it is accepted and fails with 63016).

`/standin/…` is not Twilio's: it is the simulated phone (`phones.py`) and the faults that tests ask for.
"""

import base64
import json
import re
import secrets
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path
from typing import Any

from twilio.request_validator import RequestValidator

from deploy.local.standins.content import ContentStore, fault, too_long

ADDRESS = re.compile(r"^(whatsapp:)?(\+[1-9]\d{6,14}|[A-Z]{2}\.[A-Za-z0-9]{1,128})$")
LONGEST_BODY = 1600
MOST_VERIFY_TRIES = 5
WEBHOOK_TIMEOUT_S = 15  # Twilio's own total (PRODUCT.md d.3)
WINDOW = timedelta(hours=24)
MESSAGES = re.compile(r"/2010-04-01/Accounts/(\w+)/Messages(?:/(\w+))?\.json")
MEDIA = re.compile(r"/2010-04-01/Accounts/(\w+)/Messages/(\w+)/Media/(\w+?)(?:\.json)?")
VERIFY = re.compile(r"/v2/Services/(VA\w+)/(Verifications|VerificationCheck)")
SLOW_S = 30

Answer = tuple[int, Any]


class TwilioStandIn:
    """Accepts messages and keeps them in a file, so that a person can read "the phone" after a restart as well."""

    def __init__(self, account_sid: str, auth_token: str, webhook_url: str, store: Path) -> None:
        self.account_sid = account_sid
        self.auth_token = auth_token
        self.webhook_url = webhook_url
        self.store = store
        self.lock = threading.Lock()
        self.messages: list[dict[str, Any]] = []
        self.verifications: dict[str, dict[str, Any]] = {}
        self.media: dict[str, tuple[str, bytes]] = {}
        self.heard_at: dict[str, datetime] = {}  # by WhatsApp address: when its 24-hour window began
        self.violations: list[str] = []  # free text that was sent outside the window
        self.typing: list[str] = []
        self.faults: dict[str, tuple[str, int]] = {}  # by address: which fault its next messages meet, and how many
        self.content = ContentStore(account_sid, store.with_name("simulated-templates.json"))
        if store.exists():
            self.messages = [json.loads(line) for line in store.read_text().splitlines() if line.strip()]
            for message in self.messages:
                if message["direction"] == "inbound":
                    self.heard_at[message["from"]] = parsedate_to_datetime(message["date_created"])

    # --- routing ----------------------------------------------------------------------------------------------------

    def handle(
        self, method: str, path: str, query: dict[str, str], form: dict[str, str], authorization: str, body: bytes = b""
    ) -> Answer:
        if authorization != self.expected_authorization():
            return fault(401, 20003, "Authenticate")
        broken = self.break_if_asked(form.get("To", ""))
        if broken is not None and broken[0] != 299:
            return broken
        answer = self.route(method, path, query, form, body)
        if broken is not None:  # carried out, and then the answer is cut off
            return 299, json.dumps(answer[1]).encode()[:40]
        return answer

    def route(self, method: str, path: str, query: dict[str, str], form: dict[str, str], body: bytes) -> Answer:
        if path.startswith("/v1/Content"):
            return self.content.handle(method, path, parsed(body), query)
        if path == "/v3/Indicators/Typing.json" and method == "POST":
            self.typing.append(form.get("messageId", ""))
            return 200, {"success": True}
        verify = VERIFY.fullmatch(path)
        if verify is not None and method == "POST":
            return self.start_verification(form) if verify[2] == "Verifications" else self.check_verification(form)
        media = MEDIA.fullmatch(path)
        if media is not None and media[1] == self.account_sid:
            return self.serve_media(method, media[2], media[3])
        match = MESSAGES.fullmatch(path)
        if match is None or match[1] != self.account_sid:
            return fault(404, 20404, f"The requested resource {path} was not found")
        if method == "POST" and match[2] is None:
            return self.create_message(form)
        if method == "GET" and match[2] is None:
            return self.list_messages(query)
        if method == "GET":
            found = self.message(match[2])
            return (200, found) if found else fault(404, 20404, f"Message {match[2]} was not found")
        return fault(405, 20004, "Method not allowed")

    def expected_authorization(self) -> str:
        return "Basic " + base64.b64encode(f"{self.account_sid}:{self.auth_token}".encode()).decode()

    def break_if_asked(self, address: str) -> Answer | None:
        """The fault that was asked for messages to an address: an error code, `slow`, `truncated`."""
        with self.lock:
            kind, left = self.faults.get(address, ("", 0))
            if not left:
                return None
            self.faults[address] = (kind, left - 1)
        if kind == "slow":
            time.sleep(SLOW_S)
            return None
        if kind == "down":
            return 0, b""  # nobody answers: the connection is closed
        if kind == "truncated":
            return 299, b""
        if kind == "429":
            return fault(429, 20429, "Too Many Requests")
        if kind == "503":
            return fault(503, 20503, "Service unavailable")
        return fault(400, int(kind), "As asked")

    # --- messages ---------------------------------------------------------------------------------------------------

    def message(self, sid: str) -> dict[str, Any] | None:
        return next((message for message in self.messages if message["sid"] == sid), None)

    def create_message(self, form: dict[str, str]) -> Answer:
        to, sender = form.get("To", ""), form.get("From") or form.get("MessagingServiceSid", "")
        if not ADDRESS.fullmatch(to):
            return fault(400, 21211, f"Invalid 'To' Phone Number: {to}")
        if not sender:
            return fault(400, 21603, "A 'From' phone number is required.")
        if to.startswith("whatsapp:") != sender.startswith("whatsapp:") and not sender.startswith("MG"):
            return fault(400, 63007, "Twilio could not find a Channel with the specified From address")
        if not form.get("Body") and not form.get("ContentSid") and not form.get("MediaUrl"):
            return fault(400, 21602, "Message body is required.")
        body, choices, is_approved = form.get("Body", ""), [], False
        if form.get("ContentSid"):
            shown = self.filled_template(form)
            if shown is None:
                return fault(400, 21656, "The ContentSid or ContentVariables parameter is invalid")
            if too_long(shown):
                return fault(400, 63013, "Message content does not fit the channel's limits")
            body, choices, is_approved = shown["body"], shown["choices"], shown["is_approved"]
        if len(body) > LONGEST_BODY:
            return fault(400, 21617, "The concatenated message body exceeds the 1600 character limit")
        message = self.keep(to, sender, body, "outbound-api", "queued")
        message["standin"] = {"choices": choices, "media_url": form.get("MediaUrl", ""), "is_template": is_approved}
        error_code = None
        if to.startswith("whatsapp:") and not is_approved and not self.is_open(to):
            error_code = 63016
            self.violations.append(message["sid"])
        self.write_down(message)
        accepted = dict(message)
        callback = form.get("StatusCallback")
        threading.Thread(target=self.report_delivery, args=(message, callback, error_code), daemon=True).start()
        return 201, accepted

    def is_open(self, address: str) -> bool:
        heard = self.heard_at.get(address)
        return heard is not None and datetime.now(UTC) - heard <= WINDOW

    def filled_template(self, form: dict[str, str]) -> dict[str, Any] | None:
        """`HX000…` is WhatsApp's own authentication text, which is fixed and has one variable; others were made here."""
        variables = json.loads(form.get("ContentVariables") or "{}")
        if form["ContentSid"] == "HX" + "0" * 32:
            text = f"{variables.get('1', '')} is your verification code. For your security, do not share this code."
            return {"body": text, "choices": [], "kind": "whatsapp/authentication", "is_approved": True}
        return self.content.fill(form["ContentSid"], variables)

    def keep(self, to: str, sender: str, body: str, direction: str, status: str, media: int = 0) -> dict[str, Any]:
        sid = ("MM" if media else "SM") + secrets.token_hex(16)
        now = format_datetime(datetime.now(UTC))
        message: dict[str, Any] = {
            "sid": sid,
            "account_sid": self.account_sid,
            "api_version": "2010-04-01",
            "body": body,
            "date_created": now,
            "date_sent": now,
            "date_updated": now,
            "direction": direction,
            "error_code": None,
            "error_message": None,
            "from": sender,
            "messaging_service_sid": None,
            "num_media": str(media),
            "num_segments": "1",
            "price": None,
            "price_unit": "USD",
            "status": status,
            "subresource_uris": {},
            "to": to,
            "uri": f"/2010-04-01/Accounts/{self.account_sid}/Messages/{sid}.json",
            "standin": {},
        }
        with self.lock:
            self.messages.append(message)
        return message

    def write_down(self, message: dict[str, Any]) -> None:
        with self.lock, self.store.open("a") as stream:
            stream.write(json.dumps(message, ensure_ascii=False) + "\n")

    def list_messages(self, query: dict[str, str]) -> Answer:
        after = query.get("DateSent>", "")
        wanted = [
            message
            for message in reversed(self.messages)
            if query.get("To") in (None, message["to"])
            and query.get("From") in (None, message["from"])
            and (not after or parsedate_to_datetime(message["date_sent"]).strftime("%Y-%m-%dT%H:%M:%SZ") >= after)
        ]
        size, page = int(query.get("PageSize", 50)), int(query.get("Page", 0))
        chosen = wanted[page * size : (page + 1) * size]
        path = f"/2010-04-01/Accounts/{self.account_sid}/Messages.json"
        following = f"{path}?{urllib.parse.urlencode({**query, 'Page': page + 1, 'PageSize': size})}"
        return 200, {
            "messages": chosen,
            "page": page,
            "page_size": size,
            "start": page * size,
            "end": page * size + max(len(chosen) - 1, 0),
            "first_page_uri": path,
            "next_page_uri": following if len(wanted) > (page + 1) * size else None,
            "previous_page_uri": None,
            "uri": path,
        }

    def serve_media(self, method: str, message_sid: str, media_sid: str) -> Answer:
        found = self.media.get(media_sid)
        if found is None or self.message(message_sid) is None:
            return fault(404, 20404, "The requested resource was not found")
        if method == "DELETE":
            del self.media[media_sid]
            return 204, b""
        return 200, found

    # --- callbacks --------------------------------------------------------------------------------------------------

    def report_delivery(self, message: dict[str, Any], callback: str | None, error_code: int | None) -> None:
        """`sent` and `delivered`; or `failed`, as the real one does for what it accepted and cannot deliver."""
        for status in ("failed",) if error_code else ("sent", "delivered"):
            self.report(message, status, callback, error_code)

    def report(self, message: dict[str, Any], status: str, callback: str | None, error_code: int | None = None) -> None:
        message["status"], message["error_code"] = status, error_code
        if not callback:
            return
        message["standin"]["callback"] = callback
        parameters = {
            "MessageSid": message["sid"],
            "SmsSid": message["sid"],
            "MessageStatus": status,
            "SmsStatus": status,
            "AccountSid": self.account_sid,
            "From": message["from"],
            "To": message["to"],
            "ApiVersion": "2010-04-01",
            **({"ErrorCode": str(error_code)} if error_code else {}),
        }
        self.post_signed(callback, parameters)

    def post_signed(self, url: str, parameters: dict[str, str]) -> int:
        """Status of the webhook; 0 when nobody answered."""
        signature = RequestValidator(self.auth_token).compute_signature(url, parameters)
        request = urllib.request.Request(
            url.split("#", maxsplit=1)[0],
            data=urllib.parse.urlencode(parameters).encode(),
            headers={"X-Twilio-Signature": signature, "User-Agent": "TwilioProxy/1.1 (stand-in)"},
        )
        try:
            with urllib.request.urlopen(request, timeout=WEBHOOK_TIMEOUT_S) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as refused:
            return int(refused.code)
        except OSError:
            return 0

    # --- Verify -----------------------------------------------------------------------------------------------------

    def start_verification(self, form: dict[str, str]) -> Answer:
        to, channel = form.get("To", ""), form.get("Channel", "")
        if not ADDRESS.fullmatch(to) or channel not in ("sms", "whatsapp"):
            return fault(400, 60200, "Invalid parameter")
        code = f"{secrets.randbelow(1_000_000):06d}"
        with self.lock:
            self.verifications[to] = {"code": code, "tries": 0}
        prefix = "whatsapp:" if channel == "whatsapp" else ""
        text = f"Your verification code is: {code}"
        self.write_down(self.keep(prefix + to, prefix + "+15005550006", text, "outbound-api", "sent"))
        return 201, self.verification(to, channel, "pending")

    def check_verification(self, form: dict[str, str]) -> Answer:
        to = form.get("To", "")
        with self.lock:
            known = self.verifications.get(to)
            if known is None:
                return fault(404, 20404, "The requested resource was not found")
            known["tries"] += 1
            if known["tries"] > MOST_VERIFY_TRIES:
                return fault(429, 60202, "Max check attempts reached")
            is_right = form.get("Code", "") == known["code"]
            if is_right:
                del self.verifications[to]
        return 200, self.verification(to, "sms", "approved" if is_right else "pending")

    def verification(self, to: str, channel: str, status: str) -> dict[str, Any]:
        return {
            "sid": "VE" + secrets.token_hex(16),
            "account_sid": self.account_sid,
            "to": to,
            "channel": channel,
            "status": status,
            "valid": status == "approved",
        }


def parsed(body: bytes) -> dict[str, Any]:
    try:
        content = json.loads(body or b"{}")
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}
