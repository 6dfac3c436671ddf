"""The simulated phone: what a person does on WhatsApp, turned into what Twilio would do. Not a part of Twilio's API.

`POST inbound`: type, tap or send a file; `copies=3` delivers the webhook that often, `drop=1` loses it (the message is in
Twilio's list all the same). `POST heard`: a test delivered the webhook itself. `POST pass-time`: hours go by for one phone.
`POST read`: the messages are read. `POST faults`: the next messages to it fail. `GET messages`: the chat. `GET violations`.
"""

import base64
import binascii
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

from deploy.local.standins.content import fault
from deploy.local.standins.twilio import ADDRESS, Answer, TwilioStandIn

MOST_SHOWN = 200


class Phones:
    def __init__(self, twilio: TwilioStandIn) -> None:
        self.twilio = twilio

    def handle(self, method: str, what: str, query: dict[str, str], form: dict[str, str]) -> Answer:
        if what == "messages" and method == "GET":
            return 200, {"messages": self.chat(query.get("phone", ""), int(query.get("most", MOST_SHOWN)))}
        if what == "violations" and method == "GET":
            return 200, {"violations": self.twilio.violations}
        if what == "typing" and method == "GET":
            return 200, {"typing": self.twilio.typing}
        actions = {
            "inbound": self.inbound,
            "heard": self.heard,
            "pass-time": self.pass_time,
            "read": self.read,
            "faults": self.faults,
            "media": self.keep_media,
        }
        if method != "POST" or what not in actions:
            return fault(404, 20404, f"The simulated phone does not know {what}")
        return actions[what](form)

    def chat(self, phone: str, most: int) -> list[dict[str, Any]]:
        """SMS and WhatsApp of one phone, oldest first; with the choices of each message, which Twilio's list leaves out."""
        addresses = (phone, f"whatsapp:{phone}")
        found = [row for row in self.twilio.messages if row["to"] in addresses or row["from"] in addresses]
        return found[-most:]

    def inbound(self, form: dict[str, str]) -> Answer:
        phone, to = form.get("From", ""), form.get("To", "")
        has_something = any(form.get(name) for name in ("Body", "Media", "ButtonPayload", "ListId"))
        if not ADDRESS.fullmatch(phone) or not phone.startswith("whatsapp:") or not has_something:
            return fault(400, 21211, "Give From as whatsapp:+91… and a Body")
        body = form.get("Body") or form.get("ButtonText") or form.get("ListTitle") or ""
        has_media = bool(form.get("Media"))
        message = self.twilio.keep(phone, to, body, "inbound", "received", media=int(has_media))
        message["to"], message["from"] = to, phone
        self.twilio.heard_at[phone] = datetime.now(UTC)
        parameters = {
            "MessageSid": message["sid"],
            "SmsMessageSid": message["sid"],
            "SmsSid": message["sid"],
            "SmsStatus": "received",
            "AccountSid": self.twilio.account_sid,
            "From": phone,
            "To": to,
            "Body": body,
            "NumMedia": str(int(has_media)),
            "NumSegments": "1",
            "MessageType": "interactive" if form.get("ListId") else "button" if form.get("ButtonPayload") else "text",
            "ProfileName": form.get("ProfileName", "Simulated phone"),
            "WaId": phone.removeprefix("whatsapp:").removeprefix("+"),
            "ApiVersion": "2010-04-01",
            **{name: form[name] for name in ("ButtonPayload", "ButtonText", "ListId", "ListTitle") if form.get(name)},
        }
        if has_media:
            try:
                content = base64.b64decode(form["Media"], validate=True)
            except binascii.Error:
                return fault(400, 21620, "Invalid media")
            media_sid = "ME" + secrets.token_hex(16)
            kind = form.get("MediaContentType", "application/octet-stream")
            self.twilio.media[media_sid] = (kind, content)
            message["standin"] = {"media_type": kind, "media_size": len(content)}
            parameters |= {
                "MediaContentType0": kind,
                "MediaUrl0": f"https://api.twilio.com/2010-04-01/Accounts/{self.twilio.account_sid}"
                f"/Messages/{message['sid']}/Media/{media_sid}",
            }
        self.twilio.write_down(message)
        copies = 0 if form.get("drop") else int(form.get("copies", "1"))
        status = 200
        for _ in range(copies):
            status = self.twilio.post_signed(self.twilio.webhook_url, parameters)
        return (200 if status == 200 else 502), {"sid": message["sid"], "webhook_status": status}

    def heard(self, form: dict[str, str]) -> Answer:
        """A test has delivered a webhook itself; its window is open, and the message is in the list."""
        self.twilio.heard_at[form["From"]] = datetime.now(UTC) - timedelta(hours=float(form.get("hours_ago", "0")))
        if form.get("sid") and self.twilio.message(form["sid"]) is None:
            message = self.twilio.keep(form.get("To", ""), form["From"], form.get("Body", ""), "inbound", "received")
            message["sid"] = form["sid"]
        return 200, {}

    def pass_time(self, form: dict[str, str]) -> Answer:
        heard = self.twilio.heard_at.get(form["From"])
        if heard is not None:
            self.twilio.heard_at[form["From"]] = heard - timedelta(hours=float(form["hours"]))
        return 200, {}

    def read(self, form: dict[str, str]) -> Answer:
        """The person opens the chat: everything that was delivered is read."""
        unread = [
            row for row in self.twilio.messages if row["to"] == form["From"] and row["status"] in ("sent", "delivered")
        ]
        for message in unread:
            self.twilio.report(message, "read", message["standin"].get("callback"))
        return 200, {"read": len(unread)}

    def faults(self, form: dict[str, str]) -> Answer:
        with self.twilio.lock:
            self.twilio.faults[form["From"]] = (form.get("fault", ""), int(form.get("count", "0")))
        return 200, {}

    def keep_media(self, form: dict[str, str]) -> Answer:
        """A file for a message that a test delivers itself."""
        self.twilio.media[form["media_sid"]] = (form["content_type"], base64.b64decode(form["content"]))
        return 200, {}
