# SPDX-License-Identifier: MPL-2.0
"""Some days of bookings at the demo's pool and care bases: made in a believable order, allocated by the engine."""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from kommune3.kernel import clock
from kommune3.kernel.access.actor import system
from kommune3.kernel.clock import MUNICIPAL_ZONE
from kommune3.kernel.organisation.models import Employment
from kommune3.kernel.people.models import Account, Person
from kommune3.solutions.fleet.models import Base, Booking, BookingState, Vehicle, Whereabouts
from kommune3.solutions.fleet.operations import allocating, dispatch_effects

DAYS_BACK, DAYS_AHEAD = 7, 3
_BASES = {"Rådhuset Grenaa": 11, "Hjemmeplejen Grenaa": 8}  # base -> wishes on a working day
_LOGIN = "medarbejder"
_PURPOSES = ("Møde i Aarhus", "Tilsyn", "Kursus", "Møde i Auning", "Levering", "Hjemmebesøg", "Netværksmøde", "")
_HOURS = (1.0, 1.5, 2.0, 2.0, 3.0, 4.0)
_SPREAD = (8.0, 8.5, 9.0, 9.0, 9.5, 10.0, 10.5, 12.0, 12.5, 13.0, 13.5, 14.0)
_ACTOR = system("fleet.demo")


def seed_bookings(*, now: datetime) -> None:
    """Bookings of the last week and the next days, keys and parking spaces, and what the allocation gained."""
    today = clock.municipal_date(now)
    bases = list(Base.objects.filter(name__in=_BASES).select_related("unit"))
    for base in bases:
        _whereabouts(base)
        people = _people(base)
        for offset in range(-DAYS_BACK, DAYS_AHEAD + 1):
            day = today + timedelta(days=offset)
            rows = list(_wishes(base, day, people)) if clock.is_working_day(day) else []
            Booking.objects.bulk_create(rows)
            if rows:
                before = datetime.combine(day, time(6), MUNICIPAL_ZONE).astimezone(UTC)
                allocating.allocate(base, day, actor=_ACTOR, now=min(before, now), quiet=True)
                _lived(base, day, now=now)
    dispatch_effects.close_past(now=now)
    days = set()
    for base, day in dispatch_effects.days_to_count(now=now):
        if dispatch_effects.count_day(base, day, actor=_ACTOR, now=now):
            days.add(day)
    for day in sorted(days):
        dispatch_effects.record_day(day, actor=_ACTOR, now=now)


def _whereabouts(base: Base) -> None:
    vehicles = list(Vehicle.objects.filter(base=base).order_by("registration"))
    Whereabouts.objects.bulk_create(
        Whereabouts(vehicle=vehicle, key_place=f"Nøgleskab i forhallen, krog {hook}", parking=f"Plads {hook + 10}")
        for hook, vehicle in enumerate(vehicles, start=1)
    )


def _people(base: Base) -> list[Person]:
    """Those employed in the base's unit and beside it; where the demo's employee is one of them, first of all."""
    near = base.unit.parent or base.unit
    employed = (
        Employment.objects.filter(unit__path__startswith=near.path, valid_to=None)
        .select_related("person")
        .order_by("id")
    )
    people = [employment.person for employment in employed]
    account = Account.objects.filter(username=_LOGIN).select_related("person").first()
    if account and account.person in people:
        people.remove(account.person)
        people.insert(0, account.person)
    return people


def _wishes(base: Base, day: date, people: list[Person]) -> Iterator[Booking]:
    """The day's wishes, in the order they were made over the days before."""
    dice = random.Random(f"{base.name}:{day.isoformat()}:bookings")  # noqa: S311  a believable day, not a secret
    taken: list[tuple[Person, datetime, datetime]] = []
    for number in range(_BASES[base.name] if people else 0):
        start = datetime.combine(day, time(0), MUNICIPAL_ZONE) + timedelta(hours=dice.choice(_SPREAD))
        hours = dice.choice(_HOURS)
        end = start + timedelta(hours=hours)
        made = datetime.combine(day, time(8), MUNICIPAL_ZONE) - timedelta(days=3, minutes=7 * (60 - number))
        km, purpose = round(hours * dice.uniform(8, 28)), dice.choice(_PURPOSES)
        in_turn = people[number % len(people) :] + people[: number % len(people)]
        busy = {person.pk for person, since, until in taken if since < end and start < until}
        person = next((each for each in in_turn if each.pk not in busy), None)
        if person is not None:
            taken.append((person, start, end))
            yield Booking(
                base=base, person=person, booked_by=person, start_at=start.astimezone(UTC), end_at=end.astimezone(UTC),
                km=km, purpose=purpose, created_at=made.astimezone(UTC),
            )  # fmt: skip


def _lived(base: Base, day: date, *, now: datetime) -> None:
    """What became of the bookings that have begun by now."""
    dice = random.Random(f"{base.name}:{day.isoformat()}:lived")  # noqa: S311  as above
    start, end = clock.day_bounds(day)
    rows = Booking.objects.filter(base=base, start_at__gte=start, start_at__lt=end, vehicle__isnull=False)
    for row in rows.filter(start_at__lte=now).order_by("start_at", "id"):
        row.started_at, row.state = row.start_at, BookingState.STARTED
        if row.end_at <= now:
            row.state, row.returned_at = BookingState.RETURNED, row.end_at
            row.driven_km = round(row.km * dice.uniform(0.85, 1.15), 1)
        row.save()
