"""`manage.py capture_sql PATH … --access TOKEN`: the statements of a GET, with their values, as JSON; for baselines of load."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.test import Client
from psycopg import ClientCursor


class Command(BaseCommand):
    help = "Print the SQL of GET requests."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("paths", nargs="+")
        parser.add_argument("--access", required=True)

    def handle(self, *_: Any, paths: list[str], access: str, **__: Any) -> None:
        client = Client(headers={"authorization": f"Bearer {access}", "host": "127.0.0.1"})
        self.stdout.write(json.dumps({path: self.statements(client, path) for path in paths}))

    def statements(self, client: Client, path: str) -> list[str]:
        found: list[str] = []

        def keep(execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
            connection.ensure_connection()
            if sql.lstrip().upper().startswith(("SELECT", "WITH")):
                with ClientCursor(connection.connection) as cursor:
                    found.append(cursor.mogrify(sql, parameters))
            return execute(sql, parameters, many, context)

        client.get(path)  # caches are filled: what is measured is the usual request
        with connection.execute_wrapper(keep):
            answer = client.get(path)
        if answer.status_code != 200:
            raise CommandError(f"{path} answered {answer.status_code}")
        return found
