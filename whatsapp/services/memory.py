"""What is remembered of a conversation, between its row and the flow engine."""

import json
from datetime import datetime, timedelta

from whatsapp.flow import Dialogue
from whatsapp.models import Conversation

NUDGE_AFTER = (timedelta(hours=2), timedelta(hours=20))  # inside the free window


def recall(conversation: Conversation | None) -> Dialogue:
    """What is remembered of a conversation; of a new one nothing."""
    if conversation is None:
        return Dialogue()
    if not conversation.dialogue:
        return Dialogue(language=conversation.language, is_stopped=conversation.stopped_at is not None)
    return Dialogue.from_json(json.loads(conversation.dialogue))


def remember(conversation: Conversation, dialogue: Dialogue, now: datetime) -> None:
    run = dialogue.run
    conversation.language = dialogue.language or conversation.language
    conversation.dialogue = json.dumps(dialogue.to_json(), ensure_ascii=False)
    conversation.flow, conversation.flow_version, conversation.step = (
        (run.flow, run.version, run.step) if run else ("", 0, "")
    )
    conversation.nudges_sent = 0
    can_nudge = run is not None and bool(run.trail) and not dialogue.is_with_human and not dialogue.is_stopped
    conversation.nudge_due_at = now + NUDGE_AFTER[0] if can_nudge else None
    conversation.save()
