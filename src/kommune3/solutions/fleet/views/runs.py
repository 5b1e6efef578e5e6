# SPDX-License-Identifier: MPL-2.0
"""Optimisations and simulations: the list, a new optimisation, and what can be done with either."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kommune3.kernel import clock
from kommune3.kernel.access import reach
from kommune3.solutions.fleet import tasks
from kommune3.solutions.fleet.errors import FleetError
from kommune3.solutions.fleet.forms import DescribeForm, RangesForm, RunForm
from kommune3.solutions.fleet.models import FleetMode, Run, RunGoal, RunStatus
from kommune3.solutions.fleet.operations import accepting
from kommune3.solutions.fleet.operations import runs as operations
from kommune3.solutions.fleet.queries.runs import ShownState, runs_of
from kommune3.solutions.fleet.queries.standing import newest_trip_date
from kommune3.solutions.fleet.views import asking
from kommune3.solutions.fleet.views.picking import below_run, picked, runs_trail
from kommune3.solutions.fleet.views.shared import actor_of, posted, trail
from kommune3.ui import lists

OPTIMISE = "fleet.runs.start"


class RunTable(lists.Table):
    """An optimisation or simulation per row."""

    title = lists.LinkColumn(url="fleet:run", verbose_name=gettext_lazy("Title"))
    mode = lists.StatusColumn(accessor="fleet_mode", verbose_name=gettext_lazy("Fleet"), choices=FleetMode)
    state = lists.StatusColumn(
        accessor="shown_state",
        verbose_name=gettext_lazy("State"),
        choices=ShownState,
        variants={"FINISHED": "success", "STARTED": "info", "FAILED": "error"},
    )
    status = lists.StatusColumn(
        verbose_name=gettext_lazy("Proof"),
        choices=RunStatus,
        variants={"OPTIMAL": "success", "INFEASIBLE": "warning", "NOT_FOUND": "warning"},
    )
    goal = lists.StatusColumn(verbose_name=gettext_lazy("Goal"), choices=RunGoal)
    trips = lists.NumberColumn(verbose_name=gettext_lazy("Trips"), decimals=0)
    accepted_at = lists.DateTimeColumn(verbose_name=gettext_lazy("Accepted"))
    created_at = lists.DateTimeColumn(verbose_name=gettext_lazy("Started"))

    class Meta(lists.Table.Meta):
        order_by = "-created_at"


class RunFilters(lists.FilterSet):
    """By words, and simulations apart from optimisations."""

    text = lists.SearchFilter(fields=("title", "note"))
    fleet_mode = lists.ChoiceFilter(label=gettext_lazy("Fleet"), choices=FleetMode.choices)


def runs(request: HttpRequest) -> HttpResponseBase:
    """The optimisations and simulations the actor may see; with ``?deleted=`` the one just deleted can be undone."""
    actor = actor_of(request)
    may = actor.may(OPTIMISE)
    deleted = request.GET.get("deleted", "")
    return lists.respond(
        request,
        rows=runs_of(actor),
        table=RunTable,
        filters=RunFilters,
        title=_("Optimisations and simulations"),
        noun=_("optimisations"),
        template="fleet/runs.html",
        context={
            "breadcrumbs": trail(),
            "may_start": may,
            "deleted": operations.deleted_run(actor=actor, run_id=int(deleted)) if deleted.isdigit() else None,
        },
        empty=lists.Empty(
            _("Nothing has been optimised yet"),
            _("Choose bases and a period, and see how few vehicles are enough, with proof."),
            _("New optimisation") if may else "",
            reverse("fleet:run_new") if may else "",
        ),
    )


def new_run(request: HttpRequest) -> HttpResponse:
    """Ask for an optimisation, from the beginning or with ``?from=`` as another one was asked.

    With ``ranges`` the limits of each model and the locks of each vehicle are asked too.
    """
    actor = actor_of(request)
    source = asking.source_of(request, actor)
    newest = newest_trip_date(actor)
    data = request.POST or None
    form = RunForm(data, actor=actor, newest=newest, initial=asking.initial_of(source))
    ranges: RangesForm | None = None
    if data is not None and form.is_valid():
        ranges = asking.ranges_form(actor, form, data, source)
        if "ask" not in data and (ranges is None or ranges.is_valid()):
            try:
                wanted = asking.asked_run(form, ranges, source)
                return redirect("fleet:run", tasks.start_run(actor=actor, now=clock.now(), asked=wanted).pk)
            except FleetError as refusal:
                form.add_error(None, str(refusal))
    elif data is None and source is not None:
        ranges = asking.ranges_of(actor, source)
    context = {
        "title": _("New optimisation"),
        "form": form,
        "ranges": ranges,
        "tables_for": asking.tables_for(ranges.bases) if ranges else "",
        "breadcrumbs": runs_trail(),
        "cancel": reverse("fleet:runs"),
        "has_trips": newest is not None,
    }
    return render(request, "fleet/run_new.html", context)


def edit(request: HttpRequest, run_id: int) -> HttpResponse:
    """Give a run another title and note."""
    actor = actor_of(request)
    run = reach.get(actor, Run, run_id, action=OPTIMISE)
    form = DescribeForm(request.POST or None, initial={"title": run.title, "note": run.note})
    if request.method == "POST" and form.is_valid():
        operations.describe_run(actor=actor, now=clock.now(), run_id=run_id, **form.cleaned_data)
        return redirect("fleet:run", run_id)
    context = {
        "title": _("Title and note"), "form": form, "breadcrumbs": below_run(run),
        "cancel": reverse("fleet:run", args=[run_id]),
    }  # fmt: skip
    return render(request, "fleet/form.html", context)


@posted("fleet:run", "run_id")
def accept(request: HttpRequest, run_id: int) -> HttpResponse | None:
    """Accept the proposal, or the plan that was picked; its effect goes into the ledger."""
    accepting.accept_plan(actor=actor_of(request), now=clock.now(), run_id=run_id, plan_id=picked(request))
    messages.success(request, _("The plan has been accepted, and its effect is in the ledger."))
    return None


@posted("fleet:run", "run_id")
def cancel(request: HttpRequest, run_id: int) -> HttpResponse | None:
    """Stop the job of a run."""
    actor = actor_of(request)
    run = reach.get(actor, Run, run_id, action=OPTIMISE)
    if operations.cancel_run(run, actor=actor, now=clock.now()):
        messages.info(request, _("The optimisation stops as soon as it can."))
    return None


@posted("fleet:run", "run_id")
def delete(request: HttpRequest, run_id: int) -> HttpResponse | None:
    """Delete a run that is not evidence; the list offers to undo it."""
    operations.delete_run(actor=actor_of(request), now=clock.now(), run_id=run_id)
    return redirect(f"{reverse('fleet:runs')}?deleted={run_id}")


def restore(request: HttpRequest, run_id: int) -> HttpResponse:
    """Bring a deleted run back."""
    if request.method != "POST":
        return redirect("fleet:runs")
    operations.restore_run(actor=actor_of(request), now=clock.now(), run_id=run_id)
    messages.success(request, _("It is here again."))
    return redirect("fleet:run", run_id)
