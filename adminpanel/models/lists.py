"""Lists as colleagues like them, and sheets made of them."""

from django.db import models

from adminpanel.types import SheetFormat, SheetState
from msmebazaar.core.models import TimeStamped


class SavedView(TimeStamped):
    """A list with its filters, search and order under a name; its owner's, or everybody's."""

    owner = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    model = models.CharField(max_length=80, help_text="app.model of the list.")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=1000, blank=True)
    is_shared = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "model", "name"], name="adminpanel_savedview_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Sheet(TimeStamped):
    """A list as a file, made by a worker: the rows and columns that its maker saw, with their filters."""

    made_by = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    model = models.CharField(max_length=80)
    query = models.CharField(max_length=1000, blank=True)
    format = models.CharField(max_length=4, choices=SheetFormat.choices)
    state = models.CharField(max_length=8, choices=SheetState.choices, default=SheetState.PENDING)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    object_key = models.CharField(max_length=120, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=80, blank=True)
    finished_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.model} {self.format} {self.state}"
