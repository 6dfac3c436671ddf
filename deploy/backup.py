"""Backups of a market on one machine and their restoring: `make backup`, `make restore TO=2026-11-26T10:00:00+05:30`.

A backup is a base backup of PostgreSQL with checksums (pg_basebackup) and a copy of every object; with the archived WAL since
it, any moment after it can be restored. A restore never touches what runs: it makes a data directory beside it, which
`BAZAAR_HOME=… make run` then starts.
"""

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import psycopg
from botocore.config import Config
from psycopg import sql

from deploy.local.home import Home, LauncherError
from deploy.local.managing import told_by
from deploy.local.services import postgres, postgres_binaries
from deploy.local.supervisor import say, wait_until

KEPT = 3
STAMP = "%Y%m%dT%H%M%SZ"
RESTORE_TIMEOUT_S = 300
Checksums = dict[str, tuple[int, str]]


class BackupDamaged(LauncherError):
    """A backup that does not hold what it was made of."""


@dataclass(frozen=True)
class Backup:
    """One folder: `base` is a data directory of PostgreSQL, `objects.json` lists what lay in the store (key → SHA-256)."""

    path: Path

    @property
    def base(self) -> Path:
        return self.path / "base"

    @property
    def ended_at(self) -> datetime:
        return datetime.fromisoformat(json.loads((self.path / "backup.json").read_text())["ended_at"])

    @property
    def bytes(self) -> int:
        """Of the base."""
        return int(json.loads((self.path / "backup.json").read_text())["bytes"])

    @property
    def objects(self) -> dict[str, str]:
        found: dict[str, str] = json.loads((self.path / "objects.json").read_text())
        return found


def backups_of(home: Home) -> list[Backup]:
    """Whole ones, oldest first."""
    return [Backup(folder.parent) for folder in sorted(home.backups.glob("*/backup.json"))]


# --- making one -------------------------------------------------------------------------------------------------------


def make(home: Home, environment: dict[str, str]) -> Backup:
    """A backup of the running market with those settings; the oldest beyond three goes, with the WAL only it needed."""
    now = datetime.now(UTC)
    made = Backup(home.backups / now.strftime(STAMP))
    made.path.mkdir(parents=True, mode=0o700)
    copy_database(environment["DATABASE_URL"], made.base, "--wal-method=stream", "--manifest-checksums=SHA256")
    objects = copy_objects(home, environment) if environment.get("S3_BUCKET") else {}
    (made.path / "objects.json").write_text(json.dumps(objects))
    facts = {"ended_at": datetime.now(UTC).isoformat(), "bytes": size_of(made.base), "objects": len(objects)}
    (made.path / "backup.json").write_text(json.dumps(facts))  # last: a folder without it is not a backup
    verify(home, made)
    for old in backups_of(home)[:-KEPT]:
        shutil.rmtree(old.path)
    first_wal = json.loads((backups_of(home)[0].base / "backup_manifest").read_text())["WAL-Ranges"][0]
    forget_wal_before(home, first_wal)
    return made


def copy_database(database_url: str, into: Path, *options: str) -> None:
    """A base backup of the running server, taken at once instead of at its next checkpoint."""
    url = urllib.parse.urlsplit(database_url)
    command = [str(postgres_binaries() / "pg_basebackup"), "-D", str(into), "--checkpoint=fast", *options]
    command += ["-h", str(url.hostname), "-p", str(url.port), "-U", str(url.username)]
    run(command, {"PGPASSWORD": url.password or ""})


def copy_objects(home: Home, environment: dict[str, str]) -> dict[str, str]:
    """Every object of the bucket, kept once under its SHA-256 whatever backups it is in. Returns key → SHA-256."""
    store = store_of(environment)
    folder = home.backups / "objects"
    folder.mkdir(exist_ok=True, mode=0o700)
    found = {}
    for page in store.get_paginator("list_objects_v2").paginate(Bucket=environment["S3_BUCKET"]):
        for entry in page.get("Contents", []):
            content = store.get_object(Bucket=environment["S3_BUCKET"], Key=entry["Key"])["Body"].read()
            digest = hashlib.sha256(content).hexdigest()
            if not (folder / digest).exists():
                partial = folder / f"{digest}.partial"
                partial.write_bytes(content)
                partial.replace(folder / digest)
            found[entry["Key"]] = digest
    return found


def forget_wal_before(home: Home, first: dict[str, Any]) -> None:
    """WAL files that no kept backup needs."""
    segment = int(first["Start-LSN"].split("/")[0], 16), int(first["Start-LSN"].split("/")[1], 16) >> 24
    name = f"{first['Timeline']:08X}{segment[0]:08X}{segment[1]:08X}"
    run([str(postgres_binaries() / "pg_archivecleanup"), str(home.archive), name])


def verify(home: Home, backup: Backup) -> None:
    """Every file of the base against the manifest's SHA-256, every object against its own.

    Raises:
        BackupDamaged: says which.
    """
    checked = subprocess.run(
        [str(postgres_binaries() / "pg_verifybackup"), "--no-parse-wal", str(backup.base)],
        capture_output=True,
        text=True,
    )
    if checked.returncode != 0:
        raise BackupDamaged(f"The base backup {backup.path.name} is damaged:\n{checked.stderr.strip()[-500:]}")
    for key, digest in backup.objects.items():
        kept = home.backups / "objects" / digest
        if not kept.exists() or hashlib.sha256(kept.read_bytes()).hexdigest() != digest:
            raise BackupDamaged(f"The copy of the object {key} in {backup.path.name} is damaged or gone.")


# --- restoring --------------------------------------------------------------------------------------------------------


def restore(home: Home, to: datetime, target: Path) -> tuple[Home, Checksums]:
    """A data directory in `target` as the database was at `to`, and a checksum of each of its tables.

    Raises:
        LauncherError: no backup is that old, or the WAL since it does not reach that far.
        BackupDamaged.
    """
    fitting = [backup for backup in backups_of(home) if backup.ended_at <= to]
    if not fitting:
        raise LauncherError(f"No backup is older than {to.isoformat()}.")
    if target.exists() and any(target.iterdir()):
        raise LauncherError(f"{target} is not empty; a restore makes a folder of its own.")
    chosen = fitting[-1]
    verify(home, chosen)
    restored = Home(target)
    restored.prepare()
    shutil.copy2(home.path / "secrets.json", target / "secrets.json")
    folder = target / "postgres"
    shutil.rmtree(folder)
    shutil.copytree(chosen.base, folder, copy_function=shutil.copy2)
    folder.chmod(0o700)
    with (folder / "postgresql.auto.conf").open("a") as settings:
        settings.write(
            f'restore_command = \'cp "{home.archive}/%f" "%p"\'\n'
            f"recovery_target_time = '{to.isoformat()}'\nrecovery_target_action = 'promote'\n"
        )
    (folder / "recovery.signal").touch()
    with opened(restored, restored.secrets()) as url:
        sums = checksums(url)
        lost = missing_objects(url, chosen) if "msme_document" in sums else []
    if lost:
        say(f"  ! {len(lost)} papers are newer than the backup's objects, or others: {', '.join(lost[:5])}")
    drop_settings(folder / "postgresql.auto.conf", "restore_command", "recovery_target_time", "recovery_target_action")
    put_objects_back(home, chosen, restored)
    return restored, sums


@contextmanager
def opened(home: Home, keys: dict[str, str]) -> Iterator[str]:
    """PostgreSQL alone, of a data directory; gives its URL. Ready when it takes writes, so after any recovery."""
    service = postgres(home, keys, durable=False)
    url = service.environment["DATABASE_URL"]
    service.child.start()
    try:
        wait_until(lambda: takes_writes(url), [service.child], "The restored database", RESTORE_TIMEOUT_S)
        yield url
    finally:
        service.child.ask_to_stop()
        service.child.wait_stopped()


def takes_writes(url: str) -> bool:
    try:
        with psycopg.connect(url, connect_timeout=2, autocommit=True) as link:
            row = link.execute("SELECT pg_is_in_recovery()").fetchone()
            return row is not None and not row[0]
    except psycopg.OperationalError:
        return False


def drop_settings(file: Path, *names: str) -> None:
    file.write_text("".join(line for line in file.read_text().splitlines(True) if not line.startswith(names)))


def checksums(url: str) -> Checksums:
    """Table → (rows, MD5 over all of them in the order of their text)."""
    found: Checksums = {}
    with psycopg.connect(url, autocommit=True) as link:
        link.execute("SET TimeZone = 'UTC'")
        names = link.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").fetchall()
        for (name,) in names:
            statement = sql.SQL(
                "SELECT count(*), coalesce(md5(string_agg(t::text, E'\\n' ORDER BY t::text)), '') FROM {} t"
            ).format(sql.Identifier(name))
            row = link.execute(statement).fetchone()
            assert row is not None
            found[name] = (row[0], row[1])
    return found


def put_objects_back(home: Home, backup: Backup, restored: Home) -> None:
    """Beside the database, for the object store of the restored market; `make run` there takes them in."""
    folder = restored.path / "objects"
    folder.mkdir(mode=0o700)
    for key, digest in backup.objects.items():
        file = folder / key
        file.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(home.backups / "objects" / digest, file)


def take_objects_in(home: Home, environment: dict[str, str]) -> None:
    """What a restore put beside the database goes into the store of the restored market."""
    folder = home.path / "objects"
    if not folder.exists():
        return
    store = store_of(environment)
    for file in folder.rglob("*"):
        if file.is_file():
            key = str(file.relative_to(folder))
            store.put_object(Bucket=environment["S3_BUCKET"], Key=key, Body=file.read_bytes())
    shutil.rmtree(folder)


def missing_objects(url: str, backup: Backup) -> list[str]:
    """Papers of the restored database whose object is not in the backup with the same SHA-256."""
    with psycopg.connect(url, autocommit=True) as link:
        rows = link.execute("SELECT object_key, sha256 FROM msme_document WHERE state = 'ready'").fetchall()
    return [key for key, digest in rows if backup.objects.get(key) != digest]


# --- what both need ---------------------------------------------------------------------------------------------------


def store_of(environment: dict[str, str]) -> Any:
    return boto3.client(
        "s3",
        endpoint_url=environment.get("S3_ENDPOINT_URL") or None,
        aws_access_key_id=environment["S3_ACCESS_KEY_ID"],
        aws_secret_access_key=environment["S3_SECRET_ACCESS_KEY"],
        region_name=environment.get("S3_REGION", "ap-south-1"),
        config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 2}),
    )


def run(command: list[str], more: dict[str, str] | None = None) -> None:
    done = subprocess.run(command, env={**os.environ, **(more or {})}, capture_output=True, text=True)
    if done.returncode != 0:
        raise LauncherError(f"{Path(command[0]).name} failed:\n{done.stderr.strip()[-800:]}")


def size_of(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def record(environment: dict[str, str], kind: str, facts: dict[str, Any]) -> None:
    """So that the alerts know its age."""
    told_by(environment, "record_operation", kind, "--facts", json.dumps(facts))


def command_backup(home: Home, environment: dict[str, str]) -> None:
    started = time.monotonic()
    made = make(home, environment)
    facts = {"bytes": made.bytes, "objects": len(made.objects), "seconds": round(time.monotonic() - started, 1)}
    record(environment, "backup", facts)
    say(f"{made.path}: {facts['bytes'] / 2**20:.0f} MiB, {facts['objects']} objects, verified, {facts['seconds']} s")


def command_restore(home: Home, environment: dict[str, str] | None, to: datetime, target: Path) -> None:
    started = time.monotonic()
    if environment:
        switch_wal(environment["DATABASE_URL"])
    restored, sums = restore(home, to, target)
    rows = sum(count for count, _ in sums.values())
    seconds = round(time.monotonic() - started, 1)
    if environment:
        record(environment, "restore_test", {"tables": len(sums), "rows": rows, "seconds": seconds})
    say(
        f"{len(sums)} tables with {rows} rows as of {to.isoformat()}, {seconds} s. Start it: BAZAAR_HOME={restored.path} make run"
    )


def switch_wal(url: str) -> None:
    """Have the WAL up to now archived; the last file otherwise waits for its minute."""
    with psycopg.connect(url, autocommit=True) as link:
        # A commit after any moment that was asked for, or recovery finds no end.
        link.execute("SELECT pg_current_xact_id()")
        row = link.execute("SELECT pg_walfile_name(pg_current_wal_lsn())").fetchone()
        link.execute("SELECT pg_switch_wal()")
        assert row is not None

        def archived() -> bool:
            found = link.execute("SELECT last_archived_wal FROM pg_stat_archiver").fetchone()
            return found is not None and (found[0] or "") >= row[0]

        wait_until(archived, [], "The archive", 60)


def moment(text: str) -> datetime:
    """`now`, or a time of ISO 8601 with its offset."""
    found = datetime.now(UTC) if text == "now" else datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise argparse.ArgumentTypeError("say which zone: 2026-11-26T10:00:00+05:30")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m deploy.backup", description=__doc__)
    parser.add_argument("command", choices=["backup", "restore", "verify"])
    parser.add_argument("--to", type=moment, default="now")
    parser.add_argument("--into", type=Path)
    chosen = parser.parse_args()
    home = Home.from_environment()
    environment = (home.read_run_file() or {}).get("environment") if home.is_locked() else None
    try:
        if chosen.command == "backup":
            if not environment:
                raise LauncherError(
                    "Nothing is running. Start the market first: make run (in another window) or make up."
                )
            command_backup(home, environment)
        elif chosen.command == "verify":
            for backup in backups_of(home):
                verify(home, backup)
                say(f"{backup.path.name}: whole")
        else:
            default = home.path.with_name(f"{home.path.name}-restored-{datetime.now(UTC).strftime(STAMP)}")
            command_restore(home, environment, chosen.to, chosen.into or default)
    except LauncherError as error:
        print(f"\n  {error}\n", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
