"""`manage.py rotate_encryption_keys`: encrypt every personal column with the first of `FIELD_ENCRYPTION_KEYS`.

Put the new key in front, run this while the product works, then take the old key away. It goes on where it stopped, since
it looks for rows that are not under the new key yet; a row that changes meanwhile is left to its writer, who uses the new
key. Answers kept for idempotency keys live a day and are not touched: keep the old key for that long.
"""

from argparse import ArgumentParser
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.models import Model

from msmebazaar.core import crypto


class Command(BaseCommand):
    help = "Encrypt what is still under an older key with the newest one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--batch", type=int, default=500, help="Rows read at a time.")

    def handle(self, *args: Any, **options: Any) -> None:
        newest = next(iter(settings.FIELD_ENCRYPTION_KEYS))
        total = 0
        for model in apps.get_models():
            for field in model._meta.concrete_fields:
                if isinstance(field, crypto.EncryptedTextField):
                    count = self._rotate(model, field, options["batch"])
                    if count:
                        self.stdout.write(f"{model._meta.db_table}.{field.column}: {count}")
                    total += count
        for name, count in crypto.rotate_elsewhere().items():
            self.stdout.write(f"{name}: {count}")
            total += count
        self.stdout.write(f"{total} values are now under the key {newest}")

    def _rotate(self, model: type[Model], field: crypto.EncryptedTextField, batch: int) -> int:
        key = model._meta.pk
        assert field.column and key.column, "fields of tables have columns"
        quote = connection.ops.quote_name
        table, column, key_column = quote(model._meta.db_table), quote(field.column), quote(key.column)
        prefix = crypto.prefix_of_newest_key()
        select = (
            f"SELECT {key_column}, {column} FROM {table} WHERE {key_column} > %s "  # noqa: S608 - names of our own tables
            f"AND {column} IS NOT NULL AND substring({column} FROM 1 FOR %s) <> %s ORDER BY {key_column} LIMIT %s"
        )
        update = f"UPDATE {table} SET {column} = %s WHERE {key_column} = %s AND {column} = %s"  # noqa: S608
        count, last = 0, "00000000-0000-0000-0000-000000000000"
        with connection.cursor() as cursor:
            while True:
                cursor.execute(select, [last, len(prefix), prefix, batch])
                rows = cursor.fetchall()
                if not rows:
                    return count
                for pk, stored in rows:
                    place = f"{model._meta.db_table}.{field.column}.{pk}"
                    text = crypto.decrypt(bytes(stored), place)
                    cursor.execute(update, [crypto.encrypt(text, place), pk, bytes(stored)])
                    count += cursor.rowcount
                last = rows[-1][0]
