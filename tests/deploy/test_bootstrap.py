"""The first step's refusals, each one sentence."""

import contextlib
import shutil
import socket
import sys
from collections import namedtuple
from pathlib import Path

import pytest
import redis

from deploy.local import __main__ as launcher
from deploy.local import bootstrap, home, services
from deploy.local.home import Home, LauncherError, free_port
from deploy.local.supervisor import Child, Supervisor, wait_until

Usage = namedtuple("Usage", "total used free")


def test_an_old_python_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 1))

    with pytest.raises(SystemExit) as ended:
        bootstrap.check_machine()

    assert ended.value.code == 2
    assert "needs Python 3.11 or newer" in capsys.readouterr().err


def test_it_can_be_read_by_an_old_python() -> None:
    """No syntax newer than 3.6, or the sentence above is never said."""
    import ast

    ast.parse(Path(bootstrap.__file__).read_text(), feature_version=(3, 6))


def test_a_full_disk_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(0, 0, 10 * 1024 * 1024))

    with pytest.raises(SystemExit):
        bootstrap.check_disk()

    assert "disk is too full: 10 MiB free" in capsys.readouterr().err


def test_a_disk_that_filled_up_since_is_named_at_start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(0, 0, 10 * 1024 * 1024))

    with pytest.raises(LauncherError, match="nearly full: 10 MiB free"):
        launcher.check_disk(tmp_path)


def test_the_environment_is_installed_once_per_lock(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(bootstrap, "STAMP", str(tmp_path / "stamp"))
    assert not bootstrap.is_installed()

    (tmp_path / "stamp").write_text(bootstrap.lock_digest())

    assert bootstrap.is_installed()


def test_a_data_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(LauncherError, match="cannot be used"):
        Home(tmp_path / "file" / "home").prepare()


def test_a_child_that_dies_at_start_is_named_with_its_log(tmp_path: Path) -> None:
    child = Supervisor().start(Child("something", ["sh", "-c", "echo a reason; exit 3"], tmp_path / "log"))

    with pytest.raises(LauncherError, match=r"(?s)something ended at start \(exit status 3\).*a reason"):
        wait_until(lambda: False, [child], "something", 10)


def test_a_child_that_never_gets_ready_is_named(tmp_path: Path) -> None:
    supervisor = Supervisor()
    child = supervisor.start(Child("something", ["sleep", "60"], tmp_path / "log"))

    with pytest.raises(LauncherError, match="was not ready after"):
        wait_until(lambda: False, [child], "something", 0.3)
    supervisor.stop_all()
    assert child.exit_status() == -15


def test_a_child_that_keeps_dying_ends_the_run(tmp_path: Path) -> None:
    supervisor = Supervisor()
    child = supervisor.start(Child("something", ["true"], tmp_path / "log"))
    assert child.process is not None
    child.restarts = [__import__("time").monotonic()] * 5
    child.process.wait()

    with pytest.raises(LauncherError, match="something keeps dying"):
        supervisor.revive_dead()


def test_services_that_are_named_are_not_started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("DATABASE_URL", "REDIS_URL", "S3_ENDPOINT_URL"):
        monkeypatch.setenv(name, "named")
    supervisor = Supervisor()

    assert services.start_services(Home(tmp_path), {}, supervisor, durable=True) == {}
    assert supervisor.children == []


def test_a_port_that_was_given_is_given_to_nobody_else_and_can_be_listened_on() -> None:
    port = free_port()

    with contextlib.closing(socket.socket()) as another, pytest.raises(OSError, match="in use"):
        another.bind(("127.0.0.1", port))
    with socket.create_server(("127.0.0.1", port)):  # sets SO_REUSEADDR
        pass


@pytest.mark.parametrize(("first", "lowest"), [(32_768, 10_000), (16_000, 1024)])
def test_ports_are_below_those_of_outgoing_connections(
    first: int, lowest: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "range").write_text(f"{first}\t60999\n")
    monkeypatch.setattr(home, "EPHEMERAL_PORTS", tmp_path / "range")

    assert all(lowest <= free_port() < first for _ in range(50))


def test_a_service_whose_port_was_taken_meanwhile_starts_on_another(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        ports = iter([stranger.getsockname()[1], free_port()])
        monkeypatch.setattr(services, "free_port", lambda: next(ports))
        here, supervisor = Home(tmp_path / "home"), Supervisor()
        here.prepare()
        given = {"DATABASE_URL": "named", "S3_ENDPOINT_URL": "named"}
        try:
            started = services.start_services(here, here.secrets(), supervisor, durable=False, given=given)
            with contextlib.closing(redis.Redis.from_url(started["REDIS_URL"])) as client:
                assert client.ping()
        finally:
            supervisor.stop_all()
    assert "Once more, on other ports" in capsys.readouterr().out
    assert len(supervisor.children) == 1


@pytest.mark.django_db
def test_the_embedded_postgresql_carries_pgvector() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("CREATE EXTENSION IF NOT EXISTS vector")
        cursor.execute("SELECT '[1,2,3]'::vector <-> '[1,2,4]'::vector, current_setting('server_version_num')::int")
        distance, version = cursor.fetchone()

    assert distance == 1
    assert version >= 180000
