# SPDX-License-Identifier: MPL-2.0
"""The design page. Its components are the real ones; only their figures are made up."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from kommune3.ui import errors, lists
from kommune3.ui.design import examples
from kommune3.ui.design.forms import ExampleForm
from kommune3.ui.templatetags.ui import JobState

STEP_SECONDS = 0.4
COLORS = (
    "primary", "primary-dark", "primary-darker", "tint", "tint-strong", "ground",
    "series-1", "series-2", "series-3", "series-4", "series-5", "series-6", "highlight",
)  # fmt: skip


def overview(request: HttpRequest) -> HttpResponse:
    """Every component in every state."""
    happened = datetime(2026, 3, 3, 6, 55, tzinfo=UTC)
    context = {
        "title": _("Design"),
        "lead": _("Every component that pages are built of, in every state."),
        "breadcrumbs": [(_("Home"), "/")],
        "colors": COLORS,
        "list_url": reverse("ui:design_list"),
        "form_url": reverse("ui:design_form"),
        "events_url": reverse("ui:design_job_events"),
        "state_url": reverse("ui:design_job_state"),
        "cancel_url": reverse("ui:design_job_cancel"),
        "front": examples.front(),
        "weekdays": examples.trips_a_day(),
        "kilometres": examples.kilometres(),
        "plan": examples.plan(),
        "week": examples.week(),
        "bases": examples.bases(),
        "facts": [
            (_("Base"), "Grenaa"),
            (_("Vehicles"), "24"),
            (_("Opening hours"), _("Weekdays 6.30–17.00")),
            (_("Responsible"), "Vej og Park"),
        ],
        "history": [
            {"title": _("The plan was approved"), "text": _("By the department leader."), "at": happened},
            {
                "title": _("The optimisation finished"),
                "text": _("Proven optimal."),
                "at": happened - timedelta(minutes=12),
            },
            {"title": _("298 trips were imported"), "at": happened - timedelta(minutes=31)},
        ],
    }
    return render(request, "ui/design/overview.html", context)


class _Permissions(lists.Table):
    """A table that every installation has, with a column of each kind."""

    number = lists.NumberColumn(accessor="pk", verbose_name=gettext_lazy("No."), decimals=0)
    name = lists.TextColumn(verbose_name=gettext_lazy("Name"))
    app = lists.StatusColumn(
        accessor="content_type__app_label",
        verbose_name=gettext_lazy("Part"),
        variants={"account": "success", "mfa": "info"},
    )
    letters = lists.NumberColumn(verbose_name=gettext_lazy("Letters"), decimals=0)
    share = lists.NumberColumn(verbose_name=gettext_lazy("Share"), decimals=2, unit="%")
    known_at = lists.DateTimeColumn(verbose_name=gettext_lazy("Known since"))

    class Meta(lists.Table.Meta):
        order_by = "number"


class _PermissionFilters(lists.FilterSet):
    text = lists.SearchFilter(fields=("name", "codename"))
    app = lists.ChoiceFilter(
        field_name="content_type__app_label",
        label=gettext_lazy("Part"),
        choices=[("people", "people"), ("account", "account")],
    )
    letters = lists.NumberRangeFilter(label=gettext_lazy("Letters"))
    known_at = lists.DateRangeFilter(label=gettext_lazy("Known since"))


def example_list(request: HttpRequest) -> HttpResponseBase:
    """The list engine, over rows that every installation has."""
    return lists.respond(
        request,
        rows=examples.permissions(),
        table=_Permissions,
        filters=_PermissionFilters,
        title=_("Example of a list"),
        noun=_("permissions"),
        context={"breadcrumbs": [(_("Home"), "/"), (_("Design"), reverse("ui:design"))]},
    )


def example_form(request: HttpRequest) -> HttpResponse:
    """A form with every kind of field; sent empty, it shows every kind of error."""
    form = ExampleForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        messages.success(request, _("The form was filled in correctly. Nothing has been saved: it is an example."))
        return redirect("ui:design_form")
    breadcrumbs = [(_("Home"), "/"), (_("Design"), reverse("ui:design"))]
    context = {"title": _("Example of a form"), "form": form, "breadcrumbs": breadcrumbs}
    return render(request, "ui/design/form.html", context)


def example_error(request: HttpRequest, code: int) -> HttpResponse:
    """The error pages, by their real doors."""
    if code == 400:
        raise BadRequest
    if code == 403:
        raise PermissionDenied
    if code == 500:
        return errors.server_error(request)
    raise Http404


def _job_state(percent: int) -> dict[str, Any]:
    state = JobState.RUNNING if percent < 100 else JobState.DONE
    message = _("Finding the best fleet: pool %(number)d of 10") % {"number": min(10, percent // 10 + 1)}
    return {
        "state": state,
        "state_label": str(state.label),
        "percent": percent,
        "message": message if percent < 100 else _("Proven optimal."),
        "next": reverse("ui:design") if percent == 100 else None,
    }


async def example_job_events(request: HttpRequest) -> StreamingHttpResponse:
    """Server-sent events of a job that takes eight seconds."""
    states = [json.dumps(_job_state(percent)) for percent in range(0, 101, 5)]

    async def events() -> AsyncIterator[str]:
        for state in states:
            yield f"data: {state}\n\n"
            await asyncio.sleep(STEP_SECONDS)

    response = StreamingHttpResponse(events(), content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    return response


def example_job_state(request: HttpRequest) -> JsonResponse:
    """The same job, as its state is at its end."""
    return JsonResponse(_job_state(100))


@require_POST
def example_job_cancel(request: HttpRequest) -> HttpResponse:
    """What a cancel button posts to."""
    messages.info(request, _("The job was asked to stop."))
    return redirect("ui:design")
