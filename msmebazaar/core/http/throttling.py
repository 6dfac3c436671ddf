"""DRF's interface to our limits."""

from typing import TYPE_CHECKING

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from msmebazaar.core import limits
from msmebazaar.core.http import network

if TYPE_CHECKING:  # DRF imports this module while it is itself being imported
    from rest_framework.views import APIView


class ApiThrottle(BaseThrottle):
    """The general limit of the API: per user, or per network when nobody is logged in."""

    wait_s: float | None = None

    def allow_request(self, request: Request, view: "APIView") -> bool:
        user_id = getattr(request.user, "pk", None)
        key = f"user:{user_id}" if user_id else f"net:{network.limit_key_of(network.client_address(request._request))}"
        self.wait_s = limits.count_request(key, settings.API_RATE_LIMIT)
        return self.wait_s is None

    def wait(self) -> float | None:
        return self.wait_s
