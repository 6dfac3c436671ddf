"""A backup restored to a moment, in small, on every run: equal then, other a moment later, and a changed byte is found."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from deploy import backup
from deploy.local.home import Home, LauncherError
from deploy.local.services import postgres
from deploy.local.supervisor import wait_until


@contextmanager
def database(home: Home) -> Iterator[str]:
    """A durable PostgreSQL with its archive, as `make run` has it."""
    service = postgres(home, home.secrets(), durable=True)
    service.child.start()
    try:
        wait_until(service.is_ready, [service.child], "PostgreSQL", 60)
        yield service.environment["DATABASE_URL"]
    finally:
        service.child.ask_to_stop()
        service.child.wait_stopped()


def changed_until_then(link: psycopg.Connection[tuple[object, ...]]) -> datetime:
    """A moment that lies between what was committed before and what will be after."""
    row = link.execute("SELECT clock_timestamp()").fetchone()
    assert row is not None
    assert isinstance(row[0], datetime)
    while (link.execute("SELECT clock_timestamp()").fetchone() or row)[0] == row[0]:
        pass
    return row[0]


def test_a_moment_before_a_disaster_is_restored_and_checked(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.prepare()
    store = settings.OBJECT_STORE
    assert store is not None
    assert store.endpoint_url is not None
    environment = {
        "S3_ENDPOINT_URL": store.endpoint_url,
        "S3_ACCESS_KEY_ID": store.access_key_id,
        "S3_SECRET_ACCESS_KEY": store.secret_access_key,
        "S3_BUCKET": store.bucket,
    }
    client = backup.store_of(environment)
    client.put_object(Bucket=store.bucket, Key="backup-test/paper.pdf", Body=b"a paper")
    with database(home) as url, psycopg.connect(url, autocommit=True) as link:
        link.execute("CREATE TABLE firm AS SELECT n AS id, md5(n::text) AS name FROM generate_series(1, 5000) n")
        link.execute("CREATE TABLE msme_document (object_key text, sha256 text, state text)")
        digest = "d0c7c2ed3ab6cd9c6b1ce8b21c4d0a40b2f3a5b5d5b8e2a0cf6a0c9f3a4d5e6f"
        made = backup.make(home, {**environment, "DATABASE_URL": url})
        link.execute("INSERT INTO firm SELECT n, md5(n::text) FROM generate_series(5001, 6000) n")
        link.execute("INSERT INTO msme_document VALUES ('backup-test/paper.pdf', %s, 'ready')", [digest])
        wanted = backup.checksums(url)
        before = changed_until_then(link)
        link.execute("DELETE FROM firm WHERE id % 2 = 0")
        after = changed_until_then(link)
        link.execute("DELETE FROM firm")
        backup.switch_wal(url)

    restored, found = backup.restore(home, before, tmp_path / "before")
    _, later = backup.restore(home, after, tmp_path / "after")

    assert found == wanted
    assert found["firm"][0] == 6000
    assert later["firm"] != found["firm"]
    assert later["firm"][0] == 3000
    assert (restored.path / "objects" / "backup-test" / "paper.pdf").read_bytes() == b"a paper"
    with backup.opened(restored, restored.secrets()) as url:
        assert backup.missing_objects(url, made) == ["backup-test/paper.pdf"]  # its row tells another SHA-256
    with pytest.raises(LauncherError, match="No backup is older"):
        backup.restore(home, datetime(2020, 1, 1, tzinfo=UTC), tmp_path / "never")

    table = max((made.base / "base").rglob("*"), key=lambda file: file.stat().st_size if file.is_file() else 0)
    content = bytearray(table.read_bytes())
    content[len(content) // 2] ^= 1
    table.write_bytes(content)
    with pytest.raises(backup.BackupDamaged, match="checksum mismatch"):
        backup.verify(home, made)


def test_an_object_that_changed_in_the_backup_is_named(tmp_path: Path) -> None:
    home = Home(tmp_path)
    (home.backups / "objects").mkdir(parents=True)
    (home.backups / "objects" / "abc").write_bytes(b"changed")
    made = backup.Backup(home.backups / "one")
    (made.path).mkdir()
    (made.path / "objects.json").write_text('{"papers/1.pdf": "abc"}')

    with pytest.raises(backup.BackupDamaged):
        backup.verify(home, made)
