"""Signatures by one-time code: a person proves, at that moment, to hold their own phone."""

from datetime import datetime
from uuid import UUID

from accounts.exceptions import NoPhone
from accounts.models import OtpChallenge
from accounts.selectors import address_of
from accounts.services.otp import Destination, check_code, request_code, use_challenge
from accounts.types import Challenge, ChallengePurpose, CodeChannel, IdentityKind


def request_signing_code(*, user_id: UUID, network: str, text: str, now: datetime) -> Challenge:
    """Send a code to the person's own proven phone.

    Args:
        text: in the reader's language, with `%(code)s` in it.
    Raises:
        NoPhone; what `request_code` raises.
    """
    phone = address_of(user_id=user_id, kind=IdentityKind.PHONE)
    if not phone:
        raise NoPhone
    destination = Destination(IdentityKind.PHONE, phone, CodeChannel.SMS)
    return request_code(
        to=destination, network=network, text=text, now=now, purpose=ChallengePurpose.SIGN, user_id=user_id
    )


def check_signing_code(*, user_id: UUID, challenge_id: UUID, code: str, now: datetime) -> OtpChallenge:
    """Spend a try. Raises what `check_code` raises."""
    return check_code(challenge_id=challenge_id, code=code, purpose=ChallengePurpose.SIGN, user_id=user_id, now=now)


def use_signing_code(challenge: OtpChallenge, *, now: datetime) -> None:
    """Use it up, in the transaction of what was signed. CodeUsed when a rival was faster."""
    use_challenge(challenge, now=now)
