"""The chat's fixtures: templates as after `manage.py whatsapp_templates`, and a phone."""

from collections.abc import Callable

import pytest

from tests.whatsapp.handset import Handset
from whatsapp import services


@pytest.fixture
def templates(reference_data: None) -> None:
    """Buttons, lists and approved templates, at the stand-in and in the registry."""
    services.sync_templates()


@pytest.fixture
def handset(templates: None, drain: Callable[[], int]) -> Handset:
    return Handset(drain)
