"""`python -m deploy.local.standins --port P --smtp-port S --store FOLDER --webhook URL`: all stand-ins in one process.

Credentials come from the environment (`TWILIO_ACCOUNT_SID`, `TWILIO_AUTH_TOKEN`, `OPENAI_API_KEY`), as the application's do.
"""

import argparse
import contextlib
import json
import os
import signal
import sys
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from deploy.local.standins.mail import MailStandIn
from deploy.local.standins.openai import OpenAIStandIn
from deploy.local.standins.phones import Phones
from deploy.local.standins.twilio import TwilioStandIn

LARGEST_BODY = 32 * 1024 * 1024


class Handler(BaseHTTPRequestHandler):
    """Routes `/twilio/…`, `/openai/…` and `/mail/?to=…`, which lists what the mail server took; all else is 404."""

    mail: MailStandIn
    twilio: TwilioStandIn
    phones: Phones
    openai: OpenAIStandIn
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.answer()

    def do_POST(self) -> None:
        self.answer()

    def do_DELETE(self) -> None:
        self.answer()

    def answer(self) -> None:
        url = urllib.parse.urlsplit(self.path)
        body = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), LARGEST_BODY))
        authorization = self.headers.get("Authorization", "")
        vendor, _, rest = url.path.lstrip("/").partition("/")
        content: Any
        if vendor == "twilio":
            query, form = flat(url.query), flat(body.decode(errors="replace"))
            if rest.startswith("standin/"):
                status, content = self.phones.handle(self.command, rest.removeprefix("standin/"), query, form)
            else:
                status, content = self.twilio.handle(self.command, f"/{rest}", query, form, authorization, body)
        elif vendor == "openai":
            status, content = self.openai.handle(self.command, f"/{rest}", parsed(body), authorization)
        elif vendor == "mail":
            status, content = 200, {"mails": self.mail.to(flat(url.query).get("to", ""))}
        else:
            status, content = 404, {"message": "A stand-in: /twilio/…, /openai/… and /mail/ are served here."}
        if status == 0:
            self.close_connection = True
            return
        kind, payload = "application/json; charset=utf-8", content
        if isinstance(content, tuple):
            kind, payload = content
        elif not isinstance(content, bytes):
            payload = json.dumps(content, ensure_ascii=False).encode()
        self.send_response(201 if status == 299 else status)  # 299: an answer that is cut off
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # the caller's patience ended
            self.wfile.write(payload)

    def log_message(self, format: str, *values: Any) -> None:
        """Method and status only: paths and bodies hold phone numbers and codes."""
        sys.stdout.write(f"{self.command} {values[1] if len(values) > 1 else ''}\n")
        sys.stdout.flush()


def flat(text: str) -> dict[str, str]:
    return dict(urllib.parse.parse_qsl(text, keep_blank_values=True))


def parsed(body: bytes) -> dict[str, Any]:
    try:
        content = json.loads(body or b"{}")
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--smtp-port", type=int, required=True)
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("--webhook", required=True)
    chosen = parser.parse_args()
    account, token = os.environ["TWILIO_ACCOUNT_SID"], os.environ["TWILIO_AUTH_TOKEN"]
    Handler.twilio = TwilioStandIn(account, token, chosen.webhook, chosen.store / "simulated-phones.jsonl")
    Handler.phones = Phones(Handler.twilio)
    Handler.mail = MailStandIn(chosen.store / "simulated-mails.jsonl")
    Handler.mail.listen(chosen.smtp_port)
    Handler.openai = OpenAIStandIn(os.environ["OPENAI_API_KEY"])
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    server = ThreadingHTTPServer(("127.0.0.1", chosen.port), Handler)
    server.daemon_threads = True
    server.serve_forever()


if __name__ == "__main__":
    main()
