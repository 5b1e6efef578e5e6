# SPDX-License-Identifier: MPL-2.0
"""What trackers in some of the demo cars tell: the movements behind eight weeks of their trips.

One car of Auning has been kept at the care centre for weeks, and another is often left there over night, so their
rounds look broken until that becomes a parking point. Some movements and fixes are missing, as they really are.
"""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from fleetplan.tracks import Leg as EngineLeg
from fleetplan.tracks import Place

from kommune3.kernel import clock
from kommune3.solutions.fleet.models import Base, Leg, ParkingPoint, Trip, Vehicle
from kommune3.solutions.fleet.queries.tracks import as_row

WEEKS = 8
TRACKED = {"Hjemmeplejen Auning": 6, "Vej og Park Grenaa": 4}
"""Base -> how many of its cars have a tracker."""
LEFT_ELSEWHERE = {"D2 002": 0.45, "D2 005": 1.0}
"""Cars that end the day at the care centre, and how often."""
LOST = 0.03
"""Of the trips the tracker misses the last movement."""
_SPEED_KMH = 45.0
_CARE_CENTRE = (0.0145, -0.0210)  # degrees from the base: about two km
_DEPOT = (-0.0090, 0.0120)
_REACH = 0.05


def seed_tracks(*, now: datetime) -> None:
    """Put the movements in, and the depot of roads and parks as a parking point."""
    today = clock.municipal_date(now)
    since, _end = clock.day_bounds(today - timedelta(weeks=WEEKS))
    rows: list[Leg] = []
    for name, cars in TRACKED.items():
        base = Base.objects.select_related("address").get(name=name)
        address = base.address
        if address is None or address.latitude is None or address.longitude is None:
            continue
        home = Place(address.latitude, address.longitude)
        for vehicle in Vehicle.objects.filter(base=base).order_by("registration")[:cars]:
            trips = list(Trip.objects.filter(vehicle=vehicle, start_at__gte=since).order_by("start_at"))
            rows += [as_row(vehicle.pk, leg) for leg in _movements(vehicle.registration, trips, home)]
        if name == "Vej og Park Grenaa":
            ParkingPoint.objects.create(
                base=base, name="Materielgården", latitude=home.latitude + _DEPOT[0],
                longitude=home.longitude + _DEPOT[1], radius_m=200, created_by_name="Demo", created_at=now,
            )  # fmt: skip
    Leg.objects.bulk_create(rows, batch_size=2000)


def _movements(registration: str, trips: list[Trip], home: Place) -> Iterator[EngineLeg]:
    dice = random.Random(f"tracks:{registration}")  # noqa: S311  believable driving, not a secret
    elsewhere = _beside(home, _CARE_CENTRE if registration.startswith("D2") else _DEPOT)
    stands = home
    for number, trip in enumerate(trips):
        is_last_of_day = number + 1 == len(trips) or trips[number + 1].start_at.date() != trip.start_at.date()
        share = LEFT_ELSEWHERE.get(registration, 0.15 if registration.startswith("D7") else 0.0)
        leaves_it = dice.random() < share and (is_last_of_day or share == 1.0)
        ends = elsewhere if leaves_it else home
        legs = list(_legs(registration, trip, stands, ends, home, dice))
        yield from legs[:-1] if dice.random() < LOST else legs
        stands = ends


def _legs(
    registration: str, trip: Trip, begins: Place, ends: Place, home: Place, dice: random.Random
) -> Iterator[EngineLeg]:
    """A trip as movements between stops: together as many km, in the same time, driving at about 45 km/h."""
    stops = dice.randint(2, 6)
    shares = [dice.uniform(0.5, 1.5) for _ in range(stops + 1)]
    places = [begins, *(_near(home, dice) for _ in range(stops)), ends]
    driving = timedelta(hours=trip.km / _SPEED_KMH)
    standing = (trip.end_at - trip.start_at - driving) / stops
    at = trip.start_at
    for number, share in enumerate(shares):
        part = share / sum(shares)
        end = trip.end_at if number == stops else at + driving * part
        one, two = (None if dice.random() < 0.004 else place for place in (places[number], places[number + 1]))
        yield EngineLeg(registration, at, end, round(trip.km * part, 3), one, two)
        at = end + standing


def _near(home: Place, dice: random.Random) -> Place:
    return _beside(home, (dice.uniform(-_REACH, _REACH), dice.uniform(-_REACH, _REACH) * 1.8))


def _beside(home: Place, by: tuple[float, float]) -> Place:
    return Place(home.latitude + by[0], home.longitude + by[1])
