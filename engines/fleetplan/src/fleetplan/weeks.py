# SPDX-License-Identifier: MPL-2.0
"""A problem cut into weeks, and problems made of some of them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from fleetplan.errors import InvalidProblem
from fleetplan.problem import Objective, Problem, Trip

_WEEK = 7
_LEAST_TAIL_DAYS = 5
"""Where the trips stop before the last week does, so many of its days make it a week: nobody drives at weekends."""


@dataclass(frozen=True, slots=True)
class Week:
    """Seven local days from ``first_day`` on, and the trips that start in them. ``number``: 1, 2 … in order of time."""

    number: int
    first_day: date
    trips: tuple[Trip, ...]

    @property
    def km(self) -> float:
        return sum(trip.km for trip in self.trips)


def weeks_of(problem: Problem, *, first_day: date | None = None, last_day: date | None = None) -> tuple[Week, ...]:
    """The whole weeks from ``first_day`` to ``last_day`` (included) that have trips.

    Days are local to the zone of the bike rules. Without ``first_day`` the first week begins on the day of the first
    trip; without ``last_day`` the problem's ``period_days`` count, and where they are not told the last week needs
    trips on its fifth day or later. A trip belongs to the week it starts in, a shift to that of its first trip. Weeks
    without any trip are left out: they are holidays or gaps in the data, and would pass any test.
    Raises InvalidProblem where there is no whole week.
    """
    if not problem.trips:
        raise InvalidProblem("no_weeks", "trips", 0, "there are no trips")
    days = {trip.id: local_day(problem, trip) for trip in problem.trips}
    begins: dict[str, date] = {}
    for trip in sorted(problem.trips, key=lambda trip: trip.start):
        if trip.shift is not None:
            days[trip.id] = begins.setdefault(trip.shift, days[trip.id])
    first = first_day or min(days.values())
    last = last_day or _last_day(problem, first, max(days.values()))
    whole = ((last - first).days + 1) // _WEEK
    by_week: dict[int, list[Trip]] = {}
    for trip in problem.trips:
        by_week.setdefault((days[trip.id] - first).days // _WEEK, []).append(trip)
    found = tuple(
        Week(position, first + timedelta(weeks=offset), tuple(by_week[offset]))
        for position, offset in enumerate((offset for offset in sorted(by_week) if 0 <= offset < whole), start=1)
    )
    if not found:
        raise InvalidProblem("no_weeks", "trips", len(problem.trips), "the trips do not fill a whole week")
    return found


def _last_day(problem: Problem, first: date, last_trip: date) -> date:
    if problem.period_days is not None:
        return first + timedelta(days=round(problem.period_days) - 1)
    return last_trip + timedelta(days=_WEEK - _LEAST_TAIL_DAYS)


def only(problem: Problem, weeks: Iterable[Week], *, objective: Objective | None = None) -> Problem:
    """The problem with the trips of some weeks only, scaled from those weeks to a year.

    Unless another ``objective`` is given the problem's own stands, its cap on unserved trips in proportion (downwards).
    """
    chosen = tuple(weeks)
    trips = tuple(trip for week in chosen for trip in week.trips)
    cap = problem.objective.max_unserved
    if objective is None and cap:
        objective = replace(problem.objective, max_unserved=cap * len(trips) // len(problem.trips))
    return replace(
        problem,
        trips=trips,
        vehicles=(),
        objective=objective or problem.objective,
        period_days=float(_WEEK * len(chosen)),
    )


def local_day(problem: Problem, trip: Trip) -> date:
    """The local day on which a trip starts."""
    return trip.start.astimezone(ZoneInfo(problem.rules.bikes.zone)).date()
