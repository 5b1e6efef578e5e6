# SPDX-License-Identifier: MPL-2.0
"""Single visits that are entered beforehand: they follow from no grant, and are no acute ones."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from kommune3.kernel import events
from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.clock import municipal_date
from kommune3.solutions.care.errors import InvalidRow
from kommune3.solutions.care.models import Channel, Citizen, PlanState, Visit, VisitState
from kommune3.solutions.care.operations import day, rows
from kommune3.solutions.care.operations.plans import PLAN

LONGEST_WINDOW = timedelta(hours=12)
"""A longer one is a slip of the pen: 07:30 to 06:00 is read as until the next morning."""

_TOLD = ("service_id", "earliest_at", "latest_at", "is_strict", "minutes", "carers", "channel", "priority", "tasks")


@transaction.atomic
def save_visit(*, actor: Actor, now: datetime, visit: Visit) -> Visit:
    """Make a single visit, or change one that nobody has been told of. One that is as it was is left alone.

    A new one lies left out in the day's plans until it is given a place. Raises :class:`InvalidRow`, NotVisible,
    Forbidden.
    """
    citizen = reach.get(actor, Citizen, visit.citizen_id, action=PLAN)
    stored = reach.get(actor, Visit, visit.pk, action=PLAN) if visit.pk is not None else None
    if stored is not None and stored.citizen_id != citizen.pk:
        raise reach.NotVisible
    if stored is not None and all(getattr(stored, name) == getattr(visit, name) for name in _TOLD):
        return stored
    faults = _faults(visit, now) | ({} if stored is None else _fixed(stored))
    if faults:
        raise InvalidRow(faults)
    if stored is None:
        return day.add_visit(
            actor=actor, now=now, citizen_id=citizen.pk, service_id=visit.service_id, earliest_at=visit.earliest_at,
            latest_at=visit.latest_at, minutes=visit.minutes, carers=visit.carers, channel=visit.channel,
            priority=visit.priority, is_strict=visit.is_strict, tasks=visit.tasks, is_acute=False,
        )  # fmt: skip
    visit.date = municipal_date(visit.earliest_at)
    rows.save(
        actor=actor, now=now, row=visit, action="care.visit.saved", unit_id=citizen.team.unit_id,
        citizen_id=citizen.person_id,
    )  # fmt: skip
    events.publish(day.CHANGED, {"visit_id": visit.pk, "date": str(visit.date)}, now=now)
    return visit


def _faults(visit: Visit, now: datetime) -> dict[str, str]:
    """What cannot stand of a visit, by field."""
    faults: dict[str, str] = {}
    if visit.earliest_at <= now:
        faults["date"] = _("The visit would have begun already. Give a time that is still to come.")
    if not timedelta(0) <= visit.latest_at - visit.earliest_at <= LONGEST_WINDOW:
        faults["latest_at"] = _("The window must end after it begins, and within 12 hours.")
    if not 1 <= visit.minutes <= 600:
        faults["minutes"] = _("A visit takes from 1 to 600 minutes.")
    if visit.carers not in (1, 2):
        faults["carers"] = _("A visit is made by one carer or by two.")
    elif visit.carers == 2 and visit.channel != Channel.HOME:
        faults["carers"] = _("By telephone or screen one carer is enough.")
    return faults


def _fixed(stored: Visit) -> dict[str, str]:
    """Why a visit is not to be changed."""
    if stored.need_id is not None:
        return {"visit_id": _("The visit follows from what has been granted. Change the grant instead.")}
    if stored.state == VisitState.CANCELLED:
        return {"visit_id": _("The visit has been cancelled. Leave the number empty to make a new one.")}
    # A plan that has been laid counts on the visit as it was; only where no plan holds it is it free to change.
    if stored.stops.filter(plan__state__in=(PlanState.DRAFT, PlanState.PUBLISHED)).exists():
        return {"visit_id": _("The visit stands in a plan. Cancel it there, and add it anew.")}
    return {}
