"""The part of Twilio's API that we use: create, fetch and list messages, status callbacks, inbound webhooks, Verify.

Protocol facts: request and answer shapes of the Messages resource (2010-04-01), basic authentication with account SID and
auth token, error bodies `{code, message, more_info, status}`, signature of a webhook over URL and sorted parameters.
"""

import base64
import binascii
import json
import re
import secrets
import threading
import urllib.error
import urllib.parse
import urllib.request
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from twilio.request_validator import RequestValidator

ADDRESS = re.compile(r"^(whatsapp:)?(\+[1-9]\d{6,14}|[A-Z]{2}\.[A-Za-z0-9]{1,128})$")
LONGEST_BODY = 1600
MOST_VERIFY_TRIES = 5
WEBHOOK_TIMEOUT_S = 15  # Twilio's own total (PRODUCT.md d.3)

Answer = tuple[int, dict[str, Any]]


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
        if store.exists():
            self.messages = [json.loads(line) for line in store.read_text().splitlines() if line.strip()]

    def handle(self, method: str, path: str, query: dict[str, str], form: dict[str, str], authorization: str) -> Answer:
        if path == "/standin/inbound" and method == "POST":
            return self.receive_from_phone(form)
        verify = re.fullmatch(r"/v2/Services/(VA\w+)/(Verifications|VerificationCheck)", path)
        if verify is not None and method == "POST":
            if authorization != self.expected_authorization():
                return error(401, 20003, "Authenticate")
            return self.start_verification(form) if verify[2] == "Verifications" else self.check_verification(form)
        match = re.fullmatch(r"/2010-04-01/Accounts/(\w+)/Messages(?:/(\w+))?\.json", path)
        if match is None:
            return error(404, 20404, f"The requested resource {path} was not found")
        if match[1] != self.account_sid or authorization != self.expected_authorization():
            return error(401, 20003, "Authenticate")
        if method == "POST" and match[2] is None:
            return self.create_message(form)
        if method == "GET" and match[2] is None:
            return self.list_messages(query)
        if method == "GET":
            found = next((message for message in self.messages if message["sid"] == match[2]), None)
            return (200, found) if found else error(404, 20404, f"Message {match[2]} was not found")
        return error(405, 20004, "Method not allowed")

    def expected_authorization(self) -> str:
        return "Basic " + base64.b64encode(f"{self.account_sid}:{self.auth_token}".encode()).decode()

    def create_message(self, form: dict[str, str]) -> Answer:
        to, sender = form.get("To", ""), form.get("From") or form.get("MessagingServiceSid", "")
        if not ADDRESS.fullmatch(to):
            return error(400, 21211, f"Invalid 'To' Phone Number: {to}")
        if not sender:
            return error(400, 21603, "A 'From' phone number is required.")
        if to.startswith("whatsapp:") != sender.startswith("whatsapp:") and not sender.startswith("MG"):
            return error(400, 63007, "Twilio could not find a Channel with the specified From address")
        if not form.get("Body") and not form.get("ContentSid") and not form.get("MediaUrl"):
            return error(400, 21602, "Message body is required.")
        if form.get("ContentSid"):
            form = {**form, "Body": self.filled_template(form)}
        if len(form.get("Body", "")) > LONGEST_BODY:
            return error(400, 21617, "The concatenated message body exceeds the 1600 character limit")
        message = self.keep(to, sender, form.get("Body", ""), "outbound-api", "queued")
        accepted = dict(message)
        if form.get("StatusCallback"):
            threading.Thread(target=self.report_delivery, args=(message, form["StatusCallback"]), daemon=True).start()
        return 201, accepted

    @staticmethod
    def filled_template(form: dict[str, str]) -> str:
        """Every template here is WhatsApp's own authentication text, which is fixed and has one variable."""
        variables = json.loads(form.get("ContentVariables") or "{}")
        return f"{variables.get('1', '')} is your verification code. For your security, do not share this code."

    def start_verification(self, form: dict[str, str]) -> Answer:
        to, channel = form.get("To", ""), form.get("Channel", "")
        if not ADDRESS.fullmatch(to) or channel not in ("sms", "whatsapp"):
            return error(400, 60200, "Invalid parameter")
        code = f"{secrets.randbelow(1_000_000):06d}"
        with self.lock:
            self.verifications[to] = {"code": code, "tries": 0}
        prefix = "whatsapp:" if channel == "whatsapp" else ""
        self.keep(prefix + to, prefix + "+15005550006", f"Your verification code is: {code}", "outbound-api", "sent")
        return 201, self.verification(to, channel, "pending")

    def check_verification(self, form: dict[str, str]) -> Answer:
        to = form.get("To", "")
        with self.lock:
            known = self.verifications.get(to)
            if known is None:
                return error(404, 20404, "The requested resource was not found")
            known["tries"] += 1
            if known["tries"] > MOST_VERIFY_TRIES:
                return error(429, 60202, "Max check attempts reached")
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

    def keep(self, to: str, sender: str, body: str, direction: str, status: str) -> dict[str, Any]:
        sid = "SM" + secrets.token_hex(16)
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
            "num_media": "0",
            "num_segments": "1",
            "price": None,
            "price_unit": "USD",
            "status": status,
            "subresource_uris": {},
            "to": to,
            "uri": f"/2010-04-01/Accounts/{self.account_sid}/Messages/{sid}.json",
        }
        with self.lock:
            self.messages.append(message)
            with self.store.open("a") as stream:
                stream.write(json.dumps(message, ensure_ascii=False) + "\n")
        return message

    def list_messages(self, query: dict[str, str]) -> Answer:
        wanted = [
            message
            for message in reversed(self.messages)
            if query.get("To") in (None, message["to"]) and query.get("From") in (None, message["from"])
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

    def report_delivery(self, message: dict[str, Any], callback: str) -> None:
        for status in ("sent", "delivered"):
            message["status"] = status
            parameters = {
                "MessageSid": message["sid"],
                "SmsSid": message["sid"],
                "MessageStatus": status,
                "SmsStatus": status,
                "AccountSid": self.account_sid,
                "From": message["from"],
                "To": message["to"],
                "ApiVersion": "2010-04-01",
            }
            self.post_signed(callback, parameters)

    def receive_from_phone(self, form: dict[str, str]) -> Answer:
        """Not Twilio's: somebody types on the simulated phone, and we call the webhook as Twilio would."""
        phone = form.get("From", "")
        if not ADDRESS.fullmatch(phone) or not phone.startswith("whatsapp:") or not form.get("Body"):
            return error(400, 21211, "Give From as whatsapp:+91… and a Body")
        to = form.get("To", "")
        message = self.keep(to, phone, form["Body"], "inbound", "received")
        parameters = {
            "MessageSid": message["sid"],
            "SmsMessageSid": message["sid"],
            "SmsSid": message["sid"],
            "SmsStatus": "received",
            "AccountSid": self.account_sid,
            "From": phone,
            "To": to,
            "Body": form["Body"],
            "NumMedia": "0",
            "NumSegments": "1",
            "MessageType": "text",
            "ProfileName": form.get("ProfileName", "Simulated phone"),
            "WaId": phone.removeprefix("whatsapp:").removeprefix("+"),
            "ApiVersion": "2010-04-01",
        }
        status = self.post_signed(self.webhook_url, parameters)
        return (200 if status == 200 else 502), {"sid": message["sid"], "webhook_status": status}

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
        except (OSError, binascii.Error):
            return 0


def error(status: int, code: int, message: str) -> Answer:
    more = f"https://www.twilio.com/docs/errors/{code}"
    return status, {"code": code, "message": message, "more_info": more, "status": status}
