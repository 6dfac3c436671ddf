"""One-time codes: sent by SMS, WhatsApp or email, checked once.

The code is sent in the request and not by the outbox: its text must never be stored, and at-most-once is right for it. The
challenge is committed first, so a code that arrives can always be used. Known and unknown addresses take the same path;
nobody's account is looked up before a right code came back.

With `OTP_PROVIDER=twilio_verify` the vendor makes, sends and checks codes by SMS and WhatsApp; our challenge, its limits
and its tries stay the same.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from accounts.exceptions import (
    ChallengeUnknown,
    CodeExpired,
    CodeNotSent,
    CodeUsed,
    CodeWrong,
    ResendTooSoon,
    TooManyTries,
)
from accounts.models import OtpChallenge
from accounts.types import Challenge, ChallengePurpose, CodeChannel, IdentityKind
from msmebazaar.core import limits
from msmebazaar.core.crypto import blind_index
from msmebazaar.core.exceptions import N_, FieldFault, InvalidInput, RateLimited
from msmebazaar.core.http.problems import translated
from msmebazaar.core.logging import get_logger
from msmebazaar.core.metrics import OTP_TOTAL
from msmebazaar.core.types import Phone
from msmebazaar.integrations.email import send_email
from msmebazaar.integrations.errors import VendorError
from msmebazaar.integrations.twilio import can_send_whatsapp_codes, code_verifier, messenger

log = get_logger(__name__)
TEXT = N_("%(code)s is your MSMEBazaar code. It is valid for 5 minutes. Never tell it to anyone, not even to us.")
SUBJECT = N_("Your MSMEBazaar code")
OWN, TWILIO_VERIFY = "own", "twilio_verify"


@dataclass(frozen=True)
class Destination:
    """Where a code goes. `channel` fits `kind`: email by email, phone by SMS or WhatsApp."""

    kind: IdentityKind
    address: str
    channel: CodeChannel

    @property
    def index(self) -> str:
        return blind_index(self.kind, self.address)


def request_code(
    *,
    to: Destination,
    network: str,
    text: str,
    now: datetime,
    purpose: ChallengePurpose = ChallengePurpose.LOG_IN,
    user_id: UUID | None = None,
) -> Challenge:
    """Send a code.

    Args:
        network: what limits per network count by.
        text: the message in the reader's language with `%(code)s` in it.
        user_id: who adds the address to their own; nobody for a log-in.
    Raises:
        ResendTooSoon, RateLimited: with `retry_after_s`.
        InvalidInput: the channel is not configured.
        CodeNotSent: the vendor did not take it.
    """
    if to.channel == CodeChannel.WHATSAPP and not can_send_whatsapp_codes():
        message = N_("Codes cannot be sent by WhatsApp just now. Choose SMS.")
        raise InvalidInput(errors=(FieldFault("channel", "unavailable", message),))
    try:
        limits.spend("otp_network", network, settings.OTP_SENDS_PER_NETWORK)
        with transaction.atomic():
            challenge, code = _make_challenge(to, purpose, user_id, now)
            limits.spend("otp_phone_day", to.index, settings.OTP_SENDS_PER_PHONE_A_DAY)
            limits.spend("otp_phone", to.index, settings.OTP_SENDS_PER_PHONE)
            challenge.save()
    except RateLimited:
        OTP_TOTAL.labels("limited").inc()
        raise
    try:
        _send(challenge, to, code, text)
    except VendorError as error:
        OTP_TOTAL.labels("not_sent").inc()
        raise CodeNotSent(retry_after_s=30) from error
    OTP_TOTAL.labels("sent").inc()
    log.info("security", security_event="otp_sent", channel=to.channel)
    return Challenge(challenge.id, challenge.expires_at, now + settings.OTP_RESEND_AFTER)


def _make_challenge(
    to: Destination, purpose: ChallengePurpose, user_id: UUID | None, now: datetime
) -> tuple[OtpChallenge, str]:
    """A new challenge with its code, not yet saved; earlier ones of the address stay valid until they expire."""
    last = OtpChallenge.objects.filter(address_index=to.index).order_by("-created_at").first()
    if last is not None:
        wait = (last.created_at + settings.OTP_RESEND_AFTER - now).total_seconds()
        if wait > 0:
            raise ResendTooSoon(retry_after_s=round(wait) or 1, seconds=round(wait) or 1)
    by_vendor = settings.OTP_PROVIDER == TWILIO_VERIFY and to.channel != CodeChannel.EMAIL
    challenge = OtpChallenge(
        purpose=purpose,
        kind=to.kind,
        address=to.address,
        address_index=to.index,
        channel=to.channel,
        verified_by=TWILIO_VERIFY if by_vendor else OWN,
        user_id=user_id,
        tries_left=settings.OTP_TRIES,
        expires_at=now + settings.OTP_LIFETIME,
    )
    code = "" if by_vendor else f"{secrets.randbelow(1_000_000):06d}"
    challenge.code_hash = _hash_of(challenge.id, code) if code else ""
    return challenge, code


def _send(challenge: OtpChallenge, to: Destination, code: str, text: str) -> None:
    if challenge.verified_by == TWILIO_VERIFY:
        code_verifier().send(Phone(to.address), channel=to.channel)
    elif to.channel == CodeChannel.EMAIL:
        send_email(to=to.address, subject=translated(SUBJECT), body=text % {"code": code}, reference="")
    elif to.channel == CodeChannel.WHATSAPP:
        messenger().send_whatsapp_code(f"whatsapp:{to.address}", code)
    else:
        messenger().send_sms(Phone(to.address), text % {"code": code})


def _hash_of(challenge_id: UUID, code: str) -> str:
    return hmac.new(settings.OTP_PEPPER.encode(), f"{challenge_id}:{code}".encode(), hashlib.sha256).hexdigest()


def check_code(
    *, challenge_id: UUID, code: str, purpose: ChallengePurpose, user_id: UUID | None, now: datetime
) -> OtpChallenge:
    """Spend a try; for a right code, the challenge, still unused (`use_challenge` uses it up).

    A try is spent by one UPDATE before the code is looked at, so parallel guesses cannot exceed the tries. The vendor, if
    one made the code, is asked outside any transaction.

    Raises:
        ChallengeUnknown, CodeUsed, CodeExpired, TooManyTries, CodeWrong.
        CodeNotSent: the vendor that checks the code does not answer.
    """
    asker = Q(user__isnull=True) if user_id is None else Q(user_id=user_id)
    live = OtpChallenge.objects.filter(asker, pk=challenge_id, purpose=purpose)
    usable = live.filter(used_at__isnull=True, expires_at__gt=now, tries_left__gt=0)
    if not usable.update(tries_left=F("tries_left") - 1):
        _refuse(live.first(), now)
    challenge = live.get()
    if not _is_right(challenge, code):
        _count_refusal()
        raise TooManyTries if challenge.tries_left == 0 else CodeWrong(left=challenge.tries_left)
    return challenge


def _refuse(challenge: OtpChallenge | None, now: datetime) -> None:
    _count_refusal()
    if challenge is None:
        raise ChallengeUnknown
    if challenge.used_at is not None:
        raise CodeUsed
    if challenge.expires_at <= now:
        raise CodeExpired
    raise TooManyTries


def _is_right(challenge: OtpChallenge, code: str) -> bool:
    if challenge.verified_by == OWN:
        return hmac.compare_digest(challenge.code_hash, _hash_of(challenge.id, code))
    try:
        return code_verifier().check(Phone(challenge.address or ""), code)
    except VendorError as error:
        if error.permanent:  # the vendor has forgotten it, for instance after too many tries of its own
            return False
        raise CodeNotSent(retry_after_s=30) from error


def use_challenge(challenge: OtpChallenge, *, now: datetime) -> None:
    """Use it up, in the transaction of what the code was for. CodeUsed when a rival was faster."""
    if not OtpChallenge.objects.filter(pk=challenge.pk, used_at__isnull=True).update(used_at=now):
        _count_refusal()
        raise CodeUsed
    OTP_TOTAL.labels("verified").inc()


def _count_refusal() -> None:
    OTP_TOTAL.labels("refused").inc()
    log.info("security", security_event="otp_refused")
