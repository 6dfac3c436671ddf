"""The one table that needs an extension: made where PostgreSQL has pgvector, left out where it has not."""

from typing import Any

TABLE = """
CREATE TABLE IF NOT EXISTS matching_listingvector (
    listing_id uuid PRIMARY KEY,
    model varchar(60) NOT NULL,
    vector halfvec(384) NOT NULL
)
"""


def make_vector_table(connection: Any) -> bool:
    """True when the table is there afterwards."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'vector'")
        if cursor.fetchone() is None:
            return False
        cursor.execute("CREATE EXTENSION IF NOT EXISTS vector")
        cursor.execute(TABLE)
    return True
