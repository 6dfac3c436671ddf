"""The one OpenAI client, with explicit time limit and no silent retries (the SDK's defaults: 600 s and 2).

The SDK is imported by the first call: it is a quarter of what a process imports, and most processes ask no model.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings

from msmebazaar.core.vendors import OpenAIConfig
from msmebazaar.integrations.errors import VendorError, VendorOff, measured

if TYPE_CHECKING:
    from openai import OpenAI

RETRIABLE = frozenset({408, 409, 429})


@cache
def _client_for(configuration: OpenAIConfig) -> "OpenAI":
    from openai import OpenAI  # see above

    return OpenAI(
        api_key=configuration.api_key,
        base_url=configuration.base_url,
        timeout=configuration.timeout_s,
        max_retries=0,
    )


def client() -> "tuple[OpenAI, OpenAIConfig]":
    """The client and its configuration. VendorOff when no key is set."""
    if settings.OPENAI is None:
        raise VendorOff("openai")
    return _client_for(settings.OPENAI), settings.OPENAI


@contextmanager
def calling() -> Iterator[None]:
    """Measure a call and turn the SDK's errors into VendorError."""
    from openai import APIConnectionError, APIError, APIStatusError  # see above

    with measured("openai"):
        try:
            yield
        except APIStatusError as error:
            is_temporary = error.status_code in RETRIABLE or error.status_code >= 500
            raise VendorError("openai", str(error.code or error.status_code), permanent=not is_temporary) from error
        except (APIConnectionError, APIError) as error:
            raise VendorError("openai", "", permanent=False) from error
