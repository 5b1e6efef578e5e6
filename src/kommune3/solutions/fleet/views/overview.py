# SPDX-License-Identifier: MPL-2.0
"""The front page of the fleet: how it stands, and what to do next."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from kommune3.kernel import clock
from kommune3.kernel.access.actor import Actor
from kommune3.solutions.fleet.queries.overview import Overview, get_overview
from kommune3.solutions.fleet.views.pictures import map_of
from kommune3.solutions.fleet.views.shared import actor_of


@dataclass(frozen=True)
class Step:
    """Something to do next."""

    title: str
    text: str
    url: str
    action: str


def overview(request: HttpRequest) -> HttpResponse:
    """Key figures, each leading to its rows, and the next steps."""
    actor, now = actor_of(request), clock.now()
    found = get_overview(actor=actor, now=now)
    context = {
        "title": _("Fleet"),
        "lead": _("How many vehicles do you need, and which vehicle should take which trip?"),
        "breadcrumbs": [(_("Home"), "/")],
        "overview": found,
        "trips_url": f"{reverse('fleet:trips')}?start_at_after={clock.municipal_date(found.since):%Y-%m-%d}",
        "electric_note": _("Of these %(n)s electric") % {"n": found.electric},
        "steps": next_steps(found, actor),
        "map": map_of(found.bases),
        "may_optimise": actor.may("fleet.runs.start") and found.newest_trip_at is not None,
    }
    return render(request, "fleet/overview.html", context)


def next_steps(found: Overview, actor: Actor) -> list[Step]:
    """What is worth doing, most urgent first; only what the actor may do."""
    steps = []
    if found.imports_waiting and actor.may("fleet.trips.import"):
        steps.append(
            Step(
                _("An import awaits your decision"),
                _("The file has been read. Look at it, and import or discard it."),
                reverse("fleet:imports"),
                _("See imports"),
            )
        )
    if not found.vehicles and actor.may("fleet.vehicles.edit"):
        steps.append(
            Step(
                _("Create your vehicles and bases"),
                _("Then imported trips find their vehicles, and a proposal can be compared with today."),
                reverse("fleet:bases"),
                _("To bases"),
            )
        )
    if found.newest_trip_at is None and actor.may("fleet.trips.import"):
        steps.append(
            Step(
                _("Import a trip file"),
                _("A CSV file from your fleet system is enough. You see everything before it counts."),
                reverse("fleet:import_new"),
                _("Import a trip file"),
            )
        )
    if found.missing_rates and actor.may("fleet.rates.edit"):
        steps.append(
            Step(
                _("Fill in your prices"),
                _(
                    "%(count)s rates are missing in the municipality's own set. Until then you can compare with the "
                    "2022 set."
                )
                % {"count": found.missing_rates},
                reverse("fleet:rates"),
                _("To rates"),
            )
        )
    if found.newest_trip_at is not None and not found.runs and actor.may("fleet.runs.start"):
        steps.append(
            Step(
                _("Find the best fleet"),
                _("There are trips enough to begin. It takes from seconds to a few minutes."),
                reverse("fleet:run_new"),
                _("New optimisation"),
            )
        )
    return steps
