# SPDX-License-Identifier: MPL-2.0
"""Background jobs: what waits, runs, is done or went wrong."""

import json
from collections.abc import AsyncIterator, Callable
from time import monotonic
from typing import Any
from uuid import UUID

from asgiref.sync import sync_to_async
from django.contrib import messages
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from kommune3.kernel import clock
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.jobs import access, operations, queries
from kommune3.kernel.jobs.errors import NotPossible
from kommune3.kernel.jobs.models import Job, State
from kommune3.kernel.jobs.queries import Snapshot
from kommune3.ui import lists
from kommune3.ui.jobs.lists import JobFilters, JobTable
from kommune3.ui.jobs.live import watch
from kommune3.ui.templatetags.ui import JobState

SHOWN_RUNNING = 5
ASK_AGAIN_SECONDS = 5.0  # how long a stream goes on after its reader has lost the right to it, while the job changes
STREAMED = 3  # a browser keeps only a handful of connections to one host; the others are asked now and then

_SHOWN_AS = {
    State.QUEUED: JobState.QUEUED,
    State.RUNNING: JobState.RUNNING,
    State.SUCCEEDED: JobState.DONE,
    State.FAILED: JobState.FAILED,
    State.CANCELLED: JobState.CANCELLED,
}


@require_safe
def jobs(request: HttpRequest) -> HttpResponseBase:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    running = queries.find_running(actor, limit=SHOWN_RUNNING)
    return lists.respond(
        request,
        rows=queries.find_jobs(actor),
        table=JobTable,
        filters=JobFilters,
        title=_("Background jobs"),
        noun=_("jobs"),
        template="ui/jobs/list.html",
        context={
            "breadcrumbs": [(_("Home"), "/")],
            "running": [progress_of(row, streamed=place < STREAMED) for place, row in enumerate(running)],
        },
        empty=lists.Empty(heading=_("No jobs"), text=_("Long work that you start is shown here while it runs.")),
    )


@require_safe
@never_cache
def job(request: HttpRequest, job_id: UUID) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    row = queries.get_job(actor, job_id)
    context = {
        "title": row.title,
        "breadcrumbs": [(_("Home"), "/"), (_("Background jobs"), reverse("jobs:list"))],
        "job": row,
        "progress": progress_of(row, streamed=True),
        "cancel_url": reverse("jobs:cancel", args=[row.pk]) if queries.may_cancel(actor, row) else "",
        "may_retry": queries.may_retry(actor, row),
        "facts": _facts(row),
        "explanation": queries.explain(row),
        "error": row.error,
    }
    return render(request, "ui/jobs/job.html", context)


@require_safe
@never_cache
def state(request: HttpRequest, job_id: UUID) -> JsonResponse:
    """How far the job is, as JSON: state, state_label, percent, message, next."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return JsonResponse(_as_json(queries.snapshot_of(queries.get_job(actor, job_id))))


@require_safe
async def stream(request: HttpRequest, job_id: UUID) -> HttpResponseBase:
    """The same as :func:`state`, as server-sent events until the job has finished."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    first = await sync_to_async(_first_snapshot)(actor, job_id)
    if watch().is_full:
        response: HttpResponseBase = JsonResponse({"detail": _("Too many follow jobs right now.")}, status=503)
        response["Retry-After"] = "30"
        return response
    events = _events(first, translation.get_language(), may_follow=_asking_again(request, job_id))
    response = StreamingHttpResponse(events, content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"  # nginx passes each event on at once
    return response


def _first_snapshot(actor: Actor, job_id: UUID) -> Snapshot:
    """Also gives back this request's database connection, which the stream does not need."""
    found = queries.snapshot_of(queries.get_job(actor, job_id))
    if not connection.in_atomic_block:
        connection.close()
    return found


def _asking_again(request: HttpRequest, job_id: UUID) -> Callable[[], bool]:
    """Whether the one who opened a stream may still have it: logged in, with a right to the job, now."""
    account_id, session_key = request.user.pk, request.session.session_key

    def may_follow() -> bool:
        allowed = (
            account_id is not None
            and session_key is not None
            and request.session.exists(session_key)
            and queries.may_still_see(account_id, job_id, now=clock.now())
        )
        if not connection.in_atomic_block:
            connection.close()
        return allowed

    return may_follow


async def _events(first: Snapshot, language: str | None, *, may_follow: Callable[[], bool]) -> AsyncIterator[str]:
    """The job's changes, while the reader may see them: asked again every few seconds, also when all is quiet."""
    asked = monotonic()
    async for snapshot in watch().follow(first):
        if monotonic() - asked >= ASK_AGAIN_SECONDS:
            asked = monotonic()
            if not await sync_to_async(may_follow)():
                return
        if snapshot is None:
            yield ": quiet\n\n"
            continue
        with translation.override(language):
            data = json.dumps(_as_json(snapshot))
        yield f"data: {data}\n\n"


@require_POST
def cancel(request: HttpRequest, job_id: UUID) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    row = queries.get_job(actor, job_id, action=access.CANCEL)
    try:
        operations.cancel(row, actor=actor, now=clock.now())
    except NotPossible as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("The job was asked to stop."))
    return redirect("jobs:detail", job_id=row.pk)


@require_POST
def retry(request: HttpRequest, job_id: UUID) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    row = queries.get_job(actor, job_id, action=access.RETRY)
    try:
        operations.retry(row, actor=actor, now=clock.now())
    except NotPossible as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("The job is back in its queue."))
    return redirect("jobs:detail", job_id=row.pk)


def _percent(snapshot: Snapshot) -> int | None:
    """Whole percent; None while nothing is known of the length of the work."""
    if snapshot.state == State.RUNNING and snapshot.progress == 0:
        return None
    return int(snapshot.progress * 100)


def _as_json(snapshot: Snapshot) -> dict[str, Any]:
    shown = _SHOWN_AS[snapshot.state]
    return {
        "state": shown.value,
        "state_label": str(shown.label),
        "percent": _percent(snapshot),
        "message": snapshot.message,
        "next": snapshot.link or None,
    }


def progress_of(row: Job, *, streamed: bool) -> dict[str, Any]:
    return {
        **_as_json(queries.snapshot_of(row)),
        "title": row.title,
        "url": reverse("jobs:detail", args=[row.pk]),
        "next": row.link if row.state == State.SUCCEEDED else "",
        "events": reverse("jobs:stream", args=[row.pk]) if streamed else "",
        "poll": reverse("jobs:state", args=[row.pk]),
    }


def _facts(row: Job) -> list[tuple[str, Any]]:
    return [
        (_("State"), row.get_state_display()),
        (_("Job number"), row.pk),
        (_("Started by"), str(row.requested_by.person or row.requested_by) if row.requested_by else _("The platform")),
        (_("Unit"), row.unit or "–"),
        (_("Queued since"), row.enqueued_at),
        (_("Runs no earlier than"), row.run_after),
        (_("Last started"), row.started_at or "–"),
        (_("Finished"), row.finished_at or "–"),
        (_("Attempts"), _("%(used)d of %(all)d") % {"used": row.attempt, "all": row.max_attempts}),
    ]
