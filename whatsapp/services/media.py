"""Files from the chat: fetched by id with our key, put with a business's papers like any upload, deleted at Twilio."""

import hashlib
from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts import selectors as people
from msme import services as msme
from msme.services.documents import DocumentInput
from msme.types import DocumentKind
from msmebazaar.core import clock
from msmebazaar.core.exceptions import AppError
from msmebazaar.core.logging import get_logger
from msmebazaar.integrations.errors import VendorError
from msmebazaar.integrations.twilio import messenger
from whatsapp.flow import say
from whatsapp.models import Conversation, InboundMedia
from whatsapp.services.host.context import reasons
from whatsapp.services.writing import Letter, write
from whatsapp.types import MediaState

log = get_logger(__name__)
KIND_OF = {"image/jpeg": DocumentKind.PHOTO, "image/png": DocumentKind.PHOTO}
NOT_DOCUMENTS = ("audio/", "video/")


def fetch(*, media_id: UUID, now: datetime) -> None:
    """Bring one file in. Outside any transaction; repeating it is harmless: the row says what was done.

    Raises:
        VendorError: Twilio or the store is away; the outbox tries again, and the file stays at Twilio meanwhile.
    """
    media = InboundMedia.objects.select_related("message").get(pk=media_id)
    if media.state != MediaState.AWAITED:
        return
    sid = media.message.message_sid
    if media.business_id is None or media.message.user_id is None or media.content_type.startswith(NOT_DOCUMENTS):
        _refuse(media, "not_a_document" if media.business_id else "nowhere", "")
        messenger().delete_media(sid, media.media_sid)
        return
    try:
        fetched = messenger().fetch_media(sid, media.media_sid)
    except VendorError as error:
        if not error.permanent:
            raise
        _refuse(media, error.code[:30], "")
        return
    actor = people.actor_of(user_id=media.message.user_id)
    day = now.astimezone(clock.INDIA).strftime("%d-%m-%Y %H.%M")
    given = DocumentInput(
        kind=KIND_OF.get(fetched.content_type, DocumentKind.OTHER),
        name=f"WhatsApp {day}",
        content_type=fetched.content_type,
        size=len(fetched.content),
    )
    try:
        document = msme.receive_document(
            actor=actor, business_id=media.business_id, given=given, content=fetched.content
        )
    except AppError as refused:
        conversation = _conversation_of(media)
        language = conversation.language if conversation else "en"
        _refuse(media, refused.code.rpartition(".")[2][:30], reasons(refused, language))
    else:
        InboundMedia.objects.filter(pk=media.pk).update(
            state=MediaState.KEPT, document_id=document.id, sha256=hashlib.sha256(fetched.content).hexdigest()
        )
    messenger().delete_media(sid, media.media_sid)


def _conversation_of(media: InboundMedia) -> Conversation | None:
    user_id = media.message.user_id
    return Conversation.objects.filter(user_id=user_id).first() if user_id is not None else None


@transaction.atomic
def _refuse(media: InboundMedia, reason: str, why: str) -> None:
    """Note it; where there is something to do about it, the sender is told."""
    InboundMedia.objects.filter(pk=media.pk).update(state=MediaState.REFUSED, reason=reason)
    conversation = _conversation_of(media)
    if conversation is not None and why:
        text = say("common.file_refused", conversation.language, why=why)
        write(conversation, [Letter(text)], dedupe_key=f"media:{media.id}")
