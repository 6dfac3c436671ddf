"""Non-disclosure agreements: versioned texts, signed by a one-time code, kept for ever as what was read."""

import hashlib
from datetime import datetime
from functools import cache
from pathlib import Path
from uuid import UUID

from django.db import transaction

from accounts import selectors as people
from accounts import services as accounts
from accounts.types import Challenge
from matching.exceptions import AgreementChanged, AgreementSigned, MoveNotLegal, WrongSide
from matching.models import Introduction, NdaSignature, NdaText
from matching.selectors.introductions import get_own_introduction, side_of
from matching.services.introductions import own_locked, tell
from matching.types import IntroductionState, Side
from msmebazaar.core import audit
from msmebazaar.core.actor import Actor
from msmebazaar.core.exceptions import N_
from msmebazaar.core.http.problems import translated

REFERENCE = Path(__file__).parents[1] / "reference"
PLATFORM_NUMBER = 1
LANGUAGES = ("en", "hi")
CODE_TEXT = N_(
    "%(code)s signs the non-disclosure agreement on MSMEBazaar. Valid for 5 minutes. Do not tell it to anyone."
)


@cache
def platform_text(language: str) -> str:
    return (REFERENCE / f"nda_{PLATFORM_NUMBER}_{language}.txt").read_text(encoding="utf-8")


def text_for(introduction: Introduction, language: str) -> NdaText:
    """What is to be signed: the owner's own text where there is one, else the platform's; in the language, else in English."""
    own = NdaText.objects.filter(organisation_id=introduction.owner_id).order_by("-number")
    newest = own.first()
    if newest is not None:
        in_language = own.filter(number=newest.number, language=language).first()
        return in_language or newest
    language = language if language in LANGUAGES else "en"
    content = platform_text(language)
    found, _ = NdaText.objects.get_or_create(
        organisation=None,
        number=PLATFORM_NUMBER,
        language=language,
        defaults={"text": content, "sha256": digest_of(content)},
    )
    return found


@transaction.atomic
def write_own_text(*, actor: Actor, organisation_id: UUID, text: str, language: str) -> NdaText:
    """An owner's own agreement, in force for whoever signs from now on. What was signed stays what it was.

    Raises:
        OrganisationNotFound, Forbidden.
    """
    people.get_own_organisation(actor=actor, organisation_id=organisation_id)
    actor.require_admin(organisation_id)
    rows = NdaText.objects.select_for_update().filter(organisation_id=organisation_id).order_by("-number")
    last = rows.first()
    row = NdaText.objects.create(
        organisation_id=organisation_id,
        number=last.number + 1 if last else 1,
        language=language,
        text=text,
        sha256=digest_of(text),
    )
    audit.record("matching.nda_written", subject_type="nda_text", subject_id=row.id, actor_id=actor.user_id)
    return row


def ask_for_code(*, actor: Actor, introduction_id: UUID, network: str, now: datetime) -> Challenge:
    """Send the signer a code, to their own proven phone. The transaction is the code's own.

    Raises:
        IntroductionNotFound, WrongSide, MoveNotLegal, AgreementSigned; what `accounts.request_signing_code` raises.
    """
    introduction = get_own_introduction(actor=actor, introduction_id=introduction_id)
    _guard(actor, introduction)
    return accounts.request_signing_code(
        user_id=actor.user_id, network=network, text=translated(CODE_TEXT, {"code": "%(code)s"}), now=now
    )


def sign(
    *,
    actor: Actor,
    introduction_id: UUID,
    challenge_id: UUID,
    code: str,
    sha256: str,
    language: str,
    network: str,
    now: datetime,
) -> NdaSignature:
    """Sign what was read, by the code that came. Signing again gives the first signature.

    Args:
        sha256: of the text the signer has read; another one than what is in force is refused.
    Raises:
        IntroductionNotFound, ReadOnly, WrongSide, MoveNotLegal, AgreementChanged; what checking a code raises.
    """
    introduction = get_own_introduction(actor=actor, introduction_id=introduction_id)
    if hasattr(introduction, "signature"):
        return introduction.signature
    _guard(actor, introduction)
    text = text_for(introduction, language)
    if text.sha256 != sha256:
        raise AgreementChanged
    challenge = accounts.check_signing_code(user_id=actor.user_id, challenge_id=challenge_id, code=code, now=now)
    with transaction.atomic():
        introduction = own_locked(actor, introduction_id)
        if hasattr(introduction, "signature"):
            return introduction.signature
        _guard(actor, introduction)
        accounts.use_signing_code(challenge, now=now)
        signature = NdaSignature.objects.create(
            introduction=introduction,
            nda_text=text,
            user_id=actor.user_id,
            signer=people.get_contact(user_id=actor.user_id).full_name or str(actor.user_id),
            sha256=text.sha256,
            challenge_id=challenge_id,
            network=network,
            signed_at=now,
        )
        audit.record(
            "matching.nda_signed",
            subject_type="introduction",
            subject_id=introduction.id,
            actor_id=actor.user_id,
            facts={"sha256": text.sha256, "number": text.number},
        )
        tell(introduction, Side.OWNER, "matching.nda_signed", now)
    return signature


def _guard(actor: Actor, introduction: Introduction) -> None:
    if side_of(actor, introduction) != Side.SEEKER:
        raise WrongSide
    if hasattr(introduction, "signature"):
        raise AgreementSigned
    if introduction.state != IntroductionState.APPROVED:
        raise MoveNotLegal(now=str(IntroductionState(introduction.state).label))


def digest_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
