"""django-storages' S3 backend with time limits of ours (botocore's own are 60 s and five tries)."""

from typing import Any

from botocore.config import Config
from django.conf import settings
from storages.backends.s3 import S3Storage

CONNECT_TIMEOUT_S, READ_TIMEOUT_S, TRIES = 2, 10, 2


class TimeLimitedS3Storage(S3Storage):  # type: ignore[misc]
    def get_default_settings(self) -> dict[str, Any]:
        store = settings.OBJECT_STORE
        assert store is not None, "settings name this backend only with a store"
        configuration = Config(
            connect_timeout=CONNECT_TIMEOUT_S,
            read_timeout=READ_TIMEOUT_S,
            retries={"total_max_attempts": TRIES, "mode": "standard"},
            signature_version="s3v4",
            s3={"addressing_style": "path" if store.endpoint_url else "auto"},
        )
        return {**super().get_default_settings(), "client_config": configuration}
