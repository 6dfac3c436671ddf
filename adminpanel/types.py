"""What the staff's desk is made of."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _


class SheetFormat(models.TextChoices):
    CSV = "csv", "CSV"
    XLSX = "xlsx", "Excel"


class SheetState(models.TextChoices):
    PENDING = "pending", _("Being made")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Failed")
    EXPIRED = "expired", _("Expired")


class TaskState(models.TextChoices):
    OPEN = "open", _("Open")
    DONE = "done", _("Done")
    DROPPED = "dropped", _("Dropped")


class BreachState(models.TextChoices):
    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")


class BreachKind(models.TextChoices):
    """What happened to personal data (DPDP Act s.2(u): processing without authority, disclosure, loss of access …)."""

    DISCLOSURE = "disclosure", _("Shown or sent to somebody who must not see it")
    ACCESS = "access", _("Somebody got in")
    LOSS = "loss", _("Lost or destroyed")
    UNAVAILABLE = "unavailable", _("Not available")


@dataclass(frozen=True)
class ClaimShown:
    """Who has an item. `is_mine`: whoever asks."""

    item_id: UUID
    assigned_to: str
    claimed_by: str
    claimed_until: datetime | None
    is_mine: bool
    is_others: bool
