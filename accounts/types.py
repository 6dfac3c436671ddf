"""What other apps get to see of a person."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import models


class Language(models.TextChoices):
    ENGLISH = "en", "English"
    HINDI = "hi", "हिन्दी"


class IdentityKind(models.TextChoices):
    """How a person can be reached or recognised. WHATSAPP is the address Twilio uses, which need not be a phone."""

    PHONE = "phone", "Phone"
    EMAIL = "email", "Email"
    WHATSAPP = "whatsapp", "WhatsApp"


class OrganisationKind(models.TextChoices):
    PERSONAL = "personal", "Personal"
    COMPANY = "company", "Company"


class Role(models.TextChoices):
    OWNER = "owner", "Owner"
    MEMBER = "member", "Member"


@dataclass(frozen=True)
class Contact:
    """A person as other apps know them: by id, never by phone."""

    user_id: UUID
    full_name: str
    language: str


@dataclass(frozen=True)
class Challenge:
    """A one-time code that was sent. `resend_at` is when another may be asked for."""

    challenge_id: UUID
    expires_at: datetime
    resend_at: datetime


@dataclass(frozen=True)
class Me:
    """A person as they see themselves."""

    id: UUID
    full_name: str
    language: str
    phone: str | None
    is_staff: bool
    organisations: tuple["OrganisationOfMe", ...]


@dataclass(frozen=True)
class OrganisationOfMe:
    id: UUID
    name: str
    kind: str
    role: str


@dataclass(frozen=True)
class Tokens:
    """`access` is a JWT for ten minutes; `refresh` is opaque and works once."""

    access: str
    refresh: str
    expires_in: int
    user: Me
