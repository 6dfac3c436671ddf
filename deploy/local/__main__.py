"""`python -m deploy.local run|up|down|restart|exec|manage|tour|staff-code`: what the make targets call."""

import argparse
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import environ
import pyotp

from deploy.local.home import ROOT, Home, LauncherError
from deploy.local.market import READY_TIMEOUT_S, Market, application_environment, start_standins
from deploy.local.services import start_services
from deploy.local.supervisor import Supervisor, end_leftovers, say

LEAST_FREE_MIB = 300
STAFF_LOGIN = "staff"
DETACHED = "BAZAAR_DETACHED"  # set for the launcher that `up` leaves running


class StopRequested(Exception):
    """SIGTERM from `make down`."""


def on_terminate(_signal: int, _frame: FrameType | None) -> None:
    raise StopRequested


def check_disk(folder: Path) -> None:
    free = shutil.disk_usage(folder).free // (1024 * 1024)
    if free < LEAST_FREE_MIB:
        raise LauncherError(f"The disk of {folder} is nearly full: {free} MiB free, {LEAST_FREE_MIB} MiB needed.")


def check_port(host: str, port: int) -> None:
    with contextlib.closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise LauncherError(
                f"Port {port} is in use by another program. Choose another: make run PORT={port + 1}"
            ) from error


def chosen_port() -> int:
    text = os.environ.get("PORT") or "8000"
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise LauncherError(f"PORT must be a number from 1 to 65535, not {text!r}.")
    return int(text)


def table(market: Market) -> str:
    base_url, environment, keys, home = market.base_url, market.environment, market.keys, market.home
    stood_in = environment.get("TWILIO_API_BASE_URL", "").startswith("http://127.0.0.1")
    rows = [
        ("API", f"{base_url}/api/v1/"),
        ("Swagger UI", f"{base_url}/api/docs/"),
        ("Admin", f"{base_url}/admin/"),
        ("  log in as", f"{STAFF_LOGIN}   password {keys['DEMO_STAFF_PASSWORD']}"),
        ("  second factor", "`make staff-code` prints it, or add this key to an authenticator app:"),
        ("", keys["DEMO_STAFF_TOTP_SECRET"]),
    ]
    if stood_in:
        rows.append(("Phone simulator", f"{base_url}/dev/messages/"))
        rows.append(("  demo owner", "+91 98000 00001   (the code arrives on the phone simulator)"))
        rows.append(("  demo buyer", "+91 98000 00002"))
    rows.append(("Logs and data", str(home.path)))
    width = max(len(name) for name, _ in rows)
    return "\n".join(f"  {name:<{width}}  {value}" for name, value in rows)


@contextlib.contextmanager
def running_market(home: Home) -> Iterator[Market]:
    """Everything started and ready; everything stopped at the end, whatever happened between."""
    host, port = os.environ.get("HOST") or "127.0.0.1", chosen_port()
    home.prepare()
    with home.locked():
        check_disk(home.path)
        end_leftovers((home.read_run_file() or {}).get("processes", {}))
        check_port(host, port)
        market = Market(home, host=host, port=port)
        try:
            say("Starting MSMEBazaar")
            try:
                market.start()
            finally:
                write_run_file(market)
            say(f"\nMSMEBazaar is ready.\n\n{table(market)}\n")
            yield market
        finally:
            for impatient in (signal.SIGINT, signal.SIGTERM):
                signal.signal(impatient, signal.SIG_IGN)  # a second Ctrl-C must not leave half of it running
            say("Stopping")
            market.stop()
            home.run_file.unlink(missing_ok=True)
            say("Stopped; the data is kept.")


def description(market: Market) -> dict[str, Any]:
    """What others need to use a market: where it is, its settings, how its demonstration colleague signs in."""
    keys = market.keys
    return {
        "base_url": market.base_url,
        "environment": market.environment,
        "staff_login": STAFF_LOGIN,
        "staff_password": keys["DEMO_STAFF_PASSWORD"],
        "staff_totp_secret": keys["DEMO_STAFF_TOTP_SECRET"],
    }


def write_run_file(market: Market, **more: Any) -> None:
    processes = {"launcher": os.getpid(), "processes": market.supervisor.pids()}
    market.home.write_run_file({**description(market), **processes, **more})


def command_run(home: Home) -> None:
    signal.signal(signal.SIGTERM, on_terminate)
    wants_restart = threading.Event()
    signal.signal(signal.SIGHUP, lambda *_: wants_restart.set())
    restarts = 0
    try:
        with running_market(home) as market:
            say("  `make down` stops it.\n" if os.environ.get(DETACHED) else "  Ctrl-C stops it.\n")
            while True:
                time.sleep(0.5)
                if wants_restart.is_set():
                    wants_restart.clear()
                    market.restart()
                    restarts += 1
                elif not market.revive():
                    continue
                write_run_file(market, restarts=restarts)
    except (KeyboardInterrupt, StopRequested):
        return


def command_restart(home: Home) -> None:
    """Has the launcher start everything of ours again, one web server after the other; returns when it is done."""
    record = running(home)
    os.kill(record["launcher"], signal.SIGHUP)
    deadline = time.monotonic() + 2 * READY_TIMEOUT_S
    while (running(home).get("restarts") or 0) <= (record.get("restarts") or 0):
        if time.monotonic() > deadline:
            raise LauncherError("It was not done in time; see launcher.log.")
        time.sleep(0.2)
    say("All processes were started again; no request failed for it.")


def command_up(home: Home) -> None:
    """Starts `run` in the background; returns when it is ready, with its words shown meanwhile."""
    home.prepare()
    if home.is_locked():
        record = home.read_run_file()
        raise LauncherError(
            f"MSMEBazaar already runs{' at ' + record['base_url'] if record else ''}; `make down` stops it."
        )
    log = home.logs / "launcher.log"
    with log.open("wb") as output:
        launcher = subprocess.Popen(
            [sys.executable, "-m", "deploy.local", "run"],
            cwd=ROOT,
            env={**os.environ, DETACHED: "true"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    shown = 0
    while True:
        has_ended = launcher.poll() is not None
        text = log.read_text(errors="replace")
        print(text[shown:], end="", flush=True)
        shown = len(text)
        if "MSMEBazaar is ready." in text and (record := home.read_run_file()):
            print(record["base_url"])
            return
        if has_ended:
            raise LauncherError(f"It did not start. The lines above say why; they are kept in {log}.")
        time.sleep(0.2)


def command_down(home: Home) -> None:
    record = home.read_run_file()
    if record is None or not home.is_locked():
        say("MSMEBazaar is not running.")
        return
    os.kill(record["launcher"], signal.SIGTERM)
    deadline = time.monotonic() + 60
    while home.is_locked():
        if time.monotonic() > deadline:
            raise LauncherError("It did not stop within 60 s; see the logs.")
        time.sleep(0.1)
    say("Stopped; the data is kept.")


def command_exec(arguments: list[str]) -> int:
    """Run a command beside throw-away services of its own: what the tests and `manage.py` calls use."""
    signal.signal(signal.SIGTERM, on_terminate)
    with tempfile.TemporaryDirectory(prefix="bazaar-") as folder:
        home = Home(Path(folder))
        home.prepare()
        keys = home.secrets()
        supervisor = Supervisor()
        try:
            environment = application_environment(keys, "http://testserver", "testserver")
            environment["DJANGO_SETTINGS_MODULE"] = os.environ.get("DJANGO_SETTINGS_MODULE", "msmebazaar.settings.test")
            environment |= start_services(home, keys, supervisor, durable=False)
            environment |= start_standins(home, keys, supervisor, "http://testserver")
            return subprocess.run(arguments, cwd=ROOT, env={**os.environ, **environment}).returncode
        except (KeyboardInterrupt, StopRequested):
            return 130
        finally:
            supervisor.stop_all()


def running(home: Home) -> dict[str, Any]:
    """What is known of the market that runs now."""
    record = home.read_run_file()
    if record is None or not home.is_locked():
        raise LauncherError("Nothing is running. Start the market first: make run (in another window) or make up.")
    return record


def command_tour(home: Home) -> int:
    from deploy.local.tour import walk

    return walk(running(home))


def command_manage(home: Home, arguments: list[str]) -> int:
    """A management command in the environment of the running market."""
    environment = {**os.environ, **running(home)["environment"], "LOG_LEVEL": "WARNING"}
    return subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, env=environment).returncode


def command_staff_code(home: Home) -> int:
    """The six digits that the demonstration colleague's authenticator app would show now."""
    print(pyotp.TOTP(home.secrets()["DEMO_STAFF_TOTP_SECRET"]).now())
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m deploy.local", description=__doc__)
    parser.add_argument("command", choices=["run", "up", "down", "restart", "exec", "manage", "tour", "staff-code"])
    parser.add_argument("arguments", nargs=argparse.REMAINDER)
    chosen = parser.parse_args()
    env_file = ROOT / ".env"
    if env_file.exists() and chosen.command != "exec":
        environ.Env.read_env(env_file)
    home = Home.from_environment()
    try:
        if chosen.command == "exec":
            return command_exec([argument for argument in chosen.arguments if argument != "--"])
        if chosen.command == "manage":
            return command_manage(home, chosen.arguments)
        if chosen.command == "tour":
            return command_tour(home)
        if chosen.command == "staff-code":
            return command_staff_code(home)
        commands = {"run": command_run, "up": command_up, "down": command_down, "restart": command_restart}
        commands[chosen.command](home)
    except LauncherError as error:
        print(f"\n  {error}\n", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
