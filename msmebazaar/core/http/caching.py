"""Answers that caches and clients may keep: an ETag of what is told, and 304 when they have it already."""

import hashlib
import json

from django.core.serializers.json import DjangoJSONEncoder
from django.utils import translation
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.http import parse_etags
from rest_framework.request import Request
from rest_framework.response import Response


def cacheable(request: Request, response: Response, *, is_public: bool, max_age_s: int = 60) -> Response:
    """Give an answer an ETag, and empty it with 304 when the client has just this.

    Args:
        is_public: the same for everybody, so that shared caches may keep it for `max_age_s`; otherwise only the client
            may, and asks each time.
    """
    told = [response.data, getattr(response, "pagination", None), translation.get_language()]
    digest = hashlib.sha256(json.dumps(told, cls=DjangoJSONEncoder, sort_keys=True).encode()).hexdigest()[:32]
    etag = f'W/"{digest}"'  # weak: the envelope names each request
    answer = response
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        answer = Response(status=304)
        answer.is_enveloped = True  # type: ignore[attr-defined]
    answer["ETag"] = etag
    patch_vary_headers(answer, ["Authorization", "Accept-Language"])
    if is_public:
        patch_cache_control(answer, public=True, max_age=max_age_s)
    else:
        patch_cache_control(answer, private=True, no_cache=True)
    return answer
