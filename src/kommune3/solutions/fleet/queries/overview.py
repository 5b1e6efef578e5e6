# SPDX-License-Identifier: MPL-2.0
"""The state of the fleet at a glance."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max, OuterRef, QuerySet, Subquery, Sum

from kommune3.kernel import clock
from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import WHOLE_MUNICIPALITY, Actor
from kommune3.solutions.fleet.models import Base, DailyUse, ImportState, PlanKind, Run, RunState, Trip, TripImport
from kommune3.solutions.fleet.models.runs import Plan
from kommune3.solutions.fleet.queries.maps import PlacedBase, placed_bases
from kommune3.solutions.fleet.queries.rates import missing_rates
from kommune3.solutions.fleet.queries.runs import ShownState, runs_of

YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Overview:
    """Figures for the front page. ``trips`` and ``km`` are of the last 365 days; ``newest_trip_at`` of all time."""

    bases: list[PlacedBase]
    trips: int
    km: float
    since: datetime
    newest_trip_at: datetime | None
    missing_rates: int
    latest_run: Run | None
    vehicles_needed: int | None
    imports_waiting: bool
    runs: Sequence[Run]

    @property
    def vehicles(self) -> int:
        """Vehicles standing at the bases today."""
        return sum(base.vehicles for base in self.bases)

    @property
    def electric(self) -> int:
        """How many of them run on electricity."""
        return sum(base.electric for base in self.bases)

    @property
    def shown_runs(self) -> list[tuple[Run, str]]:
        """The latest runs, each with its state in words."""
        return [(run, str(ShownState(run.shown_state).label)) for run in self.runs]  # type: ignore[attr-defined]


def get_overview(*, actor: Actor, now: datetime) -> Overview:
    """The overview of everything the actor may see."""
    today = clock.municipal_date(now)
    bases = placed_bases(actor=actor, on=today)
    since = now - YEAR
    newest = trips_of(actor).aggregate(at=Max("start_at"))["at"]
    year = _sums_of(actor).filter(day__gte=clock.municipal_date(since)).aggregate(Sum("trips"), Sum("metres"))
    needed = Plan.objects.filter(run=OuterRef("pk"), kind=PlanKind.PROPOSED).values("vehicles")
    runs = list(runs_of(actor).annotate(vehicles_needed=Subquery(needed)).order_by("-id")[:5])
    latest = next((run for run in runs if run.state == RunState.FINISHED), None)
    imports_waiting = reach.visible(actor, TripImport).filter(state=ImportState.READY).exists()
    return Overview(
        bases=bases,
        trips=year["trips__sum"] or 0,
        km=(year["metres__sum"] or 0) / 1000,
        since=since,
        newest_trip_at=newest,
        missing_rates=len(missing_rates(actor=actor, on=today)),
        latest_run=latest,
        vehicles_needed=latest.vehicles_needed if latest else None,
        imports_waiting=imports_waiting,
        runs=runs,
    )


def _sums_of(actor: Actor) -> QuerySet[DailyUse]:
    """The daily sums of the bases the actor may see."""
    if _sees_everything(actor):
        return DailyUse.objects.all()
    return DailyUse.objects.filter(base__in=reach.visible(actor, Base).order_by())


def _sees_everything(actor: Actor) -> bool:
    return actor.is_system or any(held.unit_path == WHOLE_MUNICIPALITY for held in actor.holding("fleet.read"))


def trips_of(actor: Actor) -> QuerySet[Trip]:
    """The trips the actor may see. Asked through the few bases, so that an index on the many trips can be used."""
    if _sees_everything(actor):
        return Trip.objects.all()
    return Trip.objects.filter(base__in=reach.visible(actor, Base).order_by())
