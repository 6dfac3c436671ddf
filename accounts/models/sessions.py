"""One-time codes and sessions."""

from django.db import models

from accounts.models.people import User
from accounts.types import ChallengePurpose, CodeChannel, IdentityKind
from msmebazaar.core.crypto import EncryptedTextField
from msmebazaar.core.models import TimeStamped


class OtpChallenge(TimeStamped):
    """A code that was sent to an address: a keyed hash of it, the tries left, and whether it was used.

    `verified_by`: "own", or the vendor that made the code and checks it; the hash is then empty. `user` is who asked to add
    the address to their own; nobody for a log-in.
    """

    purpose = models.CharField(max_length=10, choices=ChallengePurpose.choices, default=ChallengePurpose.LOG_IN)
    kind = models.CharField(max_length=10, choices=IdentityKind.choices, default=IdentityKind.PHONE)
    address = EncryptedTextField()
    address_index = models.CharField(max_length=64, db_index=True)
    channel = models.CharField(max_length=10, choices=CodeChannel.choices, default=CodeChannel.SMS)
    verified_by = models.CharField(max_length=20, default="own")
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="+")
    code_hash = models.CharField(max_length=64, blank=True)
    tries_left = models.PositiveSmallIntegerField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"challenge {self.id}"


class Session(TimeStamped):
    """One logged-in device: the family of all refresh tokens that came from one log-in."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sessions")
    user_agent = models.CharField(max_length=200, blank=True)
    last_used_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=30, blank=True)
    colleague = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text="Who of staff looks through it, reading only.",
    )
    seen_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"session {self.id}"


class LoginLink(TimeStamped):
    """SHA-256 of a token that logs its person in once, from a chat in which they are known."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"log-in link of {self.user_id}"


class RefreshToken(TimeStamped):
    """SHA-256 of an opaque token; used once, by one UPDATE."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="refresh_tokens")
    token_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"refresh token of {self.session_id}"
