# SPDX-License-Identifier: MPL-2.0
"""A believable day of driving at a base. The same day at the same base is always the same."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from kommune3.kernel import clock
from kommune3.kernel.clock import MUNICIPAL_ZONE
from kommune3.solutions.fleet.demo.places import TOWBAR, Work


@dataclass(frozen=True)
class Drive:
    """A round trip of the ``vehicle``-th vehicle of the base; times are local."""

    vehicle: int
    start_at: datetime
    end_at: datetime
    km: float
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Turn:
    """A part of a day in which a vehicle may be out: leaves about ``leaves``, is away ``hours``, drives at ``kmh``.

    ``use``: the share of the base's vehicles that go, on working days and otherwise.
    """

    leaves: time
    spread_minutes: int
    hours: tuple[float, float]
    kmh: tuple[float, float]
    use: tuple[float, float]


# Home care drives in shifts, 7-15 and 15-23, every day of the year, with fewer routes in weekends and on holidays.
_TURNS: dict[Work, tuple[Turn, ...]] = {
    Work.HOME_CARE: (
        Turn(time(7, 15), 25, (3.3, 4.4), (7, 13), (0.82, 0.66)),
        Turn(time(12, 20), 20, (1.4, 2.4), (7, 13), (0.70, 0.55)),
        Turn(time(15, 30), 25, (2.4, 3.2), (8, 14), (0.50, 0.46)),
        Turn(time(19, 15), 20, (2.0, 3.1), (8, 14), (0.46, 0.44)),
    ),
    Work.NURSING: (
        Turn(time(7, 30), 30, (2.2, 3.6), (11, 18), (0.75, 0.50)),
        Turn(time(12, 0), 35, (1.6, 2.8), (11, 18), (0.62, 0.30)),
        Turn(time(16, 0), 40, (3.0, 5.5), (9, 15), (0.30, 0.30)),
    ),
    Work.TECHNICAL: (
        Turn(time(6, 45), 20, (2.4, 2.9), (8, 20), (0.72, 0.04)),
        Turn(time(10, 0), 20, (1.6, 2.3), (8, 20), (0.60, 0.0)),
        Turn(time(12, 50), 20, (1.2, 2.0), (8, 20), (0.52, 0.0)),
    ),
    Work.POOL: (
        Turn(time(8, 20), 50, (1.2, 3.0), (16, 32), (0.55, 0.0)),
        Turn(time(12, 40), 50, (1.0, 2.8), (16, 32), (0.50, 0.0)),
    ),
}
_WINTER_MONTHS = (12, 1, 2)
_HOLIDAY_MONTH = 7


def drives_of(base: str, work: Work, vehicles: int, day: date) -> Iterator[Drive]:
    """The drives of a day at a base with this many vehicles, vehicle by vehicle in order of time."""
    dice = random.Random(f"{base}:{day.isoformat()}")  # noqa: S311  a believable day, not a secret
    is_working = clock.is_working_day(day)
    back: dict[int, datetime] = {}
    for turn in _TURNS[work]:
        share = turn.use[0 if is_working else 1] * _season(work, day) * dice.uniform(0.88, 1.08)
        going = min(vehicles, round(vehicles * share))
        for vehicle in sorted(dice.sample(range(vehicles), going)):
            drive = _drive(dice, turn, vehicle, day, work)
            if back.get(vehicle, drive.start_at) <= drive.start_at:
                back[vehicle] = drive.end_at + timedelta(minutes=6)
                yield drive


def _drive(dice: random.Random, turn: Turn, vehicle: int, day: date, work: Work) -> Drive:
    leaves = datetime.combine(day, turn.leaves, MUNICIPAL_ZONE)
    start = leaves + timedelta(seconds=round(dice.gauss(0, turn.spread_minutes * 30)))
    hours = dice.uniform(*turn.hours)
    km = round(hours * dice.uniform(*turn.kmh), 1)
    needs = (TOWBAR,) if work is Work.TECHNICAL and dice.random() < 0.2 else ()
    return Drive(vehicle, start, start + timedelta(seconds=round(hours * 3600)), km, needs)


def _season(work: Work, day: date) -> float:
    """Less in the summer holidays, more for roads in winter and for care in the cold months."""
    if day.month == _HOLIDAY_MONTH:
        return 0.9 if work in (Work.HOME_CARE, Work.NURSING) else 0.55
    if day.month in _WINTER_MONTHS:
        return 1.12 if work is Work.TECHNICAL else 1.04
    return 1.0
