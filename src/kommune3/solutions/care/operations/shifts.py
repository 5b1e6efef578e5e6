# SPDX-License-Identifier: MPL-2.0
"""Carers' shifts: one by one, a week copied to another, and who does not come."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.audit import log
from kommune3.kernel.clock import MUNICIPAL_ZONE
from kommune3.solutions.care.errors import InvalidRow
from kommune3.solutions.care.models import Carer, PlanState, Shift, ShiftState, Team
from kommune3.solutions.care.operations import rows

EDIT = "care.needs.edit"
LONGEST = timedelta(hours=16)


@dataclass(frozen=True)
class Copied:
    """What copying a week gave: the new shifts' keys, and how many were left out since the carer was taken then."""

    shift_ids: list[int]
    left_out: int


@transaction.atomic
def save_shift(*, actor: Actor, now: datetime, shift: Shift) -> Shift:
    """Make or change a shift of a carer. Raises :class:`InvalidRow`, NotVisible, ``Forbidden``."""
    carer = reach.get(actor, Carer, shift.carer_id, action=EDIT)
    if shift.pk is not None:
        reach.get(actor, Shift, shift.pk, action=EDIT)
    faults = shift_faults(shift)
    if not faults and _overlapping(shift):
        faults["start_at"] = _("The carer has another shift then.")
    if faults:
        raise InvalidRow(faults)
    rows.save(actor=actor, now=now, row=shift, action="care.shift.saved", unit_id=carer.team.unit_id)
    return shift


@transaction.atomic
def remove_shift(*, actor: Actor, now: datetime, shift_id: int) -> None:
    """Delete a shift that no announced plan builds on. Raises :class:`InvalidRow`, NotVisible, ``Forbidden``."""
    shift = reach.get(actor, Shift, shift_id, action=EDIT)
    if shift.stops.filter(plan__state__in=(PlanState.PUBLISHED, PlanState.REPLACED)).exists():
        raise InvalidRow({"": _("The shift has a route that was announced. Say that the carer is absent instead.")})
    log.record(
        actor=actor, action="care.shift.removed", now=now, object=shift, unit_id=shift.carer.team.unit_id,
        detail={"carer": shift.carer_id, "date": str(shift.date)},
    )  # fmt: skip
    shift.delete()


@transaction.atomic
def carer_present(*, actor: Actor, now: datetime, shift_id: int) -> Shift:
    """The carer comes after all. The route that was taken away is not given back by itself: the day is replanned."""
    shift = reach.get(actor, Shift, shift_id, action=EDIT)
    shift.state = ShiftState.ON
    rows.save(actor=actor, now=now, row=shift, action="care.shift.present", unit_id=shift.carer.team.unit_id)
    return shift


@transaction.atomic
def copy_week(*, actor: Actor, now: datetime, team_id: int, source: date, target: date) -> Copied:
    """Copy the shifts of the week in which ``source`` lies to the one of ``target``, at the same hours of the clock.

    Absences are not copied, and where a carer has a shift already nothing is laid over it.
    Raises :class:`InvalidRow` where both are the same week, NotVisible, ``Forbidden``.
    """
    team = reach.get(actor, Team, team_id, action=EDIT)
    first, onto = monday_of(source), monday_of(target)
    if first == onto:
        raise InvalidRow({"target": _("Choose another week than the one that is copied.")})
    days = onto - first
    made: list[int] = []
    left_out = 0
    shifts = Shift.objects.filter(
        carer__team=team, carer__is_active=True, date__gte=first, date__lt=first + timedelta(days=7)
    )
    for shift in shifts.select_related("carer"):
        shift.pk, shift._state.adding = None, True
        shift.date, shift.state = shift.date + days, ShiftState.ON
        for name in ("start_at", "end_at", "pause_earliest_at", "pause_latest_at"):
            setattr(shift, name, _moved(getattr(shift, name), days))
        if _overlapping(shift) or shift_faults(shift):
            left_out += 1
            continue
        shift.save(force_insert=True)
        made.append(shift.pk)
    log.record(
        actor=actor, action="care.week.copied", now=now, object=team, unit_id=team.unit_id,
        detail={"from": str(first), "to": str(onto), "shifts": len(made), "left_out": left_out},
    )  # fmt: skip
    return Copied(made, left_out)


@transaction.atomic
def remove_copied(*, actor: Actor, now: datetime, team_id: int, shift_ids: list[int]) -> int:
    """Undo a copy: delete those of its shifts that no plan builds on yet; returns how many."""
    team = reach.get(actor, Team, team_id, action=EDIT)
    free = Shift.objects.filter(carer__team=team, pk__in=shift_ids).exclude(stops__plan__isnull=False)
    count = free.count()
    free.delete()
    log.record(
        actor=actor, action="care.copy.undone", now=now, object=team, unit_id=team.unit_id, detail={"shifts": count}
    )
    return count


def monday_of(day: date) -> date:
    """The Monday of the day's week."""
    return day - timedelta(days=day.weekday())


def shift_faults(shift: Shift) -> dict[str, str]:
    """What cannot stand of a shift, by field: the same for pages and files."""
    if shift.end_at <= shift.start_at:
        return {"end_at": _("The shift ends before it begins.")}
    if shift.end_at - shift.start_at > LONGEST:
        return {"end_at": _("A shift lasts 16 hours at most.")}
    pause = (shift.pause_earliest_at, shift.pause_latest_at, shift.pause_minutes)
    if any(part is not None for part in pause):
        return _pause_faults(shift)
    return {}


def _pause_faults(shift: Shift) -> dict[str, str]:
    earliest, latest, minutes = shift.pause_earliest_at, shift.pause_latest_at, shift.pause_minutes
    if earliest is None or latest is None or not minutes:
        return {"pause_minutes": _("Give the break's minutes and both times between which it begins, or none of them.")}
    if latest < earliest:
        return {"pause_latest_at": _("The break's window ends before it begins.")}
    if earliest < shift.start_at or latest + timedelta(minutes=minutes) > shift.end_at:
        return {"pause_earliest_at": _("The break must lie within the shift.")}
    return {}


def _overlapping(shift: Shift) -> bool:
    others = Shift.objects.filter(carer=shift.carer_id, start_at__lt=shift.end_at, end_at__gt=shift.start_at)
    return others.exclude(pk=shift.pk).exists()


def _moved(at: datetime | None, days: timedelta) -> datetime | None:
    """The same hour of the town hall's clock, days later."""
    if at is None:
        return None
    local = at.astimezone(MUNICIPAL_ZONE)
    return datetime.combine(local.date() + days, local.time(), MUNICIPAL_ZONE).astimezone(UTC)
