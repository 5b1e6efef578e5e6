# SPDX-License-Identifier: MPL-2.0
"""Putting the demo's home care in: who there is, and what is granted, from two weeks back to two weeks on."""

from datetime import date, datetime, timedelta

from django.db import transaction

from kommune3.kernel import clock
from kommune3.kernel.access.actor import system
from kommune3.kernel.access.models import Grant
from kommune3.kernel.people.models import Account
from kommune3.solutions.care import access
from kommune3.solutions.care.demo.citizens import seed_citizens, seed_services
from kommune3.solutions.care.demo.competences import give_competences
from kommune3.solutions.care.demo.fortnight import DAYS_BACK, seed_fortnight
from kommune3.solutions.care.demo.teams import LOGIN, TEAMS, seed_teams, shifts_of
from kommune3.solutions.care.models import Shift, Team, WeightSet
from kommune3.solutions.care.operations.visits import generate

DAYS_AHEAD = 14
ACTOR = system("care.demo")

_WEIGHTS = {
    "travel_minute": 10, "late_minute": 20, "latest_minute": 5, "waiting_minute": 1, "overtime_minute": 30,
    "unknown_face": 100, "left_out_can_wait": 3000, "left_out_normal": 15000, "left_out_must": 60000,
    "changed_carer": 150, "moved_minute": 3,
}  # fmt: skip


@transaction.atomic
def seed(*, now: datetime) -> bool:
    """Put teams, carers, citizens, grants, shifts and visits in; False, having done nothing, where they are there."""
    if Team.objects.filter(name=TEAMS[0].name).exists():
        return False
    today = clock.municipal_date(now)
    first, end = today - timedelta(days=DAYS_BACK), today + timedelta(days=DAYS_AHEAD)
    set_weights(today, now)
    seed_services()
    carers = seed_teams()
    give_competences([carer for team in carers.values() for carer in team], now=now)
    for plan in TEAMS:
        team = carers[plan.name][0].team
        seed_citizens(plan, team, carers[plan.name], since=today - timedelta(days=180))
        days = (first + timedelta(days=number) for number in range((end - first).days))
        Shift.objects.bulk_create(shift for day in days for shift in shifts_of(plan, carers[plan.name], day))
        generate(actor=ACTOR, now=now, team_id=team.pk, start=first, end=end)
    seed_fortnight(now=now)
    grant_carer(today)
    return True


def set_weights(today: date, now: datetime) -> None:
    """What plans weigh, where nothing is valid yet."""
    valid_from = today.replace(month=1, day=1) - timedelta(days=365)
    if not WeightSet.objects.filter(valid_from__lte=today).exists():
        WeightSet.objects.create(
            valid_from=valid_from, source="Opdigtet til demoen", set_by_name="Demo", set_at=now, **_WEIGHTS
        )


def grant_carer(today: date) -> None:
    """The demo's employee is a carer besides."""
    account = Account.objects.filter(username=LOGIN).first()
    if account is not None:
        Grant.objects.get_or_create(account=account, role=access.CARER, defaults={"valid_from": today})
