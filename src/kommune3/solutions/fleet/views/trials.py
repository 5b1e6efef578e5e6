# SPDX-License-Identifier: MPL-2.0
"""Trials: the list, new ones, and their results."""

import tempfile
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kommune3.kernel import clock
from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.audit import log
from kommune3.solutions.fleet import tasks
from kommune3.solutions.fleet.errors import FleetError
from kommune3.solutions.fleet.forms.trials import HoldoutForm, WhatIfForm
from kommune3.solutions.fleet.models import Run, RunState, Trial, TrialKind, TrialPlan
from kommune3.solutions.fleet.models.trials import TripObstacle
from kommune3.solutions.fleet.operations import trials as operations
from kommune3.solutions.fleet.queries import trial_exports, trial_words
from kommune3.solutions.fleet.queries.progress import progress_of
from kommune3.solutions.fleet.queries.runs import ShownState
from kommune3.solutions.fleet.queries.trials import (
    HoldoutResult,
    WhatIfResult,
    get_holdout,
    get_whatif,
    span_of_trips,
    trials_of,
    unserved_of,
)
from kommune3.solutions.fleet.views import trial_tables as tables
from kommune3.solutions.fleet.views.shared import actor_of, posted, trail
from kommune3.ui import lists

OPTIMISE = "fleet.runs.start"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class TrialTable(lists.Table):
    """A trial per row."""

    title = lists.LinkColumn(url="fleet:trial", verbose_name=gettext_lazy("Title"))
    kind = lists.StatusColumn(verbose_name=gettext_lazy("Question"), choices=TrialKind)
    state = lists.StatusColumn(
        accessor="shown_state",
        verbose_name=gettext_lazy("State"),
        choices=ShownState,
        variants={"FINISHED": "success", "STARTED": "info", "FAILED": "error"},
    )
    trips = lists.NumberColumn(verbose_name=gettext_lazy("Trips"), decimals=0)
    period_start = lists.DateColumn(verbose_name=gettext_lazy("From"))
    created_at = lists.DateTimeColumn(verbose_name=gettext_lazy("Started"))

    class Meta(lists.Table.Meta):
        order_by = "-created_at"


class TrialFilters(lists.FilterSet):
    """By title and question."""

    text = lists.SearchFilter(fields=("title",))
    kind = lists.ChoiceFilter(label=gettext_lazy("Question"), choices=TrialKind.choices)


def trials(request: HttpRequest) -> HttpResponseBase:
    """The trials the actor may see."""
    actor = actor_of(request)
    may = actor.may(OPTIMISE)
    return lists.respond(
        request,
        rows=trials_of(actor),
        table=TrialTable,
        filters=TrialFilters,
        title=_("Trials"),
        noun=_("trials"),
        template="fleet/trials.html",
        context={"breadcrumbs": trail(), "may_start": may},
        empty=lists.Empty(
            _("Nothing has been tried yet"),
            _("See how a fleet fares in weeks it was not chosen on, or what would change if …"),
            _("Try on other weeks") if may else "",
            reverse("fleet:holdout_new") if may else "",
        ),
    )


def new_holdout(request: HttpRequest) -> HttpResponse:
    """Choose which weeks a fleet is tried on; with ``?run=`` the fleet of a finished run."""
    return _new(
        request, HoldoutForm, _("Try on other weeks"),
        _("A fleet that suits the weeks it was chosen on may not suit others. Try it on weeks it has not seen."),
    )  # fmt: skip


def new_whatif(request: HttpRequest) -> HttpResponse:
    """Choose what shall change; with ``?run=`` in the question of a finished run."""
    return _new(
        request, WhatIfForm, _("What if"),
        _("Choose one thing or several. Each is computed by itself and shown beside the fleet without changes."),
    )  # fmt: skip


def one_trial(request: HttpRequest, trial_id: int) -> HttpResponse:
    """The trial: its progress, why it failed, or its result."""
    actor = actor_of(request)
    trial = reach.get(actor, Trial, trial_id)
    may = actor.may(OPTIMISE, unit_path=trial.unit.path)
    frame = {
        "title": trial.title, "trial": trial, "may_delete": may, "breadcrumbs": _above(),
        "may_cancel": may and trial.state == RunState.STARTED,
    }  # fmt: skip
    if trial.state != RunState.FINISHED:
        return render(request, "fleet/trial.html", {**frame, "progress": progress_of(trial.job_id)})
    if trial.kind == TrialKind.HOLDOUT:
        return render(request, "fleet/holdout.html", {**frame, **_holdout(get_holdout(actor=actor, trial_id=trial_id))})
    return render(request, "fleet/whatif.html", {**frame, **_whatif(get_whatif(actor=actor, trial_id=trial_id))})


class UnservedTable(lists.Table):
    """A trip without a vehicle per row."""

    start = lists.DateTimeColumn(accessor="trip__start_at", verbose_name=gettext_lazy("Trip start"))
    end = lists.DateTimeColumn(accessor="trip__end_at", verbose_name=gettext_lazy("Trip end"), orderable=False)
    base = lists.TextColumn(accessor="trip__base__name", verbose_name=gettext_lazy("Base"), orderable=False)
    km = lists.NumberColumn(accessor="trip__km", verbose_name=gettext_lazy("Km"), decimals=1)
    why = lists.StatusColumn(
        accessor="obstacle",
        verbose_name=gettext_lazy("Why"),
        choices=TripObstacle,
        orderable=False,
    )
    trip = lists.TextColumn(accessor="trip__external_id", verbose_name=gettext_lazy("Trip number"), orderable=False)

    class Meta(lists.Table.Meta):
        order_by = "start"


class UnservedFilters(lists.FilterSet):
    """By base and day."""

    start = lists.DateRangeFilter(field_name="trip__start_at", label=gettext_lazy("Period"))


def trial_trips(request: HttpRequest, trial_id: int) -> HttpResponseBase:
    """The unserved trips of a plan of the trial (``?plan=``), of one of its weeks (``&week=``)."""
    actor = actor_of(request)
    trial = reach.get(actor, Trial, trial_id)
    rows = unserved_of(actor=actor, trial_id=trial_id)
    for name in ("plan", "week"):
        asked = request.GET.get(name)
        if asked:
            if not asked.isdigit():
                raise Http404
            rows = rows.filter(**{f"{name}_id": int(asked)})
    return lists.respond(
        request,
        rows=rows,
        table=UnservedTable,
        filters=UnservedFilters,
        title=_("Unserved trips"),
        noun=_("trips"),
        context={"breadcrumbs": _above((trial.title, reverse("fleet:trial", args=[trial.pk])))},
        on_export=lambda form: _record_export(actor, trial, form),
    )


def export(request: HttpRequest, trial_id: int, form: str) -> HttpResponseBase:
    """The result as a workbook, or its figures as CSV."""
    actor = actor_of(request)
    trial = reach.get(actor, Trial, trial_id)
    if form not in ("csv", "xlsx") or trial.state != RunState.FINISHED:
        raise Http404
    _record_export(actor, trial, form)
    name = slugify(trial.title) or f"trial-{trial_id}"
    if form == "csv":
        response = HttpResponse(trial_exports.csv_of(actor=actor, trial=trial), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
        return response
    file = tempfile.TemporaryFile()  # noqa: SIM115  the response closes it
    trial_exports.write_trial(actor=actor, trial=trial, target=file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=_XLSX)


@posted("fleet:trial", "trial_id")
def cancel(request: HttpRequest, trial_id: int) -> HttpResponse | None:
    """Stop the job of a trial."""
    actor = actor_of(request)
    trial = reach.get(actor, Trial, trial_id, action=OPTIMISE)
    if operations.cancel_trial(trial, actor=actor, now=clock.now()):
        messages.info(request, _("The trial stops as soon as it can."))
    return None


@posted("fleet:trial", "trial_id")
def delete(request: HttpRequest, trial_id: int) -> HttpResponse | None:
    """Delete a trial."""
    operations.delete_trial(actor=actor_of(request), now=clock.now(), trial_id=trial_id)
    messages.success(request, _("The trial has been deleted."))
    return redirect("fleet:trials")


def _new(request: HttpRequest, form_class: type[HoldoutForm] | type[WhatIfForm], title: str, lead: str) -> HttpResponse:
    actor = actor_of(request)
    run = _run_of(request, actor)
    span = span_of_trips(actor=actor, run=run)
    form = form_class(request.POST or None, actor=actor, run=run, span=span)
    if request.method == "POST" and form.is_valid():
        try:
            trial = tasks.start_trial(actor=actor, now=clock.now(), asked=form.asked())
        except FleetError as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("fleet:trial", trial.pk)
    context = {
        "title": title, "lead": lead, "form": form, "run": run, "has_trips": span is not None,
        "breadcrumbs": _above(), "cancel": reverse("fleet:run", args=[run.pk]) if run else reverse("fleet:trials"),
    }  # fmt: skip
    return render(request, "fleet/trial_new.html", context)


def _run_of(request: HttpRequest, actor: Actor) -> Run | None:
    asked = request.GET.get("run")
    if not asked:
        return None
    if not asked.isdigit():
        raise Http404
    run = reach.get(actor, Run, int(asked), action=OPTIMISE)
    if run.state != RunState.FINISHED:
        raise Http404
    return run


def _above(*more: tuple[str, str]) -> list[tuple[str, str]]:
    return trail((_("Trials"), reverse("fleet:trials")), *more)


def _holdout(result: HoldoutResult) -> dict[str, Any]:
    words = trial_words
    return {
        "result": result,
        "known": not result.trial.unknown_figures,
        "headline": words.headline(result),
        "service": words.service_sentence(result),
        "saving": words.saving_sentence(result),
        "certainty": words.certainty_sentence(result),
        "unseen": words.unseen_sentence(result),
        "served": words.percent(result.service.trips_served.value) if result.service else "",
        "savings": tables.savings(result),
        "weeks_chart": tables.weeks_chart(result),
        "weeks": tables.weeks(result),
        "sizes": tables.sizes(result),
        "sizes_chart": tables.sizes_chart(result),
        "fleets": [(tables.fleet_title(result, plan), tables.fleet(plan)) for plan in result.chosen],
        "settings": tables.settings(result),
        **_frame(result),
    }


def _whatif(result: WhatIfResult) -> dict[str, Any]:
    names = {base.pk: base.name for base in result.bases}
    return {
        "result": result,
        "known": not result.trial.unknown_figures,
        "cases": tables.cases(result),
        "sections": [
            (plan, trial_words.difference(result.base_case, plan), trial_words.facts_of(plan, names),
             tables.obstacles(plan), tables.fleet(plan), _unserved_url(plan))
            for plan in result.changed
        ],
        "base_fleet": tables.fleet(result.base_case) if result.base_case else None,
        **_frame(result),
    }  # fmt: skip


def _frame(result: HoldoutResult | WhatIfResult) -> dict[str, Any]:
    run = result.trial.run
    return {
        "base_names": ", ".join(base.name for base in result.bases),
        "rates": tables.rates(result.trial),
        "of_run": None if result.trial.owns_run or run.deleted_at is not None else run,
    }


def _unserved_url(plan: TrialPlan) -> str:
    return f"{reverse('fleet:trial_trips', args=[plan.trial_id])}?plan={plan.pk}"


def _record_export(actor: Actor, trial: Trial, form: str) -> None:
    log.record(
        actor=actor, action="fleet.trial.exported", now=clock.now(), object=trial, unit_id=trial.unit_id,
        detail={"format": form},
    )  # fmt: skip
