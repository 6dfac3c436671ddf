"""The one reader of the environment: typed, strict, with the name of what is missing or wrong in every error.

`NAME_FILE` is read where `NAME` is unset (Docker and Kubernetes secrets). Booleans are `true` or `false`, nothing else.
A vendor group is a frozen dataclass, or None when none of its variables is set; half a group is kept as a fault that a
system check reports at start (`msmebazaar.core.checks`), with the names of the missing variables.
"""

import base64
import binascii
from dataclasses import dataclass
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

from msmebazaar.core.vendors import EmailConfig, ObjectStoreConfig, OpenAIConfig, OpenIDConfig, TwilioConfig

_reader = environ.Env()


def optional(name: str) -> str | None:
    """The value, or None when it is unset or empty."""
    file = _reader.str(f"{name}_FILE", default="")
    if file:
        try:
            return Path(file).read_text().strip() or None
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE names {file}, which cannot be read: {error.strerror}.") from error
    return _reader.str(name, default="") or None


def required(name: str) -> str:
    value = optional(name)
    if value is None:
        raise ImproperlyConfigured(f"{name} is not set; .env.example says what it is for.")
    return value


def text(name: str, default: str) -> str:
    return optional(name) or default


def integer(name: str, default: int) -> int:
    value = optional(name)
    if value is None:
        return default
    if not value.lstrip("-").isdigit():
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.")
    return int(value)


def boolean(name: str, default: bool) -> bool:
    value = optional(name)
    if value is None:
        return default
    if value not in ("true", "false"):
        raise ImproperlyConfigured(f"{name} must be true or false, not {value!r}.")
    return value == "true"


def choice(name: str, allowed: list[str], default: str) -> str:
    """One of a few words."""
    value = text(name, default)
    if value not in allowed:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(allowed)}, not {value!r}.")
    return value


def names(name: str, default: list[str]) -> list[str]:
    """A comma-separated list."""
    value = optional(name)
    return default if value is None else [part.strip() for part in value.split(",") if part.strip()]


def database(name: str) -> dict[str, object]:
    """Django's DATABASES entry from a URL."""
    return dict(_reader.db_url_config(required(name)))


def encryption_keys(name: str) -> dict[str, bytes]:
    """`id:base64key,id:base64key` → keys by id, the first one encrypts, all decrypt. 32 bytes each."""
    keys: dict[str, bytes] = {}
    for entry in required(name).split(","):
        key_id, separator, encoded = entry.strip().partition(":")
        try:
            key = base64.urlsafe_b64decode(encoded)
        except binascii.Error as error:
            raise ImproperlyConfigured(f"{name}: the key {key_id!r} is not base64.") from error
        if not separator or len(key) != 32 or not 1 <= len(key_id) <= 16:
            raise ImproperlyConfigured(f"{name} must be id:key pairs, each key 32 bytes in base64.")
        keys[key_id] = key
    return keys


@dataclass(frozen=True)
class HalfSet:
    """A vendor group of which some variables are set and others are not."""

    group: str
    missing: tuple[str, ...]


half_set_groups: list[HalfSet] = []


def group(title: str, needed: list[str]) -> dict[str, str] | None:
    """All values of a vendor group; None when none is set, and noted as half-set when only some are."""
    values = {name: optional(name) for name in needed}
    missing = tuple(name for name, value in values.items() if value is None)
    if len(missing) == len(needed):
        return None
    if missing:
        half_set_groups.append(HalfSet(title, missing))
        return None
    return {name: value for name, value in values.items() if value is not None}


def twilio() -> TwilioConfig | None:
    found = group("Twilio", ["TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_SMS_FROM", "TWILIO_WHATSAPP_FROM"])
    if found is None:
        return None
    rotating = optional("TWILIO_PREVIOUS_AUTH_TOKEN")
    return TwilioConfig(
        account_sid=found["TWILIO_ACCOUNT_SID"],
        auth_tokens=(found["TWILIO_AUTH_TOKEN"], *((rotating,) if rotating else ())),
        sms_from=found["TWILIO_SMS_FROM"],
        whatsapp_from=found["TWILIO_WHATSAPP_FROM"],
        api_base_url=text("TWILIO_API_BASE_URL", "https://api.twilio.com"),
        timeout_s=integer("TWILIO_TIMEOUT_S", 5),
        code_content_sid=optional("TWILIO_CODE_CONTENT_SID"),
        verify_service_sid=optional("TWILIO_VERIFY_SERVICE_SID"),
        verify_base_url=text("TWILIO_VERIFY_BASE_URL", "https://verify.twilio.com"),
        content_base_url=text("TWILIO_CONTENT_BASE_URL", "https://content.twilio.com"),
        messaging_base_url=text("TWILIO_MESSAGING_BASE_URL", "https://messaging.twilio.com"),
    )


def openai() -> OpenAIConfig | None:
    found = group("OpenAI", ["OPENAI_API_KEY"])
    if found is None:
        return None
    return OpenAIConfig(
        api_key=found["OPENAI_API_KEY"],
        base_url=text("OPENAI_BASE_URL", "https://api.openai.com/v1"),
        embedding_model=text("OPENAI_EMBEDDING_MODEL", "text-embedding-3-small"),
        embedding_dimensions=integer("OPENAI_EMBEDDING_DIMENSIONS", 384),
        chat_model=text("OPENAI_CHAT_MODEL", "gpt-4o-mini"),
        timeout_s=integer("OPENAI_TIMEOUT_S", 10),
    )


def email() -> EmailConfig | None:
    found = group("Email", ["EMAIL_HOST", "EMAIL_FROM"])
    if found is None:
        return None
    return EmailConfig(
        host=found["EMAIL_HOST"],
        port=integer("EMAIL_PORT", 587),
        user=text("EMAIL_USER", ""),
        password=text("EMAIL_PASSWORD", ""),
        use_tls=boolean("EMAIL_USE_TLS", default=True),
        sender=found["EMAIL_FROM"],
    )


def staff_oidc() -> OpenIDConfig | None:
    found = group("Staff single sign-on", ["STAFF_OIDC_SERVER_URL", "STAFF_OIDC_CLIENT_ID", "STAFF_OIDC_CLIENT_SECRET"])
    if found is None:
        return None
    return OpenIDConfig(
        server_url=found["STAFF_OIDC_SERVER_URL"],
        client_id=found["STAFF_OIDC_CLIENT_ID"],
        client_secret=found["STAFF_OIDC_CLIENT_SECRET"],
        name=text("STAFF_OIDC_NAME", "Single sign-on"),
    )


def object_store() -> ObjectStoreConfig | None:
    found = group("S3 object store", ["S3_BUCKET", "S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY"])
    if found is None:
        return None
    return ObjectStoreConfig(
        bucket=found["S3_BUCKET"],
        access_key_id=found["S3_ACCESS_KEY_ID"],
        secret_access_key=found["S3_SECRET_ACCESS_KEY"],
        endpoint_url=optional("S3_ENDPOINT_URL"),
        region=text("S3_REGION", "ap-south-1"),
    )
