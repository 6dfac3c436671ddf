"""`manage.py matching_enable_vectors`: after pgvector was installed into a database that was migrated without it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from matching import services
from matching.ddl import make_vector_table


class Command(BaseCommand):
    help = "Makes the table of listing vectors where PostgreSQL has pgvector, and fills it from what is known."

    def handle(self, *args: Any, **options: Any) -> None:
        if not make_vector_table(connection):
            raise CommandError("PostgreSQL has no pgvector. Install it first (0.8 or later).")
        made = services.embed_everything()
        self.stdout.write(f"ready; {made} vectors made")
