"""Rules that no linter sees: directions of foreign keys, the error catalogue, who may call what."""

from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import models
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.permissions import AllowAny, IsAuthenticatedOrReadOnly
from rest_framework.test import APIClient
from rest_framework.views import APIView

from msmebazaar.core.exceptions import AppError
from msmebazaar.core.http.problems import to_problem
from msmebazaar.core.management.commands.export_error_catalogue import TARGET, catalogue, subclasses

STACK = ["core", "accounts", "msme", "valuation", "matching", "whatsapp", "adminpanel"]
OURS = [model for label in STACK for model in apps.get_app_config(label).get_models()]
OPEN_VIEWS = {
    "auth-otp",
    "auth-link",
    "listing-facets",
    "auth-token",
    "auth-token-refresh",
    "consent-notices",
    "whatsapp-webhook",
    "whatsapp-status",
}


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_foreign_keys_point_down_and_leave_no_way_back_up(model: type[models.Model]) -> None:
    for field in model._meta.get_fields():
        target: Any = getattr(field, "related_model", None)
        if not isinstance(field, models.ForeignKey) or target._meta.app_label not in STACK:
            continue
        own, other = STACK.index(model._meta.app_label), STACK.index(target._meta.app_label)
        assert other <= own, f"{field} points up"
        if other < own:
            assert field.remote_field.related_name == "+", f"{field} opens a way back"


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_constraints_are_named_after_table_and_rule(model: type[models.Model]) -> None:
    for constraint in model._meta.constraints:
        assert constraint.name.startswith(f"{model._meta.db_table}_"), constraint.name


def test_error_codes_are_unique_and_prefixed_by_their_app() -> None:
    classes = list(subclasses(AppError))
    codes = [cls.code for cls in classes]

    assert len(set(codes)) == len(codes)
    for cls in classes:
        package = cls.__module__.split(".")[0]
        assert (package == "msmebazaar") is ("." not in cls.code), cls
        assert package == "msmebazaar" or cls.code.startswith(f"{package}."), cls
        assert 400 <= cls.status < 600


@pytest.mark.parametrize("cls", list(subclasses(AppError)), ids=lambda cls: cls.code)
def test_every_error_can_be_rendered(cls: type[AppError]) -> None:
    wanted: Any = dict.fromkeys(("limit", "seconds", "now", "wanted", "year", "left", "role", "before", "after"), "7")

    problem = to_problem(cls(**wanted))

    assert (problem.status, problem.code) == (cls.status, cls.code)
    assert "%(" not in problem.detail


def test_the_error_catalogue_is_current(settings: Any) -> None:
    assert (settings.BASE_DIR / TARGET).read_text() == catalogue(), "run `make docs`"


def api_views(patterns: Any = None) -> Iterator[tuple[str, type[APIView]]]:
    for pattern in patterns or get_resolver().url_patterns:
        if isinstance(pattern, URLResolver):
            yield from api_views(pattern.url_patterns)
        elif isinstance(pattern, URLPattern):
            view = getattr(pattern.callback, "view_class", None) or getattr(pattern.callback, "cls", None)
            if view is not None and issubclass(view, APIView):
                yield pattern.name or "", view


def test_every_view_asks_who_is_there_unless_it_is_on_the_list() -> None:
    found = {name for name, view in api_views() if AllowAny in view.permission_classes}

    assert found - {"schema", "docs"} == OPEN_VIEWS
    read_only = {name for name, view in api_views() if IsAuthenticatedOrReadOnly in view.permission_classes}
    assert read_only == {"listings", "listing"}


def test_the_phone_simulator_exists_in_the_local_environment_only(anonymous: APIClient, db: None) -> None:
    assert anonymous.get("/dev/messages/").status_code == 404


@pytest.mark.django_db
def test_models_and_migrations_agree() -> None:
    call_command("makemigrations", "--check", "--dry-run", stdout=StringIO())


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_migrations_go_back_to_nothing_and_forward_again() -> None:
    for label in ("whatsapp", "matching", "valuation", "msme"):
        call_command("migrate", label, "zero", verbosity=0, stdout=StringIO())
    call_command("migrate", verbosity=0, stdout=StringIO())


def test_no_file_names_a_path_of_a_machine(settings: Any) -> None:
    """A stranger's clone has nothing beside it."""
    import subprocess

    found = subprocess.run(
        ["git", "grep", "-nE", r"/(work|farm|home|root)/[a-z]", "--", ".", ":!*.lock", ":!tests/architecture"],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )

    assert found.stdout == ""
