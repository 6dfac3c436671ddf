"""Configuration of the vendors as typed groups. Settings build them; the adapters take them. Secrets stay out of their repr."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class TwilioConfig:
    """SMS and WhatsApp.

    `auth_tokens`: the live token first, then one that is being rotated out, if any. `code_content_sid`: the approved
    authentication template for codes by WhatsApp; None switches that channel off. `verify_service_sid`: Twilio Verify.
    """

    account_sid: str
    auth_tokens: tuple[str, ...]
    sms_from: str
    whatsapp_from: str
    api_base_url: str
    timeout_s: int
    code_content_sid: str | None = None
    verify_service_sid: str | None = None
    verify_base_url: str = "https://verify.twilio.com"
    content_base_url: str = "https://content.twilio.com"
    messaging_base_url: str = "https://messaging.twilio.com"

    def __repr__(self) -> str:
        return f"TwilioConfig(account_sid={self.account_sid!r})"


@dataclass(frozen=True)
class OpenAIConfig:
    """Embeddings and language model."""

    api_key: str
    base_url: str
    embedding_model: str
    embedding_dimensions: int
    chat_model: str
    timeout_s: int

    def __repr__(self) -> str:
        return f"OpenAIConfig(base_url={self.base_url!r})"


@dataclass(frozen=True)
class ObjectStoreConfig:
    """Any S3. `endpoint_url` None means Amazon's own."""

    bucket: str
    access_key_id: str
    secret_access_key: str
    endpoint_url: str | None
    region: str

    def __repr__(self) -> str:
        return f"ObjectStoreConfig(bucket={self.bucket!r}, endpoint_url={self.endpoint_url!r})"


@dataclass(frozen=True)
class EmailConfig:
    """An SMTP server. `sender`: `Name <address>`."""

    host: str
    port: int
    user: str
    password: str
    use_tls: bool
    sender: str

    def __repr__(self) -> str:
        return f"EmailConfig(host={self.host!r})"


@dataclass(frozen=True)
class OpenIDConfig:
    """The operator's OpenID Connect provider, for staff. `server_url`: its issuer; `name`: what its button says."""

    server_url: str
    client_id: str
    client_secret: str
    name: str

    def as_allauth_app(self) -> dict[str, Any]:
        """The entry of `SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]`."""
        return {
            "provider_id": "staff",
            "name": self.name,
            "client_id": self.client_id,
            "secret": self.client_secret,
            "settings": {"server_url": self.server_url, "uid_field": "sub"},
        }

    def __repr__(self) -> str:
        return f"OpenIDConfig(server_url={self.server_url!r})"
