"""System checks of matching."""

from typing import Any

from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import connections


@register(Tags.database)
def check_pgvector(databases: Any = None, **_: Any) -> list[CheckMessage]:
    """Without pgvector, and without the table of vectors, search and candidates are by trade and words alone."""
    if "default" not in (databases or ()):
        return []
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT to_regclass('matching_listingvector')")
        [table] = cursor.fetchone()
    if table is not None:
        return []
    return [
        Warning(
            "PostgreSQL has no pgvector: matching and its search run on trades and words alone.",
            hint="Install pgvector 0.8 or later, then run `manage.py matching_enable_vectors`.",
            id="bazaar.W003",
        )
    ]
