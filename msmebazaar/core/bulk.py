"""Many rows at once: COPY, with the values that the models' own fields would save."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models
from django.db.models.expressions import DatabaseDefault


def copy_rows(model: type[models.Model], rows: Iterable[models.Model]) -> int:
    """Write unsaved instances by COPY, in the caller's transaction. Returns how many.

    Defaults, encryption and `auto_now` apply as in `save()`; signals and validation do not, constraints and triggers do.
    """
    fields = [field for field in model._meta.concrete_fields if not field.generated]
    columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    table = connection.ops.quote_name(model._meta.db_table)
    count = 0
    statement = f"COPY {table} ({columns}) FROM STDIN"
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row([_value(field, row) for field in fields])
            count += 1
    return count


def copy_values(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Write rows of plain values by COPY: for millions of rows of simple columns. Returns how many.

    Args:
        names: attributes of the model (`mandate_id`, not `mandate`), in the order of the values. Every column without a
        default of
            the database must be among them.
    """
    by_name = {field.attname: field.column for field in model._meta.concrete_fields}
    columns = ", ".join(connection.ops.quote_name(str(by_name[name])) for name in names)
    table = connection.ops.quote_name(model._meta.db_table)
    count = 0
    with (
        connection.cursor() as cursor,
        connection.wrap_database_errors,
        cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(row)
            count += 1
    return count


def _value(field: "models.Field[Any, Any]", row: models.Model) -> Any:
    value = field.pre_save(row, add=True)
    if isinstance(value, DatabaseDefault):
        value = field.db_default
    return field.get_db_prep_save(value, connection)
