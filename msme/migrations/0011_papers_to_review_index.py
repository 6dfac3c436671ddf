"""Concurrently: the table is being read while this runs."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False

    dependencies = [("msme", "0010_colleagues_history_review")]

    operations = [
        AddIndexConcurrently(
            model_name="document",
            index=models.Index(
                condition=models.Q(("review", "unseen"), ("state", "ready")),
                fields=["created_at"],
                name="msme_document_to_review",
            ),
        ),
    ]
