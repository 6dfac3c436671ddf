"""A mail server for one machine: it speaks SMTP (aiosmtpd), keeps what it accepts in a file, and sends nothing on."""

import email
import email.policy
import json
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class MailStandIn:
    """Accepts mail for every address but those at `refused.example`, as a server does with a mailbox it does not know."""

    def __init__(self, store: Path) -> None:
        self.store = store
        self.lock = threading.Lock()
        self.mails: list[dict[str, Any]] = []
        if store.exists():
            self.mails = [json.loads(line) for line in store.read_text().splitlines() if line.strip()]

    def listen(self, port: int) -> Controller:
        controller = Controller(self, hostname="127.0.0.1", port=port)
        controller.start()
        return controller

    async def handle_RCPT(  # noqa: N802 - the name aiosmtpd calls
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address.endswith("@refused.example"):
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content if isinstance(envelope.content, bytes) else str(envelope.content).encode()
        message = email.message_from_bytes(content, policy=email.policy.default)
        body = message.get_body(("plain",))
        mail = {
            "to": envelope.rcpt_tos,
            "from": envelope.mail_from,
            "subject": str(message["Subject"] or ""),
            "body": str(body.get_content()).strip() if body else "",
            "reference": str(message["X-Reference"] or ""),
            "at": datetime.now(UTC).isoformat(),
        }
        with self.lock:
            self.mails.append(mail)
            with self.store.open("a") as stream:
                stream.write(json.dumps(mail, ensure_ascii=False) + "\n")
        return "250 accepted"

    def to(self, address: str) -> list[dict[str, Any]]:
        """Mails to an address, newest first."""
        return [mail for mail in reversed(self.mails) if address in mail["to"]]
