"""`field__any_of=[…]`: one array parameter instead of one placeholder a value.

`IN` with thousands of values is taken apart and put together again value by value, by Django, by psycopg and by PostgreSQL.
"""

from typing import Any

from django.db.models import Field, ForeignKey, Lookup


class AnyOf(Lookup):
    lookup_name = "any_of"

    def get_prep_lookup(self) -> list[Any]:
        return list(self.rhs)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        lhs, params = self.process_lhs(compiler, connection)
        return f"{lhs} = ANY(%s)", (*params, self.rhs)


def register() -> None:
    """For columns and for foreign keys by their `_id`."""
    Field.register_lookup(AnyOf)
    ForeignKey.register_lookup(AnyOf)
