"""A person is one `User`; phone, email and WhatsApp address are identities of that person."""

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Q

from accounts.types import IdentityKind, Language
from msmebazaar.core.crypto import EncryptedTextField
from msmebazaar.core.history import tracked
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


@tracked("language", "is_active", "is_staff", "is_superuser", "merged_into", "erased_at")
class User(TimeStamped, AbstractBaseUser, PermissionsMixin):
    """A person. Market users log in by phone and have no username; staff have one, with a password, for the admin.

    Two contacts that turn out to be one person are merged: the absorbed row stays, inactive, and points to the other, so
    that what the ledger and the audit say of it still has a name. An erased person's row stays as an empty shell likewise.
    """

    username = models.CharField(max_length=60, unique=True, null=True, blank=True, help_text="Staff only.")
    full_name = EncryptedTextField(blank=True)
    language = models.CharField(max_length=2, choices=Language.choices, default=Language.ENGLISH)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="merged")
    erased_at = models.DateTimeField(null=True)

    USERNAME_FIELD = "username"
    objects = UserManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(is_staff=False) | Q(username__isnull=False), name="accounts_user_staff_has_username"
            ),
            models.CheckConstraint(
                condition=Q(is_active=False) | Q(merged_into__isnull=True, erased_at__isnull=True),
                name="accounts_user_gone_is_inactive",
            ),
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


class ContactMerge(TimeStamped):
    """Two contacts became one: what moved, by kind, so that it can be taken back. `by_id`: a colleague, or nobody."""

    survivor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    absorbed = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    moved = models.JSONField(default=dict)
    by_id = models.UUIDField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_by_id = models.UUIDField(null=True)

    def __str__(self) -> str:
        return f"{self.absorbed_id} into {self.survivor_id}"
