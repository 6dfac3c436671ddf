"""States of messages."""

from django.db import models


class OutboundStatus(models.TextChoices):
    """`PENDING` and `SENDING` are ours; the rest Twilio tells."""

    PENDING = "pending", "Waiting"
    SENDING = "sending", "Being handed over"
    QUEUED = "queued", "Accepted"
    SENT = "sent", "Sent"
    DELIVERED = "delivered", "Delivered"
    READ = "read", "Read"
    UNDELIVERED = "undelivered", "Not delivered"
    FAILED = "failed", "Failed"


# Callbacks arrive in any order: a status is taken only when its rank is higher. The failures are final.
RANK = {
    "pending": 0,
    "sending": 1,
    "accepted": 2,
    "queued": 2,
    "sent": 3,
    "delivered": 4,
    "read": 5,
    "undelivered": 9,
    "failed": 9,
}
