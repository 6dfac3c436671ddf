"""The environment is read strictly, and its faults are named."""

from pathlib import Path

import pytest
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from msmebazaar.core import checks
from msmebazaar.settings import env


@pytest.mark.parametrize("text", ["True", "1", "yes", "TRUE", "off"])
def test_only_true_and_false_are_booleans(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("SOME_SWITCH", text)

    with pytest.raises(ImproperlyConfigured, match="SOME_SWITCH must be true or false"):
        env.boolean("SOME_SWITCH", default=False)


def test_values_have_types_and_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_SWITCH", "true")
    monkeypatch.setenv("SOME_NUMBER", "12")
    monkeypatch.setenv("SOME_NAMES", "a, b ,,c")

    assert env.boolean("SOME_SWITCH", default=False) is True
    assert env.integer("SOME_NUMBER", 1) == 12
    assert env.integer("NOT_SET", 1) == 1
    assert env.names("SOME_NAMES", []) == ["a", "b", "c"]


def test_what_is_required_and_missing_is_named() -> None:
    with pytest.raises(ImproperlyConfigured, match="NOT_SET is not set"):
        env.required("NOT_SET")


def test_a_number_that_is_none_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_NUMBER", "twelve")

    with pytest.raises(ImproperlyConfigured, match="SOME_NUMBER must be a whole number"):
        env.integer("SOME_NUMBER", 1)


def test_a_secret_may_lie_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("from a file\n")
    monkeypatch.setenv("SOME_SECRET_FILE", str(tmp_path / "secret"))
    assert env.required("SOME_SECRET") == "from a file"

    monkeypatch.setenv("SOME_SECRET_FILE", str(tmp_path / "missing"))
    with pytest.raises(ImproperlyConfigured, match="cannot be read"):
        env.required("SOME_SECRET")


def test_a_vendor_without_variables_is_off_and_half_of_one_is_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(env, "half_set_groups", [])
    assert env.group("Some vendor", ["VENDOR_A", "VENDOR_B"]) is None
    assert env.half_set_groups == []

    monkeypatch.setenv("VENDOR_A", "x")
    assert env.group("Some vendor", ["VENDOR_A", "VENDOR_B"]) is None
    assert env.half_set_groups == [env.HalfSet("Some vendor", ("VENDOR_B",))]


def test_a_half_set_vendor_is_an_error_at_start_that_names_what_is_missing(settings: Settings) -> None:
    settings.HALF_SET_GROUPS = (env.HalfSet("Twilio", ("TWILIO_AUTH_TOKEN",)),)

    (error,) = checks.check_vendor_groups()

    assert error.id == "bazaar.E001"
    assert "Twilio" in error.msg
    assert "TWILIO_AUTH_TOKEN" in error.msg


def test_short_and_shared_keys_are_errors(settings: Settings) -> None:
    settings.JWT_SIGNING_KEY = "short"
    settings.OTP_PEPPER = settings.SECRET_KEY

    assert {error.id for error in checks.check_keys()} == {"bazaar.E002", "bazaar.E003"}


def test_production_wants_real_vendors(settings: Settings) -> None:
    settings.OBJECT_STORE = None
    settings.TWILIO = None
    settings.STAND_IN_IN_USE = True
    settings.CLAMD_ADDRESS = ""

    found = {message.id for message in checks.check_production()}

    assert found == {"bazaar.E004", "bazaar.W001", "bazaar.W002", "bazaar.E005", "bazaar.E006"}


@pytest.mark.django_db
def test_these_settings_pass_every_check() -> None:
    assert run_checks() == []


def test_a_vendors_configuration_hides_its_secrets(settings: Settings) -> None:
    for group in (settings.TWILIO, settings.OPENAI, settings.OBJECT_STORE):
        shown = repr(group)
        assert "token" not in shown
        assert "key" not in shown


def test_env_example_lists_every_variable_that_is_read() -> None:
    root = Path(__file__).parents[2]
    source = "".join(
        (root / "msmebazaar" / "settings" / f"{name}.py").read_text() for name in ("env", "base", "production")
    )
    import re

    reads = r'(?:optional|required|text|integer|boolean|names|database|encryption_keys)\(\s*"([A-Z0-9_]+)"'
    names = set(re.findall(reads, source)) | set(re.findall(r'"((?:TWILIO|OPENAI|S3)_[A-Z0-9_]+)"', source))
    listed = set(re.findall(r"^#? ?([A-Z0-9_]+)=", (root / ".env.example").read_text(), re.MULTILINE))

    assert names - listed == set()
