"""Taking messages in, answering them, sending; people who step in, broadcasts, comparing with Twilio's list."""

from whatsapp.services.answering import answer, show_typing, understand
from whatsapp.services.broadcasts import begin as begin_broadcast
from whatsapp.services.broadcasts import broadcast_shown, broadcast_templates
from whatsapp.services.broadcasts import plan as plan_broadcast
from whatsapp.services.broadcasts import stop as stop_broadcast
from whatsapp.services.broadcasts import write_part as write_broadcast_part
from whatsapp.services.handover import add_note, give_back, reply, send_template, take_over
from whatsapp.services.inbox import canned_replies, chat_of, conversation_of_handover, inbox
from whatsapp.services.media import fetch as fetch_media
from whatsapp.services.merging import move_conversation, part_conversation
from whatsapp.services.notices import answer_with_valuation, nudge, send_notification
from whatsapp.services.receiving import addresses_in, raise_status, take_in
from whatsapp.services.reconciling import reconcile
from whatsapp.services.registry import sync as sync_templates
from whatsapp.services.sending import apply_remedy, send_waiting

__all__ = [
    "add_note",
    "addresses_in",
    "answer",
    "answer_with_valuation",
    "apply_remedy",
    "begin_broadcast",
    "broadcast_shown",
    "broadcast_templates",
    "canned_replies",
    "chat_of",
    "conversation_of_handover",
    "fetch_media",
    "give_back",
    "inbox",
    "move_conversation",
    "nudge",
    "part_conversation",
    "plan_broadcast",
    "raise_status",
    "reconcile",
    "reply",
    "send_notification",
    "send_template",
    "send_waiting",
    "show_typing",
    "stop_broadcast",
    "sync_templates",
    "take_in",
    "take_over",
    "understand",
    "write_broadcast_part",
]
