# SPDX-License-Identifier: MPL-2.0
"""A published plan of the small day, laid by hand, and a carer and a citizen who log in."""

from datetime import timedelta

from persons import NOW, grant

from kommune3.kernel.access import standard
from kommune3.kernel.people.models import Account, Person
from kommune3.solutions.care import access
from kommune3.solutions.care.models import Plan, PlanOrigin, PlanState, Stop
from kommune3.solutions.care.tests.day import Day, at

LAID = {
    "medicine": (("Anna", "07:20"),),
    "breakfast": (("Anna", "07:45"),),
    "lift": (("Anna", "08:30"), ("Bent", "08:30")),
    "morning": (("Bent", "07:40"),),
    "bath": (("Bent", "09:30"),),
    "wound": (("Anna", "09:40"),),
    "call": (("Carla", "10:15"),),
    "cleaning": (("Carla", "14:10"),),
}
"""Who makes which visit from when. The cleaning begins ten minutes after its window."""


def publish(day: Day) -> Plan:
    """The day's published plan as :data:`LAID`; each way takes six minutes and 2,4 km."""
    plan = Plan.objects.create(
        team=day.team, date=day.date, origin=PlanOrigin.SEARCHED, state=PlanState.PUBLISHED, created_by_name="Prøve",
        created_at=NOW, published_at=NOW, published_by_name="Ditte Prøve",
    )  # fmt: skip
    for name, halves in LAID.items():
        visit = day.visits[name]
        for number, (carer, clock) in enumerate(halves):
            start = at(clock, day=day.date)
            late = max(0, int((start - visit.latest_at).total_seconds()))
            Stop.objects.create(
                plan=plan, visit=visit, number=number, shift=day.shifts[carer], start_at=start,
                end_at=start + timedelta(minutes=visit.minutes), travel_seconds=360, travel_metres=2400,
                late_seconds=late,
            )  # fmt: skip
    return plan


def carer_login(day: Day, given: str = "Anna") -> Account:
    """A login of a carer of the day."""
    account = _login(day.carers[given].person, f"{given.lower()}-{day.team.pk}")
    grant(account, access.CARER, day.team.unit)
    return account


def citizen_login(day: Day, family: str = "Juhl") -> Account:
    """A login of a citizen of the day."""
    account = _login(day.citizens[family].person, f"{family.lower()}-{day.team.pk}")
    grant(account, standard.CITIZEN)
    return account


def _login(person: Person, username: str) -> Account:
    return Account.objects.create(username=username, person=person, date_joined=NOW)
