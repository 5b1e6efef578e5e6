# SPDX-License-Identifier: MPL-2.0
"""The units' targets, and how far each is: measured over the 365 days up to the newest day with trips."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.solutions.fleet.models import Measure, Target
from kommune3.solutions.fleet.queries.dashboards import standing
from kommune3.solutions.fleet.queries.dashboards.answers import Column, Told
from kommune3.solutions.fleet.queries.dashboards.driving import km_of
from kommune3.solutions.fleet.queries.dashboards.electric import is_car, is_electric, per_cent
from kommune3.solutions.fleet.queries.dashboards.emission import Factors
from kommune3.solutions.fleet.queries.dashboards.loading import TOTAL, Gathered, UseRow, rows_by_base
from kommune3.solutions.fleet.queries.dashboards.selection import Per, Reach, Selection, reach_of
from kommune3.solutions.fleet.queries.limits import fewest

YEAR_DAYS = 365
_ONE_DAY = timedelta(days=1)
_AT_LEAST = (Measure.EV_KM, Measure.EV_VEHICLES)
MEASURES = {
    "co2e": (Measure.CO2E_T,), "km": (Measure.KM,), "electric": (Measure.EV_KM, Measure.EV_VEHICLES),
}  # fmt: skip
COLUMNS = {
    Measure.EV_KM: Column("ev_km", "", "%", 1),
    Measure.EV_VEHICLES: Column("ev_vehicles", "", "%", 1),
    Measure.KM: Column("km", "", "km", 0),
    Measure.CO2E_T: Column("co2e_t", "", "t", 1),
}


@dataclass(frozen=True)
class Progress:
    """A target and how it stands. ``is_reached`` is None where that cannot be told."""

    target: Target
    now: Told
    column: Column
    is_reached: bool | None
    is_due: bool

    @property
    def measure(self) -> Measure:
        return Measure(self.target.measure)


def shown_targets(*, actor: Actor, on: date, measures: Collection[Measure] = tuple(Measure)) -> list[Progress]:
    """The targets in force that the actor may see: of each unit and measure the one set last."""
    newest: dict[tuple[object, str], Target] = {}
    rows = reach.visible(actor, Target).filter(measure__in=measures, set_on__lte=on).select_related("unit")
    for target in rows.order_by("unit__name", "measure", "set_on"):
        newest[target.unit_id, target.measure] = target
    return progress_of(list(newest.values()), reach_of(actor), on=on) if newest else []


def progress_of(targets: Sequence[Target], found: Reach, *, on: date) -> list[Progress]:
    """How each target stands."""
    end_day = (found.newest_day or on) + _ONE_DAY
    year = Selection(found, end_day - timedelta(days=YEAR_DAYS), end_day, per=Per.BASE)
    factors, few_below = Factors(), fewest(on=on)
    rows = list(rows_by_base(year, factors.cuts(year)))
    stood = standing.on(standing.standings((place.pk for place in found.places), year.last_day, end_day), year.last_day)
    told = []
    for target in targets:
        bases = {place.pk for place in found.places if place.unit_path.startswith(target.unit.path)}
        measure = Measure(target.measure)
        if measure == Measure.EV_VEHICLES:
            cars = [each for each in stood if each.base in bases and each.is_car]
            now = Told.of(per_cent(sum(each.is_electric for each in cars), len(cars)))
        else:
            now = _driven(measure, [row for row in rows if row.base in bases], factors, year, few_below)
        reached = None
        if now.value is not None:
            wanted = float(target.value)
            reached = now.value >= wanted if measure in _AT_LEAST else now.value <= wanted
        told.append(Progress(target, now, COLUMNS[measure], reached, target.due_date <= on))
    return told


def _driven(measure: Measure, rows: list[UseRow], factors: Factors, year: Selection, few_below: int) -> Told:
    gathered = Gathered(year)
    for row in rows:
        gathered.add(TOTAL, row._replace(layer=0))
    few = gathered.basis(TOTAL).is_small(few_below)
    if measure == Measure.KM:
        return Told.of(km_of(rows), few=few)
    if measure == Measure.CO2E_T:
        unknown = any(factors.lack(row) is not None for row in rows)
        return Told.of(None if unknown else sum(map(factors.kg, rows)) / 1000, few=few, unknown=unknown)
    cars = [row for row in rows if is_car(row)]
    electric = [row for row in cars if is_electric(row)]
    few = few or gathered.basis(TOTAL, is_electric).is_small(few_below)
    return Told.of(per_cent(km_of(electric), km_of(cars)), few=few)
