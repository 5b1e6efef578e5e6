# SPDX-License-Identifier: MPL-2.0
"""Simulations: the numbers are set by hand and the same trips are driven again; and runs side by side."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from kommune3.kernel import clock
from kommune3.kernel.access.actor import Actor
from kommune3.solutions.fleet import tasks
from kommune3.solutions.fleet.errors import FleetError
from kommune3.solutions.fleet.forms import CompareForm, CountsForm, SimulationForm
from kommune3.solutions.fleet.models import Run, RunGoal
from kommune3.solutions.fleet.queries.comparing import comparable, compare
from kommune3.solutions.fleet.queries.results import counts_of_plan
from kommune3.solutions.fleet.queries.standing import newest_trip_date
from kommune3.solutions.fleet.views import asking, comparing
from kommune3.solutions.fleet.views.picking import picked, runs_trail
from kommune3.solutions.fleet.views.shared import actor_of


def new_simulation(request: HttpRequest) -> HttpResponse:
    """Set the numbers by hand: from today's, or with ``?from=`` (and ``plan=``) from those of an earlier plan."""
    actor = actor_of(request)
    source = asking.source_of(request, actor)
    newest = newest_trip_date(actor)
    data = request.POST or None
    initial = asking.initial_of(source)
    if initial.get("goal") == RunGoal.VEHICLES:
        initial["goal"] = RunGoal.CASH
    form = SimulationForm(data, actor=actor, newest=newest, initial=initial)
    counts: CountsForm | None = None
    if data is not None and form.is_valid():
        counts = asking.counts_form(actor, form, data)
        if "ask" not in data and counts.is_bound and counts.is_valid():
            try:
                wanted = asking.asked_simulation(form, counts, source)
                return redirect("fleet:run", tasks.start_simulation(actor=actor, now=clock.now(), asked=wanted).pk)
            except FleetError as refusal:
                form.add_error(None, str(refusal))
    elif data is None and source is not None:
        counts = _earlier(actor, source, picked(request))
    context = {
        "title": _("New simulation"),
        "lead": _("Choose how many vehicles there are, and see how the same trips would have been driven."),
        "form": form,
        "counts": counts,
        "tables_for": asking.tables_for(counts.bases) if counts else "",
        "breadcrumbs": runs_trail(),
        "cancel": reverse("fleet:runs"),
        "has_trips": newest is not None,
    }
    return render(request, "fleet/simulation_new.html", context)


def compare_runs(request: HttpRequest) -> HttpResponse:
    """Two to four runs side by side."""
    actor = actor_of(request)
    offered = list(comparable(actor))
    chosen = request.GET.getlist("runs")
    form = CompareForm(request.GET if len(chosen) > 1 else None, offered=offered, initial={"runs": chosen})
    context = {
        "title": _("Compare"),
        "form": form,
        "breadcrumbs": runs_trail(),
        "offers": len(offered),
    }
    if form.is_bound and form.is_valid():
        order = [int(pk) for pk in chosen]
        found = compare(actor=actor, run_ids=order)
        context |= {"found": found, "figures": comparing.figures(found), "differs": comparing.differs(found)}
    return render(request, "fleet/compare.html", context)


def _earlier(actor: Actor, source: Run, plan_id: int | None) -> CountsForm:
    return asking.counts_of(actor, source, counts_of_plan(source, plan_id))
