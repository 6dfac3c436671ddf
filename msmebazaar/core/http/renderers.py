"""One renderer wraps every API answer, so that nothing, DRF's own 405 and 429 included, can go out unwrapped."""

from collections.abc import Iterable, Mapping
from typing import Any

from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request

from msmebazaar.core.http.envelope import success


class EnvelopeRenderer(JSONRenderer):
    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        response = (renderer_context or {}).get("response")
        if response is not None and response.status_code == 204:
            return b""
        if not getattr(response, "is_enveloped", False):
            message = getattr(response, "envelope_message", None)
            data = success(data, message, getattr(response, "pagination", None))
        return super().render(data, accepted_media_type, renderer_context)


class AlwaysJSON(DefaultContentNegotiation):
    """A browser asks for HTML first; it gets JSON rather than 406. A client that wants XML gets 406, in JSON."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        offered = list(renderers)
        try:
            chosen: tuple[BaseRenderer, str] = super().select_renderer(request, offered, format_suffix)
            return chosen
        except NotAcceptable:
            if "text/html" in request.headers.get("Accept", ""):
                return offered[0], str(offered[0].media_type)
            raise
