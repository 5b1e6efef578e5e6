# SPDX-License-Identifier: MPL-2.0
"""How the platform is doing: a page for administrators, and figures for the municipality's monitoring."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from kommune3.kernel import clock
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.operation import operations
from kommune3.kernel.operation.access import RUN
from kommune3.ui.operation import picture, prometheus
from kommune3.ui.operation.scraper import is_scraper


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures in Prometheus's text format; not found for whoever is not the municipality's monitoring."""
    if not is_scraper(request):
        raise Http404
    return HttpResponse(prometheus.exposition(now=clock.now()), content_type=CONTENT_TYPE_LATEST)


@require_safe
@never_cache
def overview(request: HttpRequest) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    context = {
        "title": _("Operation"),
        "lead": _("Whether work gets done, what it takes up, and what is installed."),
        "breadcrumbs": [(_("Home"), "/")],
        "may_run": actor.may(RUN),
        **picture.overview(now=clock.now()),
    }
    return render(request, "ui/operation/overview.html", context)


@require_POST
def run_schedule(request: HttpRequest, name: str) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    try:
        job = operations.run_schedule(name=name, actor=actor, now=clock.now())
    except operations.UnknownSchedule as error:
        raise Http404 from error
    messages.success(request, _("“%(title)s” is in its queue.") % {"title": job.title})
    return redirect("jobs:detail", job_id=job.pk)


@require_POST
def verify_audit(request: HttpRequest) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    job = operations.verify_audit(actor=actor, now=clock.now())
    messages.success(request, _("“%(title)s” is in its queue.") % {"title": job.title})
    return redirect("jobs:detail", job_id=job.pk)
