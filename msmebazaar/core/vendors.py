"""Configuration of the vendors as typed groups. Settings build them; the adapters take them. Secrets stay out of their repr."""

from dataclasses import dataclass


@dataclass(frozen=True)
class TwilioConfig:
    """SMS and WhatsApp. `auth_tokens`: the live token first, then one that is being rotated out, if any."""

    account_sid: str
    auth_tokens: tuple[str, ...]
    sms_from: str
    whatsapp_from: str
    api_base_url: str
    timeout_s: int

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
