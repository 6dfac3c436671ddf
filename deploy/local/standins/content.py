"""Twilio's Content API as far as we use it: make a template, ask for approval, list, and fill one in.

A template that is asked to be approved is approved at once; real reviews take minutes to days. Rules that the real service
has and that our code could break are kept: body at most 1,024 characters, no variable at either end of what is to be
approved, at most three buttons in a session, lists of one to ten items and never approvable.
"""

import json
import re
import secrets
from pathlib import Path
from typing import Any

Answer = tuple[int, dict[str, Any]]
VARIABLE = re.compile(r"\{\{(\w+)\}\}")
LONGEST_BODY, MOST_BUTTONS, MOST_ITEMS, LONGEST_TITLE, LONGEST_ITEM, LONGEST_DESCRIPTION = 1024, 3, 10, 20, 24, 72
BODY = "(all)"


class ContentStore:
    """Templates, kept in a file beside the messages."""

    def __init__(self, account_sid: str, store: Path) -> None:
        self.account_sid = account_sid
        self.store = store
        self.templates: dict[str, dict[str, Any]] = json.loads(store.read_text()) if store.exists() else {}

    def save(self) -> None:
        self.store.write_text(json.dumps(self.templates, ensure_ascii=False))

    def handle(self, method: str, path: str, body: dict[str, Any], query: dict[str, str]) -> Answer:
        if path == "/v1/Content" and method == "POST":
            return self.create(body)
        if path == "/v1/ContentAndApprovals" and method == "GET":
            return self.list(query)
        asked = re.fullmatch(r"/v1/Content/(HX\w+)/ApprovalRequests/whatsapp", path)
        if asked and method == "POST":
            return self.approve(asked[1], body)
        found = re.fullmatch(r"/v1/Content/(HX\w+)", path)
        if found and method == "GET" and found[1] in self.templates:
            return 200, self.templates[found[1]]
        return fault(404, 20404, f"The requested resource {path} was not found")

    def create(self, body: dict[str, Any]) -> Answer:
        types = body.get("types")
        if not isinstance(types, dict) or not types or not body.get("language"):
            return fault(400, 20001, "types and language are required")
        for kind, given in types.items():
            refusal = refuse(kind, given)
            if refusal:
                return fault(400, 20001, refusal)
        sid = "HX" + secrets.token_hex(16)
        row = {
            "sid": sid,
            "account_sid": self.account_sid,
            "friendly_name": body.get("friendly_name"),
            "language": body["language"],
            "variables": body.get("variables") or {},
            "types": types,
            "date_created": "2026-01-01T00:00:00Z",
            "date_updated": "2026-01-01T00:00:00Z",
            "url": f"https://content.twilio.com/v1/Content/{sid}",
            "links": {},
            "approval_requests": {},
        }
        self.templates[sid] = row
        self.save()
        return 201, row

    def approve(self, sid: str, body: dict[str, Any]) -> Answer:
        row = self.templates.get(sid)
        if row is None:
            return fault(404, 20404, f"Content {sid} was not found")
        if "twilio/list-picker" in row["types"]:
            return fault(400, 20001, "List pickers cannot be approved")
        text = next(iter(row["types"].values()))["body"].strip()
        if VARIABLE.match(text) or re.search(r"\{\{\w+\}\}$", text) or re.search(r"\}\}\s*\{\{", text):
            return fault(400, 20001, "Variables at the start or end, or next to each other")
        if set(VARIABLE.findall(text)) - set(row["variables"]):
            return fault(400, 20001, "Every variable needs a sample")
        request = {
            "name": body.get("name"),
            "category": body.get("category"),
            "content_type": next(iter(row["types"])),
            "status": "approved",
            "rejection_reason": "",
            "allow_category_change": True,
        }
        row["approval_requests"] = request
        self.save()
        return 201, request

    def list(self, query: dict[str, str]) -> Answer:
        rows = list(self.templates.values())
        size, page = int(query.get("PageSize", 50)), int(query.get("Page", 0))
        url = "https://content.twilio.com/v1/ContentAndApprovals?PageSize={}&Page={}"
        following = url.format(size, page + 1) if len(rows) > (page + 1) * size else None
        meta = {
            "page": page,
            "page_size": size,
            "first_page_url": url.format(size, 0),
            "previous_page_url": None,
            "url": url.format(size, page),
            "next_page_url": following,
            "key": "contents",
        }
        return 200, {"contents": rows[page * size : (page + 1) * size], "meta": meta}

    def fill(self, sid: str, variables: dict[str, str]) -> dict[str, Any] | None:
        """What a filled template looks like on the phone: text, choices, whether it may be sent outside the window."""
        row = self.templates.get(sid)
        if row is None:
            return None
        ((kind, given),) = list(row["types"].items())[:1]

        def filled(text: str) -> str:
            return VARIABLE.sub(lambda match: str(variables.get(match[1], "")), text)

        rows = given.get("actions") or given.get("items") or []
        choices = [
            {
                "id": filled(item["id"]),
                "label": filled(item.get("title") or item.get("item", "")),
                "description": filled(item.get("description", "")),
            }
            for item in rows
        ]
        return {
            "body": filled(given["body"]),
            "choices": choices,
            "kind": kind,
            "is_approved": row["approval_requests"].get("status") == "approved",
        }


def refuse(kind: str, given: dict[str, Any]) -> str:
    """Why a template of this kind is not taken, or ""."""
    if not given.get("body") or len(given["body"]) > LONGEST_BODY:
        return "body is required and has at most 1024 characters"
    if kind == "twilio/quick-reply" and not 1 <= len(given.get("actions", ())) <= MOST_BUTTONS:
        return "one to three buttons"
    if kind == "twilio/list-picker" and not 1 <= len(given.get("items", ())) <= MOST_ITEMS:
        return "one to ten items"
    return "" if kind in ("twilio/text", "twilio/quick-reply", "twilio/list-picker") else f"{kind} is not served here"


def too_long(shown: dict[str, Any]) -> bool:
    """Whether WhatsApp would refuse what came out of filling a template in."""
    most = LONGEST_TITLE if shown["kind"] == "twilio/quick-reply" else LONGEST_ITEM
    return len(shown["body"]) > LONGEST_BODY or any(
        not 1 <= len(choice["label"]) <= most
        or len(choice["description"]) > LONGEST_DESCRIPTION
        or len(choice["id"]) > 200
        for choice in shown["choices"]
    )


def fault(status: int, code: int, message: str) -> Answer:
    more = f"https://www.twilio.com/docs/errors/{code}"
    return status, {"code": code, "message": message, "more_info": more, "status": status}
