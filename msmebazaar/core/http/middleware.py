"""Request id and access log, errors of plain Django views, size of bodies."""

import time
from collections.abc import Callable

from django.conf import settings
from django.core.signals import got_request_exception
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from msmebazaar.core import context, history, metrics, tracing
from msmebazaar.core.exceptions import PayloadTooLarge
from msmebazaar.core.http import measuring, network
from msmebazaar.core.http.pages import answer_problem
from msmebazaar.core.http.problems import to_problem
from msmebazaar.core.logging import get_logger

log = get_logger("access")
error_log = get_logger(__name__)
GetResponse = Callable[[HttpRequest], HttpResponseBase]


class QueryCounter:
    """Counts the database queries of one request, and the seconds they took."""

    def __init__(self) -> None:
        self.count, self.seconds = 0, 0.0

    def __call__(self, execute: Callable[..., object], *arguments: object) -> object:
        self.count += 1
        started = time.perf_counter()
        try:
            return execute(*arguments)
        finally:
            self.seconds += time.perf_counter() - started


class RequestContextMiddleware:
    """Outermost: binds the request id, sends it back, measures, traces, writes one line per request."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request_id = context.accepted_or_new(request.headers.get("X-Request-ID"))
        context.bind_request_id(request_id)
        context.bind_actor("")
        started = time.perf_counter()
        counter = QueryCounter()
        metrics.HTTP_IN_FLIGHT.inc()
        try:
            with tracing.request(request.method or "") as span, connection.execute_wrapper(counter), history.because():
                response = self.get_response(request)
                seconds = time.perf_counter() - started
                facts = {
                    "route": measuring.route_of(request),
                    "method": request.method,
                    "status": response.status_code,
                    "db_queries": counter.count,
                    "db_ms": round(counter.seconds * 1000, 1),
                }
                tracing.describe(span, **facts)
            measuring.record(request, response, facts, seconds)
            response["X-Request-ID"] = request_id
            log.info(
                "request",
                **facts,
                duration_ms=round(seconds * 1000, 1),
                ip_prefix=network.prefix_of(network.client_address(request)),
                error_code=getattr(response, "error_code", None),
            )
            return response
        finally:
            metrics.HTTP_IN_FLIGHT.dec()
            context.clear()


class ExceptionMiddleware:
    """What a plain Django view or another middleware raised becomes the envelope too."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse:
        problem = to_problem(error)
        if not problem.is_anticipated:
            got_request_exception.send(sender=None, request=request)
            error_log.error("unhandled error", exc_info=error)
        return answer_problem(request, problem)


class BodyLimitMiddleware:
    """413 before anything is read. WSGI gives a body only as long as Content-Length says, so the header decides."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdigit() and int(length) > settings.REQUEST_BODY_LIMIT:
            return answer_problem(request, to_problem(PayloadTooLarge(limit=settings.REQUEST_BODY_LIMIT)))
        return self.get_response(request)
