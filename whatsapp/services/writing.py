"""Writing messages that are to be sent: rows, in the transaction of what they tell."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from accounts import selectors as people
from msmebazaar.core.outbox import publish
from whatsapp.events import MessagesWritten
from whatsapp.flow import Bubble, Choice
from whatsapp.models import Broadcast, Conversation, OutboundMessage
from whatsapp.types import Category, OutboundKind

LONGEST_BODY = 1600  # Twilio's limit for free text
LONGEST_WITH_CHOICES = 1024  # WhatsApp's for a body above buttons or a list
JOINT = "\n\n"


@dataclass(frozen=True)
class Letter:
    """What is to be said: text, choices to tap, the address of a file; and the template for when the window is closed."""

    text: str
    choices: tuple[Choice, ...] = ()
    media_url: str = ""
    template: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)


def name_of(conversation: Conversation) -> str:
    """How a template speaks to them: a variable may not be empty."""
    return people.get_contact(user_id=conversation.user_id).full_name or "ji"


def letters_of(bubbles: Iterable[Bubble]) -> list[Letter]:
    """Bubbles as messages: texts that follow each other become one, up to what one message can hold."""
    letters: list[Letter] = []
    for bubble in bubbles:
        last = letters[-1] if letters else None
        most = LONGEST_WITH_CHOICES if bubble.choices else LONGEST_BODY
        joins = last is not None and not last.choices and not last.media_url and not bubble.attachment
        if last is not None and joins and len(last.text) + len(JOINT) + len(bubble.text) <= most:
            letters[-1] = Letter(last.text + JOINT + bubble.text, bubble.choices)
        else:
            letters.append(Letter(bubble.text, bubble.choices, bubble.attachment))
    return letters


def write(
    conversation: Conversation,
    letters: Iterable[Letter],
    *,
    dedupe_key: str,
    kind: OutboundKind = OutboundKind.REPLY,
    category: Category = Category.SERVICE,
    broadcast: Broadcast | None = None,
    fallback_of: UUID | None = None,
) -> list[OutboundMessage]:
    """Write what is to be sent, in order, and wake a sender. What was written under this key before is not written again."""
    written = []
    for number, letter in enumerate(letters):
        row, is_new = OutboundMessage.objects.get_or_create(
            dedupe_key=f"{dedupe_key}:{number}" if number else dedupe_key,
            defaults={
                "conversation": conversation,
                "kind": kind,
                "category": category,
                "body": letter.text[:LONGEST_BODY],
                "extras": _extras(letter),
                "broadcast": broadcast,
                "fallback_of": fallback_of,
            },
        )
        if is_new:
            written.append(row)
    if written:
        publish(MessagesWritten(conversation.id))
    return written


def _extras(letter: Letter) -> str:
    content: dict[str, Any] = {
        "choices": [[choice.id, choice.label, choice.description] for choice in letter.choices],
        "media_url": letter.media_url,
        "template": letter.template,
        "variables": dict(letter.variables),
    }
    return json.dumps(content, ensure_ascii=False) if any(content.values()) else ""


def letter_of(message: OutboundMessage) -> Letter:
    content = json.loads(message.extras or "{}")
    return Letter(
        message.body or "",
        tuple(Choice(*row) for row in content.get("choices", [])),
        content.get("media_url", ""),
        content.get("template", ""),
        content.get("variables", {}),
    )


def numbered(letter: Letter) -> str:
    """The choices as lines of text, for where nothing can be tapped."""
    rows = [f"{number} {choice.label}" for number, choice in enumerate(letter.choices, start=1)]
    return "\n".join([letter.text, *rows])[:LONGEST_BODY]
