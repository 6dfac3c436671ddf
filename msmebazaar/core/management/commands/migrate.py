"""`manage.py migrate`: Django's own, beside requests that go on.

A change of a table waits two seconds for its lock at most: behind one that waits, every request for the table would wait too.
It then fails as a whole and can be run again. A migration without a transaction (an index made concurrently) holds nobody up
and waits as long as it must. Neither has a limit on how long it works.
"""

from typing import Any

from django.core.management.commands import migrate
from django.db import connections
from django.db.migrations import Migration

LONGEST_WAIT_FOR_A_LOCK = "2s"


class Command(migrate.Command):
    def handle(self, *arguments: Any, **options: Any) -> None:
        self._database = options["database"]
        link = connections[self._database]
        try:
            with link.cursor() as cursor:
                cursor.execute("SET statement_timeout = 0")
            super().handle(*arguments, **options)
        finally:
            with link.cursor() as cursor:
                cursor.execute("SET statement_timeout TO DEFAULT; SET lock_timeout TO DEFAULT")

    def migration_progress_callback(self, action: str, migration: Migration | None = None, fake: bool = False) -> None:
        if migration is not None and action in ("apply_start", "unapply_start"):
            longest_wait = LONGEST_WAIT_FOR_A_LOCK if migration.atomic else "0"
            with connections[self._database].cursor() as cursor:
                cursor.execute("SELECT set_config('lock_timeout', %s, false)", [longest_wait])
        super().migration_progress_callback(action, migration, fake)
