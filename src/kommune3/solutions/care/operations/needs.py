# SPDX-License-Identifier: MPL-2.0
"""What citizens have been granted, and which needs hang together. The visits of the days ahead follow at once."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.audit import log
from kommune3.kernel.clock import municipal_date
from kommune3.solutions.care.errors import InvalidRow
from kommune3.solutions.care.models import Channel, Citizen, Need, NeedLink, PartOfDay, SameCarer
from kommune3.solutions.care.operations import rows, visits

EDIT = "care.needs.edit"


@transaction.atomic
def save_need(*, actor: Actor, now: datetime, need: Need, follows: bool = True) -> Need:
    """Make or change a need; visits that nobody has been told of yet follow. Raises :class:`InvalidRow`, NotVisible.

    ``follows=False``: the caller makes the visits, once for many needs.
    """
    citizen = reach.get(actor, Citizen, need.citizen_id, action=EDIT)
    if need.pk is not None and reach.get(actor, Need, need.pk, action=EDIT).citizen_id != citizen.pk:
        raise reach.NotVisible
    faults = need_faults(need)
    if faults:
        raise InvalidRow(faults)
    saved = rows.save(
        actor=actor, now=now, row=need, action="care.need.saved", unit_id=citizen.team.unit_id,
        citizen_id=citizen.person_id,
    )  # fmt: skip
    if saved and follows:
        follow(actor=actor, now=now, citizen=citizen)
    return need


@transaction.atomic
def end_need(*, actor: Actor, now: datetime, need_id: int, on: date | None) -> Need:
    """Let a need end before the day ``on``; None: it goes on, which undoes it. Raises InvalidRow, NotVisible."""
    need = reach.get(actor, Need, need_id, action=EDIT)
    need.valid_to = on
    return save_need(actor=actor, now=now, need=need)


@transaction.atomic
def remove_need(*, actor: Actor, now: datetime, need_id: int) -> None:
    """Delete a need that was entered by mistake. One whose visits have been made or announced is ended instead."""
    need = reach.get(actor, Need, need_id, action=EDIT)
    citizen = need.citizen
    if need.visits.filter(earliest_at__lte=now).exists() or need.visits.exclude(stops__plan=None).exists():
        raise InvalidRow({"": _("Visits have been planned or made from it. Give it a last day instead.")})
    need.visits.all().delete()
    log.record(
        actor=actor, action="care.need.removed", now=now, object=need, unit_id=citizen.team.unit_id,
        citizen_id=citizen.person_id, detail={"service": need.service_id},
    )  # fmt: skip
    need.delete()


@transaction.atomic
def save_link(*, actor: Actor, now: datetime, link: NeedLink) -> NeedLink:
    """Tie two needs of a citizen to each other, or change how. Raises :class:`InvalidRow`, NotVisible."""
    first = reach.get(actor, Need, link.first_id, action=EDIT)
    second = reach.get(actor, Need, link.second_id, action=EDIT)
    faults = _link_faults(link, first, second)
    if faults:
        raise InvalidRow(faults)
    NeedLink.objects.filter(first=second, second=first).delete()
    known = NeedLink.objects.filter(first=first, second=second).first()
    link.pk = known.pk if known else None
    link.save()
    _record_link(actor, now, "care.link.saved", link)
    follow(actor=actor, now=now, citizen=first.citizen)
    return link


@transaction.atomic
def remove_link(*, actor: Actor, now: datetime, link_id: int) -> None:
    """Let two needs no longer hang together."""
    link = NeedLink.objects.filter(pk=link_id, first__in=reach.visible(actor, Need, action=EDIT)).first()
    if link is None:
        raise reach.NotVisible
    _record_link(actor, now, "care.link.removed", link)
    citizen = link.first.citizen
    link.delete()
    follow(actor=actor, now=now, citizen=citizen)


def follow(*, actor: Actor, now: datetime, citizen: Citizen) -> visits.Generated:
    """Let the citizen's visits of the days ahead follow from the needs."""
    today = municipal_date(now)
    return visits.generate(
        actor=actor, now=now, team_id=citizen.team_id, start=today, end=today + timedelta(days=visits.DAYS_AHEAD),
        citizen_id=citizen.pk,
    )  # fmt: skip


def need_faults(need: Need) -> dict[str, str]:
    """What cannot stand of a need, by field: the same for pages and files."""
    faults: dict[str, str] = {}
    if not need.weekdays:
        faults["weekdays"] = _("Choose one weekday or more.")
    if need.valid_to is not None and need.valid_to <= need.valid_from:
        faults["valid_to"] = _("The end must come after the beginning.")
    if not 1 <= need.minutes <= 600:
        faults["minutes"] = _("A visit takes from 1 to 600 minutes.")
    if not 1 <= need.every_weeks <= 52:
        faults["every_weeks"] = _("A need recurs every week, or up to every 52 weeks.")
    if need.carers not in (1, 2):
        faults["carers"] = _("A visit is made by one carer or by two.")
    elif need.carers == 2 and need.channel != Channel.HOME:
        faults["carers"] = _("By telephone or screen one carer is enough.")
    if need.latest < need.earliest and need.part_of_day not in (PartOfDay.EVENING, PartOfDay.NIGHT):
        faults["latest"] = _(
            "The window ends before it begins. Only in the evening and at night may it cross midnight."
        )
    return faults


def _link_faults(link: NeedLink, first: Need, second: Need) -> dict[str, str]:
    if first.pk == second.pk:
        return {"second": _("Choose another need than the one it hangs together with.")}
    if first.citizen_id != second.citizen_id:
        return {"second": _("Both needs must be of the same citizen.")}
    least, most = link.least_minutes, link.most_minutes
    if least is None and most is None and link.by == SameCarer.ANY:
        return {"least_minutes": _("Say how long lies between them, or who makes them.")}
    if least is not None and most is not None and most < least:
        return {"most_minutes": _("At most cannot be less than at least.")}
    if _leads_to(second.pk, first.pk):
        return {"second": _("The needs would wait for each other in a ring. Remove one of the links first.")}
    return {}


def _leads_to(start: int, goal: int) -> bool:
    """Whether links lead from one need to another over further ones; the link straight back is turned around."""
    seen, ahead = {start}, [start]
    while ahead:
        here = ahead.pop()
        for there in NeedLink.objects.filter(first=here).values_list("second_id", flat=True):
            if there == goal and here != start:
                return True
            if there not in seen and there != goal:
                seen.add(there)
                ahead.append(there)
    return False


def _record_link(actor: Actor, now: datetime, action: str, link: NeedLink) -> None:
    citizen = link.first.citizen
    log.record(
        actor=actor, action=action, now=now, object=citizen, unit_id=citizen.team.unit_id,
        citizen_id=citizen.person_id,
        detail={
            "first": link.first_id, "second": link.second_id, "least_minutes": link.least_minutes,
            "most_minutes": link.most_minutes, "by": link.by,
        },
    )  # fmt: skip
