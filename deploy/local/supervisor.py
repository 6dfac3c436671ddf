"""Child processes: start, wait until they answer, notice when one dies, stop all in order."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from deploy.local.home import LauncherError

START_TIMEOUT_S = 90
STOP_TIMEOUT_S = 25
MOST_RESTARTS = 5
RESTART_WINDOW_S = 60


def say(text: str) -> None:
    """One line of progress for the person who watches."""
    print(text, flush=True)


@dataclass
class Child:
    """One process with its own log file. It gets a session of its own, so Ctrl-C reaches only the launcher."""

    name: str
    command: Sequence[str]
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    stop_signal: signal.Signals = signal.SIGTERM
    is_service: bool = False
    process: subprocess.Popen[bytes] | None = None
    restarts: list[float] = field(default_factory=list)
    started_at: float = 0.0

    def start(self) -> None:
        self.started_at = time.monotonic()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                list(self.command),
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                env={**os.environ, **self.environment},
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        assert self.process is not None, f"{self.name} was never started"
        return self.process.pid

    def exit_status(self) -> int | None:
        """None while it runs; negative is the signal that ended it."""
        return None if self.process is None else self.process.poll()

    def log_tail(self, lines: int = 12) -> str:
        with contextlib.suppress(OSError):
            return "\n".join("    " + line for line in self.log.read_text(errors="replace").splitlines()[-lines:])
        return ""

    def ask_to_stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(self.stop_signal)

    def wait_stopped(self) -> None:
        if self.process is None:
            return
        try:
            self.process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            say(f"  {self.name} did not stop within {STOP_TIMEOUT_S} s; killing it")
            self.kill_family()
            self.process.wait()

    def restart(self) -> None:
        """Stopped in order, then started anew."""
        self.ask_to_stop()
        self.wait_stopped()
        self.start()

    def kill_family(self) -> None:
        """Everything in its session. A server whose parent was killed would go on listening without it."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)


def wait_until(ready: Callable[[], bool], children: Sequence[Child], what: str, timeout_s: float) -> None:
    """Poll `ready` until it is true. A child that dies meanwhile, or the time running out, is an error with its log."""
    deadline = time.monotonic() + timeout_s
    while not ready():
        for child in children:
            status = child.exit_status()
            if status is not None:
                raise LauncherError(f"{child.name} ended at start ({describe(status)}). Its log:\n{child.log_tail()}")
        if time.monotonic() > deadline:
            tails = "\n".join(f"  {child.name}:\n{child.log_tail()}" for child in children)
            raise LauncherError(f"{what} was not ready after {timeout_s:.0f} s. Last log lines:\n{tails}")
        time.sleep(0.05)


def describe(status: int) -> str:
    """An exit status in words."""
    if status < 0:
        return f"killed by {signal.Signals(-status).name}"
    return f"exit status {status}"


class Supervisor:
    """Starts, watches and stops the children."""

    def __init__(self) -> None:
        self.children: list[Child] = []

    def start(self, child: Child) -> Child:
        child.start()
        self.children.append(child)
        return child

    def pids(self) -> dict[str, dict[str, float]]:
        """Process ids with start times, so that a later launcher can tell a left-over from a stranger."""
        found = {}
        for child in self.children:
            with contextlib.suppress(psutil.NoSuchProcess):
                found[child.name] = {"pid": child.pid, "started": psutil.Process(child.pid).create_time()}
        return found

    def revive_dead(self) -> list[str]:
        """Say which child died and start it again. Too many deaths in a minute end the run.

        Returns:
            names of the children that were started again.
        """
        revived = []
        for child in self.children:
            status = child.exit_status()
            if status is None:
                continue
            now = time.monotonic()
            child.restarts = [at for at in child.restarts if now - at < RESTART_WINDOW_S] + [now]
            if len(child.restarts) > MOST_RESTARTS:
                raise LauncherError(f"{child.name} keeps dying ({describe(status)}). Its log:\n{child.log_tail()}")
            say(f"  ! {child.name} died ({describe(status)}); starting it again. Log: {child.log}")
            if len(child.restarts) > 1:
                time.sleep(min(2 ** len(child.restarts) / 4, 4))
            child.kill_family()
            child.start()
            revived.append(child.name)
        return revived

    def stop_all(self) -> None:
        """First everything that uses the services, together; then the services, together."""
        for is_service in (False, True):
            stopping = [child for child in self.children if child.is_service is is_service]
            for child in stopping:
                child.ask_to_stop()
            for child in stopping:
                child.wait_stopped()


def end_leftovers(recorded: Mapping[str, Mapping[str, float]]) -> None:
    """Stop what a launcher that was killed left behind: same pid and same start time as recorded."""
    left = []
    for name, entry in recorded.items():
        with contextlib.suppress(psutil.NoSuchProcess):
            process = psutil.Process(int(entry["pid"]))
            if abs(process.create_time() - entry["started"]) < 1:
                say(f"  stopping {name}, left over from a launcher that was killed")
                left += [process, *process.children(recursive=True)]
                process.send_signal(signal.SIGINT if name == "postgres" else signal.SIGTERM)
    _, alive = psutil.wait_procs(left, timeout=15)
    for process in alive:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
