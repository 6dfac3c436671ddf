"""What whatsapp refuses."""

from msmebazaar.core.exceptions import N_, Conflict, Forbidden, InvalidInput, NotFound


class SignatureRefused(Forbidden):
    code = "whatsapp.signature_refused"
    title = N_("Signature refused")
    default_detail = N_("This webhook was not signed by the message vendor.")


class ConversationNotFound(NotFound):
    code = "whatsapp.conversation_not_found"
    default_detail = N_("There is no such conversation.")


class BroadcastNotFound(NotFound):
    code = "whatsapp.broadcast_not_found"
    default_detail = N_("There is no such broadcast.")


class BroadcastInvalid(InvalidInput):
    code = "whatsapp.broadcast_invalid"
    title = N_("Broadcast not valid")
    default_detail = N_("This broadcast cannot be sent as it is; see each field.")


class HandoverClosed(Conflict):
    code = "whatsapp.handover_closed"
    title = N_("The bot has the chat")
    default_detail = N_("Take the chat over before you write in it; the bot would answer between your words.")


class WindowClosed(Conflict):
    code = "whatsapp.window_closed"
    title = N_("The 24 hours are over")
    default_detail = N_("WhatsApp takes free text only for 24 hours after their last message. Send a template instead.")
