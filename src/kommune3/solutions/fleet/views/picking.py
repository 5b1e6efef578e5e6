# SPDX-License-Identifier: MPL-2.0
"""Which run and which of its plans a page speaks of."""

from urllib.parse import urlencode

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from kommune3.solutions.fleet.models import Plan, PlanKind, Run
from kommune3.solutions.fleet.views.shared import trail


def picked(request: HttpRequest) -> int | None:
    """The key of the plan that the reader picked in the address or the form; None = the run's proposal."""
    asked = request.POST.get("plan") or request.GET.get("plan")
    if not asked:
        return None
    if not asked.isdigit():
        raise Http404
    return int(asked)


def runs_trail(*above: tuple[str, str]) -> list[tuple[str, str]]:
    """The pages above one of an optimisation or simulation."""
    return trail((_("Optimisations"), reverse("fleet:runs")), *above)


def below_run(run: Run) -> list[tuple[str, str]]:
    """The pages above one that tells a part of a run."""
    return runs_trail((run.title, reverse("fleet:run", args=[run.pk])))


def plan_url(plan: Plan) -> str:
    """The page of a plan."""
    if plan.kind == PlanKind.PROPOSED:
        return reverse("fleet:run", args=[plan.run_id])
    return reverse("fleet:run_plan", args=[plan.run_id, plan.pk])


def trips_url(plan: Plan, **filters: object) -> str:
    """The list of a plan's trips, filtered."""
    chosen = {"plan": plan.pk} if plan.kind != PlanKind.PROPOSED else {}
    query = urlencode({**chosen, **filters})
    address = reverse("fleet:run_trips", args=[plan.run_id])
    return f"{address}?{query}" if query else address
