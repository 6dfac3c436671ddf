"""One-time codes by SMS.

The code is sent in the request and not by the outbox: its text must never be stored, and at-most-once is right for it. The
challenge is committed first, so a code that arrives can always be used. Known and unknown numbers take the same path.
"""

import hashlib
import hmac
import secrets
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F

from accounts.exceptions import CodeNotSent, CodeRefused, ResendTooSoon
from accounts.models import OtpChallenge
from accounts.services.people import find_or_create_contact
from accounts.types import Challenge, IdentityKind
from msmebazaar.core import limits
from msmebazaar.core.crypto import blind_index
from msmebazaar.core.exceptions import N_, RateLimited
from msmebazaar.core.logging import get_logger
from msmebazaar.core.metrics import OTP_TOTAL
from msmebazaar.core.types import Phone
from msmebazaar.integrations.errors import VendorError
from msmebazaar.integrations.twilio import messenger

log = get_logger(__name__)
TEXT = N_("%(code)s is your MSMEBazaar code. It is valid for 5 minutes. Never tell it to anyone, not even to us.")


def request_code(*, phone: Phone, network: str, text: str, now: datetime) -> Challenge:
    """Send a code to a phone.

    Args:
        network: what limits per network count by.
        text: the message in the reader's language with `%(code)s` in it.
    Raises:
        ResendTooSoon, RateLimited: with `retry_after_s`.
        CodeNotSent: the vendor did not take it.
    """
    phone_index = blind_index(IdentityKind.PHONE, str(phone))
    try:
        limits.spend("otp_network", network, settings.OTP_SENDS_PER_NETWORK)
        with transaction.atomic():
            challenge, code = _make_challenge(phone, phone_index, now)
            limits.spend("otp_phone_day", phone_index, settings.OTP_SENDS_PER_PHONE_A_DAY)
            limits.spend("otp_phone", phone_index, settings.OTP_SENDS_PER_PHONE)
            challenge.save()
    except RateLimited:
        OTP_TOTAL.labels("limited").inc()
        raise
    try:
        messenger().send_sms(phone, text % {"code": code})
    except VendorError as error:
        OTP_TOTAL.labels("not_sent").inc()
        raise CodeNotSent(retry_after_s=30) from error
    OTP_TOTAL.labels("sent").inc()
    log.info("security", security_event="otp_sent")
    return Challenge(challenge.id, challenge.expires_at, now + settings.OTP_RESEND_AFTER)


def _make_challenge(phone: Phone, phone_index: str, now: datetime) -> tuple[OtpChallenge, str]:
    """A new challenge with its code, not yet saved; earlier ones of the phone stay valid until they expire."""
    last = OtpChallenge.objects.filter(phone_index=phone_index).order_by("-created_at").first()
    if last is not None:
        wait = (last.created_at + settings.OTP_RESEND_AFTER - now).total_seconds()
        if wait > 0:
            raise ResendTooSoon(retry_after_s=round(wait) or 1, seconds=round(wait) or 1)
    code = f"{secrets.randbelow(1_000_000):06d}"
    challenge = OtpChallenge(
        phone=str(phone), phone_index=phone_index, tries_left=settings.OTP_TRIES, expires_at=now + settings.OTP_LIFETIME
    )
    challenge.code_hash = _hash_of(challenge.id, code)
    return challenge, code


def _hash_of(challenge_id: UUID, code: str) -> str:
    return hmac.new(settings.OTP_PEPPER.encode(), f"{challenge_id}:{code}".encode(), hashlib.sha256).hexdigest()


def verify_code(*, challenge_id: UUID, code: str, language: str, now: datetime) -> UUID:
    """The person whose phone the code went to; made on their first log-in.

    A try is spent by one UPDATE before the code is looked at, so parallel guesses cannot exceed the tries.

    Raises:
        CodeRefused: whatever is wrong with it.
    """
    live = OtpChallenge.objects.filter(pk=challenge_id, used_at__isnull=True, expires_at__gt=now, tries_left__gt=0)
    if not live.update(tries_left=F("tries_left") - 1):
        raise _refused()
    challenge = OtpChallenge.objects.get(pk=challenge_id)
    if not hmac.compare_digest(challenge.code_hash, _hash_of(challenge_id, code)):
        raise _refused()
    with transaction.atomic():
        if not OtpChallenge.objects.filter(pk=challenge_id, used_at__isnull=True).update(used_at=now):
            raise _refused()
        contact = find_or_create_contact(
            kind=IdentityKind.PHONE, value=challenge.phone, language=language, verified_at=now
        )
    OTP_TOTAL.labels("verified").inc()
    return contact.user_id


def _refused() -> CodeRefused:
    OTP_TOTAL.labels("refused").inc()
    log.info("security", security_event="otp_refused")
    return CodeRefused()
