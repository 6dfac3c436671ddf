"""A person is one `User`; phone, email and WhatsApp address are identities of that person."""

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Q

from accounts.types import IdentityKind, Language, OrganisationKind, Role
from msmebazaar.core.crypto import EncryptedTextField
from msmebazaar.core.models import TimeStamped


class UserManager(BaseUserManager["User"]):
    def create_superuser(self, username: str, password: str | None = None, **fields: Any) -> "User":
        """What `manage.py createsuperuser` calls."""
        user = self.model(username=username, is_staff=True, is_superuser=True, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username=username)


class User(TimeStamped, AbstractBaseUser, PermissionsMixin):
    """A person. Market users log in by phone and have no username; staff have one, with a password, for the admin."""

    username = models.CharField(max_length=60, unique=True, null=True, blank=True, help_text="Staff only.")
    full_name = EncryptedTextField(blank=True)
    language = models.CharField(max_length=2, choices=Language.choices, default=Language.ENGLISH)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)

    USERNAME_FIELD = "username"
    objects = UserManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(is_staff=False) | Q(username__isnull=False), name="accounts_user_staff_has_username"
            )
        ]

    def __str__(self) -> str:
        return self.username or f"person {str(self.id)[-6:]}"


class Identity(TimeStamped):
    """One way to reach a person; a value belongs to one person at most."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="identities")
    kind = models.CharField(max_length=10, choices=IdentityKind.choices)
    value = EncryptedTextField()
    value_index = models.CharField(max_length=64)
    verified_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "value_index"], name="accounts_identity_one_person")]
        verbose_name_plural = "identities"

    def __str__(self) -> str:
        return f"{self.kind} of {self.user_id}"


class Organisation(TimeStamped):
    """Who owns businesses, listings and mandates. Every person has a personal one."""

    name = models.CharField(max_length=120, blank=True)
    kind = models.CharField(max_length=10, choices=OrganisationKind.choices, default=OrganisationKind.PERSONAL)
    members = models.ManyToManyField(User, through="Membership", related_name="organisations")

    def __str__(self) -> str:
        return self.name or f"organisation {str(self.id)[-6:]}"


class Membership(TimeStamped):
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.OWNER)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "organisation"], name="accounts_membership_once")]

    def __str__(self) -> str:
        return f"{self.role} of {self.organisation_id}"


class OtpChallenge(TimeStamped):
    """A code that was sent to a phone: a keyed hash of it, the tries left, and whether it was used."""

    phone_index = models.CharField(max_length=64, db_index=True)
    phone = EncryptedTextField()
    code_hash = models.CharField(max_length=64)
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

    def __str__(self) -> str:
        return f"session {self.id}"


class RefreshToken(TimeStamped):
    """SHA-256 of an opaque token; used once, by one UPDATE."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="refresh_tokens")
    token_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"refresh token of {self.session_id}"
