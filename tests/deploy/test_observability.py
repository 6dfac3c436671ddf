"""Rules, dashboards and Prometheus itself: every alert fires and is silent when it should, every expression names what we export.

promtool and Prometheus come from Debian's package (`deploy/local/debian.py`).
"""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import requests
import yaml
from django.conf import settings
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from deploy.local.debian import program
from deploy.local.home import ROOT, LauncherError, free_port
from deploy.local.supervisor import Child, wait_until
from deploy.observability import dashboards
from tests.waiting import serving

FOLDER = ROOT / "deploy" / "observability"
RULES = {
    file.name: [rule for group in yaml.safe_load(file.read_text())["groups"] for rule in group["rules"]]
    for file in (FOLDER / "rules").glob("*.yml")
}
ALERTS = {rule["alert"]: rule for rules in RULES.values() for rule in rules if "alert" in rule}
RECORDED = {rule["record"] for rules in RULES.values() for rule in rules if "record" in rule}
OTHERS_METRICS = {
    "ALERTS",
    "up",
    "node_filesystem_avail_bytes",
    "node_filesystem_size_bytes",
    "probe_ssl_earliest_cert_expiry",
}


def debian_program(name: str) -> Path:
    try:
        return program("prometheus", f"usr/bin/{name}")
    except LauncherError as missing:
        pytest.skip(str(missing))


# --- the rules: what makes each alert fire, and what does not ---------------------------------------------------------

Series = dict[str, str]
HOUR = 60  # minutes
LENGTH = 8 * HOUR  # values of a series, minutes or tens of them


def requests_per_minute(good: int, bad: int) -> Series:
    labels = 'route="me", method="GET"'
    return {
        f'http_requests_total{{{labels}, code="200"}}': f"0+{good}x{LENGTH}",
        f'http_requests_total{{{labels}, code="503"}}': f"0+{bad}x{LENGTH}",
    }


def logins_per_minute(in_time: int, late: int) -> Series:
    values = {"0.2": in_time, "+Inf": in_time + late}
    name = "http_request_duration_seconds"
    return {
        **{f'{name}_bucket{{group="auth", le="{le}"}}': f"0+{count}x{LENGTH}" for le, count in values.items()},
        f'{name}_count{{group="auth"}}': f"0+{in_time + late}x{LENGTH}",
    }


def jobs_per_minute(in_time: int, late: int) -> Series:
    return {
        'job_lag_seconds_bucket{queue="default", le="60.0"}': f"0+{in_time}x{LENGTH}",
        'job_lag_seconds_bucket{queue="default", le="+Inf"}': f"0+{in_time + late}x{LENGTH}",
        'job_lag_seconds_count{queue="default"}': f"0+{in_time + late}x{LENGTH}",
    }


def steady(name: str, value: float) -> Series:
    return {name: f"{value}+0x{LENGTH}"}


def rising(name: str, per_minute: float) -> Series:
    return {name: f"0+{per_minute}x{LENGTH}"}


def beats(*queues: str) -> Series:
    return {f'worker_heartbeat_age_seconds{{queue="{queue}"}}': f"5+0x{LENGTH}" for queue in queues}


DAY_S = 24 * 3600
LAST = 'operation_last_success_timestamp_seconds{operation="%s"}'
# alert → (series that make it fire, series that do not, minute at which to look)
CASES: dict[str, tuple[Series, Series, int]] = {
    "RequestErrorsFast": (requests_per_minute(97, 3), requests_per_minute(99, 1), 2 * HOUR),
    "RequestErrorsSlow": (requests_per_minute(990, 8), requests_per_minute(995, 5), 7 * HOUR),
    "RequestErrorsCreeping": (requests_per_minute(998, 2), requests_per_minute(9995, 5), 74 * HOUR),
    "RequestsLateFast": (logins_per_minute(20, 80), logins_per_minute(40, 60), 2 * HOUR),
    "RequestsLateSlow": (logins_per_minute(60, 40), logins_per_minute(80, 20), 7 * HOUR),
    "RequestsLateCreeping": (logins_per_minute(93, 7), logins_per_minute(96, 4), 74 * HOUR),
    "JobsLateFast": (jobs_per_minute(80, 20), jobs_per_minute(90, 10), 2 * HOUR),
    "JobsLateSlow": (jobs_per_minute(92, 8), jobs_per_minute(96, 4), 7 * HOUR),
    "JobsLateCreeping": (jobs_per_minute(98, 2), jobs_per_minute(999, 1), 74 * HOUR),
    "OutboxWaits": (steady("outbox_oldest_age_seconds", 121), steady("outbox_oldest_age_seconds", 119), 10),
    "DeliveriesDead": (steady("outbox_dead", 1), steady("outbox_dead", 0), 10),
    "WorkerSilent": (
        steady('worker_heartbeat_age_seconds{queue="valuation"}', 61),
        beats(*settings.QUEUES),
        10,
    ),
    "WorkerMissing": (
        beats(*settings.QUEUES[1:]),
        beats(*settings.QUEUES),
        10,
    ),
    "WorkerDeaf": (
        {**steady("celery_unacked", 3), **rising('job_total{handler="h", outcome="done"}', 0)},
        {**steady("celery_unacked", 3), **rising('job_total{handler="h", outcome="done"}', 5)},
        20,
    ),
    "Unreachable": (steady('up{job="bazaar"}', 0), steady('up{job="bazaar"}', 1), 10),
    "SourceAway": (steady('scrape_source_up{source="broker"}', 0), steady('scrape_source_up{source="broker"}', 1), 10),
    "RateLimitsFellBack": (rising("ratelimit_fallback_total", 1), steady("ratelimit_fallback_total", 7), 20),
    "ConnectionsNearlyAll": (
        {**steady('database_connections{state="idle"}', 130), **steady("database_connections_allowed", 150)},
        {**steady('database_connections{state="idle"}', 100), **steady("database_connections_allowed", 150)},
        10,
    ),
    "PoolExhausted": (steady("db_pool_waiting", 1), steady("db_pool_waiting", 0), 10),
    "TransactionOld": (
        steady("database_oldest_transaction_seconds", 301),
        steady("database_oldest_transaction_seconds", 299),
        10,
    ),
    "ReplicaBehind": (
        steady('database_replication_lag_seconds{replica="b"}', 31),
        steady('database_replication_lag_seconds{replica="b"}', 29),
        10,
    ),
    "ArchiveOld": (steady("database_archive_age_seconds", 301), steady("database_archive_age_seconds", 299), 10),
    "BackupOld": (steady(LAST % "backup", 0), steady(LAST % "backup", 2 * HOUR * 60), 27 * HOUR),
    "BackupMissing": (steady(LAST % "restore_test", 0), steady(LAST % "backup", 0), 25 * HOUR),
    "RestoreUntested": (steady(LAST % "restore_test", 0), steady(LAST % "restore_test", 2 * HOUR * 60), 27 * HOUR),
    "TemporaryDiskFull": (steady("temporary_disk_free_ratio", 0.19), steady("temporary_disk_free_ratio", 0.21), 20),
    "VendorResting": (
        steady('upstream_breaker_open{vendor="openai"}', 1),
        steady('upstream_breaker_open{vendor="openai"}', 0),
        10,
    ),
    "VendorFails": (
        {
            **rising('upstream_requests_total{vendor="openai", outcome="ok"}', 7),
            **rising('upstream_requests_total{vendor="openai", outcome="failed"}', 3),
        },
        {
            **rising('upstream_requests_total{vendor="openai", outcome="ok"}', 9),
            **rising('upstream_requests_total{vendor="openai", outcome="refused"}', 3),
        },
        30,
    ),
    "MessageAccountWrong": (
        rising('whatsapp_alert_total{code="63003"}', 1),
        steady('whatsapp_alert_total{code="63003"}', 4),
        20,
    ),
    "WebhooksLost": (rising("whatsapp_back_filled_total", 1), steady("whatsapp_back_filled_total", 4), 20),
    "RefreshTokenReused": (rising("auth_refresh_reuse_total", 1), steady("auth_refresh_reuse_total", 4), 20),
    "CodesGuessed": (
        {**rising('otp_total{outcome="refused"}', 90), **rising('otp_total{outcome="verified"}', 10)},
        {**rising('otp_total{outcome="refused"}', 90), **rising('otp_total{outcome="verified"}', 80)},
        30,
    ),
    "CodesCost": (rising('otp_total{outcome="sent"}', 40), rising('otp_total{outcome="sent"}', 30), 2 * HOUR),
    "WebhooksForged": (
        rising('webhook_total{kind="message", outcome="refused"}', 2),
        rising('webhook_total{kind="message", outcome="new"}', 20),
        20,
    ),
    "DiskFillsUp": (
        {
            **steady('node_filesystem_avail_bytes{mountpoint="/"}', 10),
            **steady('node_filesystem_size_bytes{mountpoint="/"}', 100),
        },
        {
            **steady('node_filesystem_avail_bytes{mountpoint="/"}', 30),
            **steady('node_filesystem_size_bytes{mountpoint="/"}', 100),
        },
        30,
    ),
    "CertificateEnds": (
        steady("probe_ssl_earliest_cert_expiry", 13 * DAY_S),
        steady("probe_ssl_earliest_cert_expiry", 15 * DAY_S),
        2 * HOUR,
    ),
}


LONG = 3 * HOUR  # beyond it a value is ten minutes, or promtool would take minutes
COARSE, FINE = 10, 1


def firing(alert: str, series: Series, minute: int, *, fires: bool) -> dict[str, Any]:
    return {
        "interval": f"{COARSE if minute > LONG else FINE}m",
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "promql_expr_test": [
            {
                "expr": f'count(ALERTS{{alertname="{alert}", alertstate="firing"}})',
                "eval_time": f"{minute}m",
                "exp_samples": [{"labels": "{}", "value": 1}] if fires else [],
            }
        ],
    }


def promtool_agrees(tmp_path: Path, cases: list[dict[str, Any]]) -> None:
    rules = [str(FOLDER / "rules" / name) for name in RULES]
    for step, every in ((FINE, "1m"), (COARSE, "30m")):
        chosen = [case for case in cases if case["interval"] == f"{step}m"]
        file = tmp_path / f"tests-{step}.yml"
        order = ["slo_requests", "slo_latency", "slo_jobs", "slo_burn"]  # else it is another one each time
        tests = {"rule_files": rules, "evaluation_interval": every, "group_eval_order": order, "tests": chosen}
        file.write_text(yaml.safe_dump(tests))
        done = subprocess.run([debian_program("promtool"), "test", "rules", str(file)], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.long
def test_every_alert_fires_when_it_should_and_not_otherwise(tmp_path: Path) -> None:
    assert set(CASES) == set(ALERTS)
    promtool_agrees(
        tmp_path,
        [
            firing(alert, series, minute, fires=fires)
            for alert, (bad, good, minute) in CASES.items()
            for series, fires in ((bad, True), (good, False))
        ],
    )


def test_few_requests_burn_nothing_and_a_mended_fault_is_silent_soon(tmp_path: Path) -> None:
    few = {'http_requests_total{route="me", method="GET", code="503"}': f"0+1x{HOUR}"}
    mended = {
        'http_requests_total{route="me", method="GET", code="200"}': f"0+97x{3 * HOUR}",
        'http_requests_total{route="me", method="GET", code="503"}': f"0+3x{HOUR} {3 * HOUR}+0x{2 * HOUR}",
    }
    promtool_agrees(
        tmp_path,
        [
            firing("RequestErrorsFast", few, HOUR, fires=False),
            firing("RequestErrorsFast", mended, HOUR, fires=True),
            firing("RequestErrorsFast", mended, HOUR + 7, fires=False),
        ],
    )


def test_the_configuration_is_one_that_prometheus_takes() -> None:
    done = subprocess.run(
        [debian_program("promtool"), "check", "config", str(FOLDER / "prometheus.yml")], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("alert", sorted(ALERTS))
def test_every_alert_says_where_the_runbook_speaks_of_it(alert: str) -> None:
    headings = re.findall(r"^#+ (.+)$", (ROOT / "docs" / "runbook.md").read_text(), re.MULTILINE)
    anchors = {re.sub(r"[^\w\- ]", "", heading).lower().replace(" ", "-") for heading in headings}

    file, _, anchor = ALERTS[alert]["annotations"]["runbook"].partition("#")

    assert file == "docs/runbook.md"
    assert anchor in anchors
    assert ALERTS[alert]["labels"]["severity"] in ("page", "ticket")


# --- what rules and dashboards read is what we export -----------------------------------------------------------------


@pytest.fixture
def exported(db: None) -> set[str]:
    """Names of every series of the page. Those of archive and replicas are there only where such a thing is."""
    text = Client().get("/metrics").content.decode()
    names = {line.split(" ")[2] for line in text.splitlines() if line.startswith("# TYPE")}
    parts = {f"{name}{suffix}" for name in names for suffix in ("", "_bucket", "_count", "_sum")}
    return parts | {"database_archive_age_seconds"}


def metrics_of(expression: str) -> set[str]:
    text = expression.replace("$__rate_interval", "5m")
    promql_parser.parse(text)
    without_strings = re.sub(r'"[^"]*"|\{[^}]*\}|\[[^]]*\]|by \([^)]*\)|on \([^)]*\)', "", text)
    words = set(re.findall(r"\b[a-zA-Z_:][a-zA-Z0-9_:]*\b(?!\s*\()", without_strings))
    return words - {"by", "on", "and", "or", "unless", "ignoring", "group_left"}


def test_every_rule_reads_what_is_exported(exported: set[str]) -> None:
    read = {name for rules in RULES.values() for rule in rules for name in metrics_of(rule["expr"])}

    assert read - exported - RECORDED - OTHERS_METRICS == set()


def test_every_panel_reads_what_is_exported(exported: set[str]) -> None:
    read = {
        name
        for panels in dashboards.BOARDS.values()
        for panel in panels
        for expression in panel.queries
        for name in metrics_of(expression)
    }

    assert read - exported - RECORDED - OTHERS_METRICS == set()


def test_the_files_of_the_dashboards_are_those_of_the_tables() -> None:
    wanted = dashboards.files()

    assert {file: file.read_text() for file in dashboards.FOLDER.glob("*.json")} == wanted
    uids = [json.loads(text)["uid"] for text in wanted.values()]
    assert len(uids) == len(set(uids)) == 6
    for text in wanted.values():
        panels = json.loads(text)["panels"]
        assert len({panel["id"] for panel in panels}) == len(panels)
        assert all(panel["fieldConfig"]["defaults"]["unit"] for panel in panels)


# --- Prometheus itself ------------------------------------------------------------------------------------------------


@pytest.fixture
def prometheus(live_server: LiveServer, tmp_path: Path) -> Iterator[str]:
    """A Prometheus with our configuration whose one target is the live server; the address of its API."""
    configuration = yaml.safe_load((FOLDER / "prometheus.yml").read_text())
    configuration["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
    (tmp_path / "prometheus.yml").write_text(yaml.safe_dump(configuration))
    (tmp_path / "rules").symlink_to(FOLDER / "rules")
    (tmp_path / "targets.yml").write_text(yaml.safe_dump([{"targets": [live_server.url.removeprefix("http://")]}]))
    port = free_port()
    command = [str(debian_program("prometheus")), f"--config.file={tmp_path / 'prometheus.yml'}"]
    command += [f"--storage.tsdb.path={tmp_path / 'data'}", f"--web.listen-address=127.0.0.1:{port}"]
    address = f"http://127.0.0.1:{port}"
    with serving(Child("prometheus", command, tmp_path / "log"), f"{address}/-/ready"):  # 503 while it opens its store
        yield f"{address}/api/v1"


@pytest.mark.django_db(transaction=True)
def test_prometheus_scrapes_us_and_computes_the_service_levels(prometheus: str, live_server: LiveServer) -> None:
    def found(query: str) -> list[Any]:
        requests.get(f"{live_server.url}/api/v1/me/", timeout=5)
        answer = requests.get(f"{prometheus}/query", params={"query": query}, timeout=5).json()
        return list(answer["data"]["result"])

    wait_until(lambda: bool(found('up{job="bazaar"} == 1')), [], "the first scrape", 60)
    wait_until(lambda: bool(found("slo:requests:error_ratio_5m")), [], "the first service level", 60)

    answer = requests.get(f"{prometheus}/rules", timeout=5).json()["data"]["groups"]
    rules = [rule for group in answer for rule in group["rules"]]
    assert len(rules) == sum(map(len, RULES.values()))
    assert {rule["name"]: rule.get("lastError") for rule in rules if rule["health"] == "err"} == {}
    assert found('http_requests_total{code="401"} > 0')
