# SPDX-License-Identifier: MPL-2.0
"""Windows: what trips on one vehicle mean for each other beyond not overlapping (range, rest, a bike's km a day).

A window opens with a trip and lasts 24 h. In it the vehicle drives at most ``range_km`` and is out at most 24 h less
``rest_hours``. The first trip that starts later opens the next, with the range full again. This is the peer's rule
for electric cars ("sleep") and for a bike's km a day.
"""

from collections.abc import Iterable
from datetime import timedelta

from fleetplan.instants import DAY_US, HOUR_US, microseconds
from fleetplan.problem import Trip, VehicleClass

Leg = tuple[int, int, float, bool]
"""A trip as the window rule sees it: start and end in µs, km, and whether it is too long to share a window."""

_LONG_AGO = -(2**62)
_KM_SLACK = 1e-9


class Walk:
    """One vehicle driven through its legs in time order: the state of its current window."""

    __slots__ = ("busy", "busy_us", "km", "opened", "opens", "range_km")

    def __init__(self, vehicle_class: VehicleClass) -> None:
        km = vehicle_class.range_km
        self.range_km = float("inf") if km is None else km + _KM_SLACK
        self.busy_us = round((24 - vehicle_class.rest_hours) * HOUR_US)
        self.opens = _LONG_AGO
        self.km = 0.0
        self.busy = 0
        self.opened = False

    def restarted(self) -> "Walk":
        """The same rule with no window open."""
        return self._copy(_LONG_AGO, 0.0, 0)

    def step(self, legs: tuple[Leg, ...]) -> bool:
        """Drive one more job; False where it breaks range or rest. ``opened``: its first leg opened a window."""
        holds = True
        for number, (start, end, km, long) in enumerate(legs):
            opens = start - self.opens >= DAY_US
            if number == 0:
                self.opened = opens
            if opens:
                self.opens, self.km, self.busy = start, 0.0, 0
                if long:
                    # A trip too long for a window has one to itself.
                    self.km, self.busy = self.range_km, self.busy_us
                    continue
            elif long:
                holds = False
            self.km += km
            self.busy += end - start
            if self.km > self.range_km or self.busy > self.busy_us:
                holds = False
        return holds

    def spare_after(self, legs: tuple[Leg, ...]) -> float | None:
        """How much of a window would be left after these legs, 0..1; None where they break it. Changes nothing."""
        trial = self._copy(self.opens, self.km, self.busy)
        if not trial.step(legs):
            return None
        return min(1 - trial.busy / self.busy_us, 1 - trial.km / self.range_km)

    def _copy(self, opens: int, km: float, busy: int) -> "Walk":
        copy = Walk.__new__(Walk)
        copy.range_km, copy.busy_us = self.range_km, self.busy_us
        copy.opens, copy.km, copy.busy, copy.opened = opens, km, busy, False
        return copy


def make_legs(trips: Iterable[Trip], vehicle_class: VehicleClass) -> tuple[Leg, ...]:
    """Trips in time order as this class's windows see them."""
    return tuple((microseconds(t.start), microseconds(t.end), t.km, too_long(t, vehicle_class)) for t in trips)


def too_long(trip: Trip, vehicle_class: VehicleClass) -> bool:
    """Whether a trip alone exceeds what one window of this class holds."""
    if not vehicle_class.has_windows:
        return False
    return (vehicle_class.range_km is not None and trip.km > vehicle_class.range_km) or (
        trip.end - trip.start > timedelta(hours=24 - vehicle_class.rest_hours)
    )


def walks_by_segments(trip: Trip, vehicle_class: VehicleClass) -> bool:
    """Whether a trip too long for a window can be driven: range full again after each pause of ``rest_hours``.

    A trip of unknown segments cannot. Source: the peer's rule for round trips longer than 24 h less rest.
    """
    if not trip.segments:
        return False
    limit = float("inf") if vehicle_class.range_km is None else vehicle_class.range_km
    rest = timedelta(hours=vehicle_class.rest_hours)
    left = limit
    previous = None
    rested = trip.end - trip.start <= timedelta(hours=24) - rest
    for segment in trip.segments:
        if previous is not None and vehicle_class.rest_hours > 0 and segment.start - previous >= rest:
            left = limit
            rested = True
        if segment.km > left:
            return False
        left -= segment.km
        previous = segment.end
    return rested
