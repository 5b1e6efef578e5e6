# SPDX-License-Identifier: MPL-2.0
"""Each request is counted, and has its line in the log: which route, how it went and what it cost. No address."""

import time
from collections.abc import Callable
from typing import Any

import structlog
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponseBase

from kommune3.kernel.metrics import figures

log = structlog.get_logger("web")

UNMATCHED, STATIC = "unmatched", "static"
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
_QUIET = ("health:", "metrics")  # asked every few seconds by machines


class _Questions:
    """Counts the questions to the database, and the time until their answers begin."""

    def __init__(self) -> None:
        self.count = 0
        self.seconds = 0.0

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        self.count += 1
        started = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.seconds += time.perf_counter() - started


def measured(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Stands inside of what gives the request its number, and outside of everything else."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        questions = _Questions()
        started = time.perf_counter()
        with connection.execute_wrapper(questions):
            response = get_response(request)
        _note(request, response, questions, time.perf_counter() - started)
        return response

    return middleware


def route_of(request: HttpRequest) -> str:
    """The name of the address, without what stands in its places: "fleet:trip", never "/fleet/trips/42/"."""
    if request.resolver_match is not None:
        return request.resolver_match.view_name
    return STATIC if request.path.startswith(settings.STATIC_URL) else UNMATCHED


def _note(request: HttpRequest, response: HttpResponseBase, questions: _Questions, seconds: float) -> None:
    route = route_of(request)
    method = request.method if request.method in _METHODS else "other"
    figures.REQUESTS.labels(route, method, str(response.status_code)).inc()
    figures.REQUEST_SECONDS.labels(route).observe(seconds)
    figures.REQUEST_DATABASE_SECONDS.labels(route).inc(questions.seconds)
    figures.REQUEST_QUERIES.labels(route).inc(questions.count)
    actor = getattr(request, "actor", None)
    account = getattr(actor, "account_id", None)
    write = log.debug if route == STATIC or route.startswith(_QUIET) else log.info
    write(
        "web.request",
        route=route,
        method=method,
        status=response.status_code,
        ms=round(seconds * 1000, 1),
        queries=questions.count,
        database_ms=round(questions.seconds * 1000, 1),
        account=str(account) if account else None,
    )
