# SPDX-License-Identifier: MPL-2.0
"""From trips to daily sums: a pure function. Nothing is rounded twice: sums do not depend on the trips' order.

A trip across midnight is out on each day it touches, began on the first, and gives each its share of km: by its
segments' km where it has them, else by time. Days and hours are municipal; a day has 23 or 25 hours when clocks change.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache

from kommune3.kernel import clock
from kommune3.kernel.clock import MUNICIPAL_ZONE
from kommune3.solutions.fleet.models.daily import ALL_KINDS, BANDS_KM

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Driven:
    """A trip as it is counted. ``segments``: [start, end, km] with instants in ISO 8601. No vehicle: nobody knows."""

    start_at: datetime
    end_at: datetime
    km: float
    segments: list[list[str | float]]
    vehicle: int | None
    model: int | None
    kind: str


@dataclass(slots=True)
class Use:
    """What one model's vehicles drove from a base on a day; as ``DailyUse``."""

    trips: int = 0
    underway: int = 0
    metres: int = 0
    away_seconds: int = 0
    vehicles: set[int | None] = field(default_factory=set)
    bands: list[int] = field(default_factory=lambda: [0] * (len(BANDS_KM) + 1))


@dataclass(slots=True)
class Hours:
    """When the vehicles of one type were out on a day; as ``HourlyUse``. ``turns``: (instant, +1 or -1)."""

    vehicles: set[int | None] = field(default_factory=set)
    seconds: list[int] = field(default_factory=lambda: [0] * 24)
    out: list[set[int | None]] = field(default_factory=lambda: [set() for _hour in range(24)])
    turns: list[tuple[datetime, int]] = field(default_factory=list)

    @property
    def peak(self) -> int:
        """Most vehicles out at one instant; one that comes back at an instant is not out then."""
        most = now = 0
        for _at, change in sorted(self.turns):
            now += change
            most = max(most, now)
        return most


@dataclass
class Counted:
    """Sums of a base's trips: by (day, model) and by (day, type)."""

    use: dict[tuple[date, int | None], Use]
    hours: dict[tuple[date, str], Hours]


def band_of(km: float) -> int:
    """The number of the band of lengths that a trip falls in: band 0 is [0, 2) km."""
    return sum(km >= limit for limit in BANDS_KM)


def count(trips: Iterable[Driven], first_day: date, end_day: date) -> Counted:
    """The sums of the days [first_day, end_day), from every trip of one base that touches one of them."""
    use: dict[tuple[date, int | None], Use] = defaultdict(Use)
    hours: dict[tuple[date, str], Hours] = defaultdict(Hours)
    for trip in trips:
        pieces = list(_pieces(trip))
        shares = _shares(trip, pieces)
        for position, (day, start, end) in enumerate(pieces):
            if not first_day <= day < end_day:
                continue
            row = use[day, trip.model]
            row.underway += 1
            row.metres += shares[position]
            row.away_seconds += round((end - start).total_seconds())
            row.vehicles.add(trip.vehicle)
            if position == 0:
                row.trips += 1
                row.bands[band_of(trip.km)] += 1
            parts = [(hour, seconds) for hour, seconds in _hours(day, start, end)]
            for kind in (ALL_KINDS, trip.kind) if trip.kind else (ALL_KINDS,):
                hourly = hours[day, kind]
                hourly.vehicles.add(trip.vehicle)
                hourly.turns += [(start, 1), (end, -1)]
                for hour, seconds in parts:
                    hourly.seconds[hour] += seconds
                    hourly.out[hour].add(trip.vehicle)
    return Counted(use, hours)


def _pieces(trip: Driven) -> Iterator[tuple[date, datetime, datetime]]:
    """The trip cut at each municipal midnight: (day, start, end)."""
    start = trip.start_at
    while start < trip.end_at:
        day = clock.municipal_date(start)
        end = min(trip.end_at, _bounds(day)[1])
        yield day, start, end
        start = end


def _shares(trip: Driven, pieces: list[tuple[date, datetime, datetime]]) -> list[int]:
    """Whole metres of the trip on each of its days; together exactly the trip's."""
    total = round(trip.km * 1000)
    if len(pieces) == 1:
        return [total]
    weights = [sum(_overlap(segment, start, end) for segment in trip.segments) for _day, start, end in pieces]
    if not sum(weights):
        weights = [(end - start).total_seconds() for _day, start, end in pieces]
    whole, reached, shares = sum(weights), 0.0, []
    for weight in weights[:-1]:
        before, reached = reached, reached + weight
        shares.append(round(total * reached / whole) - round(total * before / whole))
    return [*shares, total - sum(shares)]


def _overlap(segment: list[str | float], start: datetime, end: datetime) -> float:
    """The km of a segment that were driven in [start, end)."""
    begins, ends = datetime.fromisoformat(str(segment[0])), datetime.fromisoformat(str(segment[1]))
    if ends <= begins:
        return float(segment[2]) if start <= begins < end else 0.0
    together = (min(ends, end) - max(begins, start)).total_seconds()
    return float(segment[2]) * max(0.0, together) / (ends - begins).total_seconds()


def _hours(day: date, start: datetime, end: datetime) -> Iterator[tuple[int, int]]:
    """(hour of the clock, seconds of it) that [start, end) covers on its day."""
    midnight, _until = _bounds(day)
    names = _names_of_hours(day)
    position = int((start - midnight) / _HOUR)
    while start < end:
        until = min(end, midnight + (position + 1) * _HOUR)
        yield names[position], round((until - start).total_seconds())
        start, position = until, position + 1


@lru_cache(maxsize=1024)
def _bounds(day: date) -> tuple[datetime, datetime]:
    return clock.day_bounds(day)


@lru_cache(maxsize=1024)
def _names_of_hours(day: date) -> tuple[int, ...]:
    """The hour of the clock of each hour of a day; the differences from UTC are whole hours."""
    start, end = _bounds(day)
    return tuple((start + n * _HOUR).astimezone(MUNICIPAL_ZONE).hour for n in range(int((end - start) / _HOUR)))
