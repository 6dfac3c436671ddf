"""Headers, hosts, CORS; and the production settings, which no test runs under, as a whole."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from deploy import check_production

ROOT = Path(__file__).parents[2]


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/health/live", "/admin/login/", "/api/docs/", "/nothing"])
def test_every_page_carries_the_security_headers(path: str) -> None:
    response = Client().get(path)

    policy = response["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "object-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "script-src" not in policy or "unsafe" not in policy.split("script-src")[1].split(";")[0]
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.django_db
def test_a_browser_of_another_origin_is_let_in_only_when_listed(settings: Settings) -> None:
    settings.CORS_ALLOWED_ORIGINS = ["https://app.example.in"]
    asks: Any = {"HTTP_ACCESS_CONTROL_REQUEST_METHOD": "POST", "HTTP_ACCESS_CONTROL_REQUEST_HEADERS": "idempotency-key"}

    ours = Client().options("/api/v1/listings/", HTTP_ORIGIN="https://app.example.in", **asks)
    theirs = Client().options("/api/v1/listings/", HTTP_ORIGIN="https://evil.example", **asks)
    admin = Client().options("/admin/", HTTP_ORIGIN="https://app.example.in", **asks)

    assert ours["Access-Control-Allow-Origin"] == "https://app.example.in"
    assert "idempotency-key" in ours["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Origin" not in theirs
    assert "Access-Control-Allow-Origin" not in admin


def test_the_production_settings_pass_djangos_deployment_check() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "deploy.check_production"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"TWILIO_AUTH_TOKEN": ""}, "TWILIO_AUTH_TOKEN"),
        ({"S3_BUCKET": ""}, "S3_BUCKET"),
        ({"TWILIO_API_BASE_URL": "http://127.0.0.1:1/twilio"}, "stand-in in production"),
        ({"PUBLIC_BASE_URL": "http://bazaar.example.in"}, "PUBLIC_BASE_URL must be https"),
        ({"SECRET_KEY": ""}, "SECRET_KEY is not set"),
        ({"JWT_SIGNING_KEY": "short"}, "JWT_SIGNING_KEY is shorter"),
        ({"FIELD_ENCRYPTION_KEYS": "k1:nonsense"}, "FIELD_ENCRYPTION_KEYS"),
        ({"DATABASE_POOL": "yes"}, "DATABASE_POOL must be true or false"),
    ],
)
def test_a_wrong_production_environment_does_not_start_and_says_why(changes: dict[str, str], named: str) -> None:
    environment = {**os.environ, **check_production.ENVIRONMENT, **changes}

    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode != 0
    assert named in done.stderr
