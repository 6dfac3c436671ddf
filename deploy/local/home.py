"""The data directory: where things lie, the secrets made on first use, and the environment of the processes."""

import base64
import contextlib
import fcntl
import json
import os
import secrets
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
LOWEST_PORT = 10_000
EPHEMERAL_PORTS = Path("/proc/sys/net/ipv4/ip_local_port_range")


class LauncherError(Exception):
    """Something a person can mend; the message is the whole sentence shown."""


def first_ephemeral_port() -> int:
    """Outgoing connections take theirs from here up (`ip(7)`); a server cannot start on one that such a connection has."""
    try:
        return int(EPHEMERAL_PORTS.read_text().split()[0])
    except OSError:  # not Linux
        return 32_768


def free_port() -> int:
    """A loopback port nobody listens on, kept from every other caller on this machine for a minute.

    One connection to it is closed by its server's side: the kernel keeps such a port (`TIME_WAIT`), gives it to nobody
    who asks as we do here, and lets a server that sets `SO_REUSEADDR`, as all of ours do, listen on it at once.
    """
    highest = first_ephemeral_port()
    lowest = LOWEST_PORT if highest > 2 * LOWEST_PORT else 1024
    for _ in range(200):
        port = lowest + secrets.randbelow(highest - lowest)
        with contextlib.closing(socket.socket()) as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # from now on: the kernel asks it of both
            probe.listen()
            with contextlib.closing(socket.create_connection(("127.0.0.1", port))) as caller:
                probe.accept()[0].close()
                caller.recv(1)  # the server's side has closed first
            return port
    raise LauncherError("No free network port was found on this machine.")


@dataclass(frozen=True)
class Home:
    """One data directory. `.bazaar/` by default; `BAZAAR_HOME` overrides."""

    path: Path

    @classmethod
    def from_environment(cls) -> "Home":
        return cls(Path(os.environ.get("BAZAAR_HOME") or ROOT / ".bazaar").expanduser().resolve())

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def state(self) -> Path:
        """Files of the launcher's own processes: beat's schedule, the simulated phones."""
        return self.path / "state"

    @property
    def archive(self) -> Path:
        """WAL files, from the oldest backup that is kept."""
        return self.path / "archive"

    @property
    def backups(self) -> Path:
        return self.path / "backups"

    @property
    def run_file(self) -> Path:
        """What is running now: base URL, environment, process ids. Readable by its owner only."""
        return self.path / "run.json"

    def prepare(self) -> None:
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            self.path.chmod(0o700)
            for folder in ("logs", "postgres", "valkey", "s3", "metrics", "state"):
                (self.path / folder).mkdir(exist_ok=True, mode=0o700)
        except OSError as error:
            raise LauncherError(f"The data directory {self.path} cannot be used: {error.strerror}.") from error

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """One launcher per data directory."""
        with (self.path / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise LauncherError(
                    f"MSMEBazaar already runs from {self.path}. Stop it with `make down` or Ctrl-C in its window."
                ) from error
            yield

    def is_locked(self) -> bool:
        try:
            with self.locked():
                return False
        except LauncherError:
            return True
        except FileNotFoundError:
            return False

    def secrets(self) -> dict[str, str]:
        """Made once per data directory, never in the repository. One that a newer release needs is added."""
        file = self.path / "secrets.json"
        known: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
        made = {
            "SECRET_KEY": secrets.token_urlsafe(48),
            "JWT_SIGNING_KEY": secrets.token_urlsafe(48),
            "BLIND_INDEX_KEY": secrets.token_urlsafe(32),
            "OTP_PEPPER": secrets.token_urlsafe(32),
            "FIELD_ENCRYPTION_KEYS": "k1:" + base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
            "POSTGRES_PASSWORD": secrets.token_urlsafe(18),
            "REDIS_PASSWORD": secrets.token_urlsafe(18),
            "S3_ACCESS_KEY_ID": secrets.token_hex(10),
            "S3_SECRET_ACCESS_KEY": secrets.token_urlsafe(24),
            "TWILIO_ACCOUNT_SID": "AC" + secrets.token_hex(16),
            "TWILIO_AUTH_TOKEN": secrets.token_hex(16),
            "OPENAI_API_KEY": "standin-" + secrets.token_hex(8),
            "DEMO_STAFF_PASSWORD": "-".join(secrets.token_hex(2) for _ in range(3)),
            "DEMO_STAFF_TOTP_SECRET": base64.b32encode(secrets.token_bytes(20)).decode(),
        }
        if set(made) - set(known):
            self.write_private(file, {**made, **known})
        return {**made, **known}

    def write_run_file(self, content: dict[str, Any]) -> None:
        self.write_private(self.run_file, content)

    def read_run_file(self) -> dict[str, Any] | None:
        try:
            return dict(json.loads(self.run_file.read_text()))
        except (FileNotFoundError, json.JSONDecodeError):
            return None

    @staticmethod
    def write_private(file: Path, content: dict[str, Any]) -> None:
        """Owner-only from the first byte, and whole or not at all."""
        partial = file.with_suffix(".partial")
        partial.unlink(missing_ok=True)
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as stream:
            json.dump(content, stream, indent=1)
        partial.replace(file)
