"""What a migration may do to a market that is in use."""

import subprocess
import sys
from io import StringIO
from pathlib import Path

import psycopg
import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.migrations.loader import MigrationLoader

from tests.architecture.test_shape import STACK

pytestmark = pytest.mark.django_db(transaction=True)  # as `manage.py` has it
# Made before anybody ran a release: their tables were empty, so a key or a column could be added to them in one step.
BEFORE_ANY_RELEASE = {
    "core": 1,
    "accounts": 4,
    "msme": 10,
    "valuation": 3,
    "matching": 3,
    "whatsapp": 4,
    "adminpanel": 1,
}
# Rules of taste; time-outs are set by `manage.py migrate`, transactions by Django.
NOT_ASKED = (
    "prefer-text-field,prefer-bigint-over-int,prefer-bigint-over-smallint,prefer-robust-stmts,require-statement-timeout,"
    "require-lock-timeout,transaction-nesting,ban-concurrent-index-creation-in-transaction"
)


def squawk(*files: Path) -> str:
    program = Path(sys.executable).parent / "squawk"
    command = [str(program), "--reporter", "gcc", "--pg-version", "17", "--exclude", NOT_ASKED, *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True)
    return done.stdout if done.returncode else ""


def test_the_sql_of_new_migrations_locks_nothing_that_is_in_use(tmp_path: Path) -> None:
    for label, name in MigrationLoader(connection).disk_migrations:
        if label in STACK and int(name[:4]) > BEFORE_ANY_RELEASE[label]:
            sql = StringIO()
            call_command("sqlmigrate", label, name, stdout=sql, no_color=True)
            (tmp_path / f"{label}_{name}.sql").write_text(sql.getvalue())
    bad = tmp_path / "bad"
    bad.write_text("CREATE INDEX firm_name ON firm (name);")

    assert len(list(tmp_path.glob("*.sql"))) > 3
    assert squawk(*tmp_path.glob("*.sql")) == ""
    assert "require-concurrent-index-creation" in squawk(bad)


def test_a_migration_waits_two_seconds_for_a_table_and_leaves_no_half() -> None:
    login = connection.settings_dict
    with psycopg.connect(
        host=login["HOST"], port=login["PORT"], user=login["USER"], password=login["PASSWORD"], dbname=login["NAME"]
    ) as reader:
        reader.execute("SELECT FROM core_writemark")  # a transaction that has read it and goes on
        with pytest.raises(OperationalError, match="lock timeout"):
            call_command("migrate", "core", "0003", verbosity=0, stdout=StringIO())

    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('lock_timeout'), current_setting('statement_timeout')")
        assert cursor.fetchone() == ("0", "15s")
    assert ("core", "0004_writemark") in MigrationLoader(connection).applied_migrations
