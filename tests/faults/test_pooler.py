"""The whole market behind PgBouncer in transaction mode, with the file that `deploy/postgres` has for it.

Run by `make faults`. Six connections to PostgreSQL serve all processes; nothing may rest on a session.
"""

import contextlib
from collections.abc import Iterator
from urllib.parse import urlsplit

import psycopg
import pytest

from deploy.local.__main__ import description
from deploy.local.debian import libraries, program
from deploy.local.home import ROOT, LauncherError, free_port
from deploy.local.managing import told_by
from deploy.local.services import unprivileged
from deploy.local.supervisor import Child
from deploy.local.tour import walk
from tests.faults.rig import Rig, running, told
from tests.waiting import wait_for

pytestmark = pytest.mark.faults
CONNECTIONS = 6
POSTGRES = ROOT / "deploy" / "postgres"


class PooledMarket(Rig):
    """A market whose processes all reach PostgreSQL through PgBouncer."""

    def start(self) -> None:
        market = self.market
        market.start_services()
        market.prepare()  # migrations go past the pooler
        direct = self.direct["DATABASE_URL"]
        with psycopg.connect(direct, autocommit=True) as link:
            link.execute((POSTGRES / "role.sql").read_bytes())
        self.start_pooler(direct)
        market.environment |= {"DATABASE_URL": self.pooled, "DATABASE_BEHIND_POOLER": "true"}
        market.start_application()
        self._watcher.start()
        self.people = self.new_people()

    def start_pooler(self, direct: str) -> None:
        server = urlsplit(direct)
        folder = self.market.home.path / "pgbouncer"
        folder.mkdir()
        port = free_port()
        (folder / "users.txt").write_text(f'"{server.username}" "{server.password}"\n')
        text = (POSTGRES / "pgbouncer.ini").read_text()
        for there, here in {
            "host=database.example.in port=5432": f"host={server.hostname} port={server.port}",
            "listen_addr = 0.0.0.0": "listen_addr = 127.0.0.1\nunix_socket_dir =\nstats_users = bazaar",
            "listen_port = 6432": f"listen_port = {port}",
            "/etc/pgbouncer/users.txt": f"{folder}/users.txt",
            "default_pool_size = 20": f"default_pool_size = {CONNECTIONS}",
        }.items():
            assert there in text
            text = text.replace(there, here)
        (folder / "pgbouncer.ini").write_text(text)
        command = [*unprivileged(folder), str(program("pgbouncer", "usr/sbin/pgbouncer")), f"{folder}/pgbouncer.ini"]
        needed = libraries("libc-ares2", "libevent-2.1-7")
        pooler = Child("pgbouncer", command, self.market.home.logs / "pgbouncer.log", needed, is_service=True)
        self.pooled = direct.replace(f":{server.port}/", f":{port}/")
        self.market.supervisor.start(pooler)
        wait_for(lambda: bool(self.pools()), "PgBouncer to answer")

    def pools(self) -> list[dict[str, str]]:
        """PgBouncer's own table of pools; empty while it does not answer."""
        console = self.pooled.rsplit("/", 1)[0] + "/pgbouncer"
        with contextlib.suppress(psycopg.OperationalError):
            with psycopg.connect(console, autocommit=True, connect_timeout=2) as link:
                cursor = psycopg.ClientCursor(link)  # the console knows the simple protocol only
                cursor.execute("SHOW POOLS")
                names = [column.name for column in cursor.description or ()]
                return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        return []


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PooledMarket]:
    try:
        program("pgbouncer", "usr/sbin/pgbouncer")
    except LauncherError as missing:
        pytest.skip(str(missing))
    with running(PooledMarket(tmp_path_factory.mktemp("market"))) as made:
        yield made


def test_the_market_works_behind_a_pooler_in_transaction_mode(market: PooledMarket) -> None:
    assert "no issues" in told_by(market.market.environment, "check", "--database", "default")
    assert walk(description(market.market)) == 0
    traffic = market.traffic(20, writes=0.2)
    traffic.more(400)
    pool = next(pool for pool in market.pools() if pool["database"] == "bazaar")
    clients = int(pool["cl_active"]) + int(pool["cl_waiting"])
    servers = market.rows("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'")[0][0] - 1
    result = traffic.stop()
    failed = [answer for answer in result.answers if answer.status >= 500 or answer.status == 0]
    wait_for(
        lambda: market.rows("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'") == [(0,)],
        "every lock to be given back",
    )

    told(
        "PgBouncer",
        f"the tour and {len(result.answers)} requests ({len(failed)} failed): {clients} clients on {servers} connections",
    )
    assert failed == []
    assert servers <= CONNECTIONS < clients


def test_a_role_without_time_outs_is_refused(market: PooledMarket) -> None:
    with psycopg.connect(market.direct["DATABASE_URL"], autocommit=True) as link:
        link.execute("ALTER ROLE bazaar RESET statement_timeout")

    with pytest.raises(LauncherError, match=r"bazaar\.E008"):
        told_by({**market.market.environment, **market.direct, "DATABASE_BEHIND_POOLER": "true"}, "migrate", "--check")
