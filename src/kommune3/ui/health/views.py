# SPDX-License-Identifier: MPL-2.0
"""What a supervisor, load balancer or monitoring asks. Why not is told to the log, and to operators."""

from typing import Any

import structlog
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from kommune3.kernel import clock
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.operation import health
from kommune3.kernel.operation.access import READ
from kommune3.ui.operation.scraper import is_scraper

log = structlog.get_logger("health")


@require_safe
@never_cache
def live(request: HttpRequest) -> JsonResponse:
    """The process answers; whatever else is wrong, starting it again would not help. Asks no database."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """The platform can serve people: database, tables and disk are as they should be. 503 where not."""
    return _answer(request, health.readiness(now=clock.now()))


@require_safe
@never_cache
def work(request: HttpRequest) -> JsonResponse:
    """Background work gets done: workers are there, nothing waits too long, schedules are kept. 503 where not.

    For monitoring, not for a load balancer: pages are served all the same.
    """
    return _answer(request, health.work_checks(now=clock.now()))


def _answer(request: HttpRequest, checks: list[health.Check]) -> JsonResponse:
    for check in checks:
        if check.verdict == health.Verdict.FAILED:
            log.error("health.failed", check=check.name, reason=check.reason)
        elif check.verdict == health.Verdict.WARNING:
            log.warning("health.warned", check=check.name, reason=check.reason)
    available = health.is_available(checks)
    told: dict[str, Any] = {"status": "ok" if available else "unavailable"}
    if _is_operator(request):
        told["checks"] = [{"name": c.name, "verdict": c.verdict, "reason": c.reason} for c in checks]
    return JsonResponse(told, status=200 if available else 503)


def _is_operator(request: HttpRequest) -> bool:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor.may(READ) or is_scraper(request)
