"""The cache's client: while Redis is known to be away it is not asked."""

from typing import Any

from django_redis.client import DefaultClient
from django_redis.exceptions import ConnectionInterrupted

from msmebazaar.core.breaker import REDIS


class CautiousClient(DefaultClient):  # type: ignore[misc]
    def get_client(self, *args: Any, **kwargs: Any) -> Any:
        if REDIS.is_open:
            raise ConnectionInterrupted(connection=None)
        return super().get_client(*args, **kwargs)
