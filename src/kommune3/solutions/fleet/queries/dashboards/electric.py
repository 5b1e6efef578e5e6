# SPDX-License-Identifier: MPL-2.0
"""Electric cars' share: of the cars' km, of their trips, and of the cars themselves.

Bikes count neither as electric nor otherwise, and trips whose vehicle nobody knows are left out.
"""

from collections.abc import Hashable, Sequence

from django.utils.translation import gettext_lazy

from kommune3.solutions.fleet.models import Energy
from kommune3.solutions.fleet.queries.dashboards import labels, standing
from kommune3.solutions.fleet.queries.dashboards.answers import Answer, Column, Told
from kommune3.solutions.fleet.queries.dashboards.driving import km_of
from kommune3.solutions.fleet.queries.dashboards.loading import TOTAL, Gathered, UseRow, buckets_of, gather
from kommune3.solutions.fleet.queries.dashboards.selection import OVER_TIME, Per, Selection, end_of
from kommune3.solutions.fleet.queries.dashboards.standing import CARS, Standing

COLUMNS = (
    Column("ev_km_per_cent", gettext_lazy("Of the km"), "%", 1),
    Column("ev_trips_per_cent", gettext_lazy("Of the trips"), "%", 1),
    Column("ev_vehicles_per_cent", gettext_lazy("Of the cars"), "%", 1),
)


def is_car(row: UseRow) -> bool:
    """Whether a car drove it, as far as is known."""
    return row.model is not None and row.model.kind in CARS


def is_electric(row: UseRow) -> bool:
    """Whether an electric car did."""
    return is_car(row) and row.model is not None and row.model.energy == Energy.ELECTRICITY


def share(selection: Selection, fewest: int) -> Answer:
    """Per cent of each bucket; a share is hidden where the electric cars or the others are too few to be told."""
    gathered, before = gather(selection)
    bases = [place.pk for place in selection.places]
    earlier = selection.before()
    stood = standing.standings(bases, earlier.first_day, selection.end_day)
    rows = [
        labels.row_of(selection, bucket, _shares(gathered, bucket, _stood(selection, bucket, stood), fewest))
        for bucket in buckets_of(selection, gathered)
    ]
    return Answer(
        head=labels.head_of(selection), columns=COLUMNS, rows=rows, fewest=fewest,
        totals=_shares(gathered, TOTAL, standing.on(stood, selection.last_day), fewest),
        before=_shares(before, TOTAL, standing.on(stood, earlier.last_day), fewest),
    )  # fmt: skip


def _shares(gathered: Gathered, bucket: Hashable, stood: Sequence[Standing], fewest: int) -> tuple[Told, ...]:
    cars = [row for row in gathered.rows(bucket) if is_car(row)]
    electric = [row for row in cars if is_electric(row)]
    few = gathered.part(bucket).is_small(fewest) or any(
        gathered.basis(bucket, wanted).is_small(fewest)
        for wanted in (is_electric, lambda row: is_car(row) and not is_electric(row))
    )
    standing_cars = [each for each in stood if each.is_car]
    return (
        Told.of(per_cent(km_of(electric), km_of(cars)), few=few),
        Told.of(per_cent(sum(row.trips for row in electric), sum(row.trips for row in cars)), few=few),
        Told.of(per_cent(sum(each.is_electric for each in standing_cars), len(standing_cars))),
    )


def per_cent(part: float, whole: float) -> float | None:
    """The part in per cent of the whole; None where there is no whole."""
    return 100 * part / whole if whole else None


def _stood(selection: Selection, bucket: Hashable, stood: Sequence[Standing]) -> list[Standing]:
    """The vehicles of a bucket on its last day."""
    if selection.per in OVER_TIME:
        end = min(selection.end_day, end_of(bucket, selection.per))  # type: ignore[arg-type]
        return standing.on(stood, end - (selection.end_day - selection.last_day))
    found = standing.on(stood, selection.last_day)
    if selection.per == Per.UNIT:
        bases = {place.pk for place in selection.places if place.unit_id == bucket}
        return [each for each in found if each.base in bases]
    return [each for each in found if each.base == bucket]
