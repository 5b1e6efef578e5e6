# SPDX-License-Identifier: MPL-2.0
"""Single visits, those that follow from no grant: a line for each that is still to come."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.access.importing.table import Column, Line, Unusable, as_day, as_yes_or_no
from kommune3.kernel.clock import MUNICIPAL_ZONE, municipal_date
from kommune3.kernel.people import register
from kommune3.kernel.people.cpr import InvalidCpr, normalised
from kommune3.solutions.care.errors import InvalidRow
from kommune3.solutions.care.importing import reading
from kommune3.solutions.care.models import Channel, Citizen, Priority, Service, Visit, VisitState
from kommune3.solutions.care.operations import single_visits

PLAN = "care.plans.edit"

COLUMNS = (
    Column("visit_id", "besøg_id", False),
    Column("citizen_id", "borger_id", False),
    Column("cpr", "cpr", False),
    Column("citizen", "borger", False),
    Column("service", "ydelse"),
    Column("date", "dato"),
    Column("earliest", "tidligst"),
    Column("latest", "senest"),
    Column("is_strict", "fast_vindue", False),
    Column("minutes", "minutter", False),
    Column("carers", "medarbejdere", False),
    Column("channel", "sted", False),
    Column("priority", "prioritet", False),
    Column("tasks", "opgaver", False),
)
_NAMES = {"earliest_at": "earliest", "latest_at": "latest"}


class Writer:
    """Writes lines on behalf of an actor. ``teams`` stays empty: no other visits follow from a single one."""

    def __init__(self, *, actor: Actor, now: datetime) -> None:
        self.actor, self.now = actor, now
        self.teams: set[int] = set()

    @cached_property
    def _services(self) -> dict[str, Service]:
        rows = reach.visible(self.actor, Service).filter(is_active=True)
        return {service.code.casefold(): service for service in rows}

    def write(self, line: Line) -> bool:
        """Write a line; True where it made a row. What is wrong is kept in the line's problems."""
        citizen = self._citizen(line)
        unknown = _("No service in use has this code. Add it to the catalogue first.")
        service = line.needed("service", reading.known_as(self._services, unknown), None)
        day = line.needed("date", as_day, municipal_date(self.now))
        earliest = line.needed("earliest", reading.clock, time())
        latest = line.needed("latest", reading.clock, time())
        told: dict[str, Any] = {
            "service": service,
            "earliest_at": _instant(day, earliest),
            "latest_at": _instant(day if latest >= earliest else day + timedelta(days=1), latest),
            "is_strict": line.optional("is_strict", as_yes_or_no, False),
            "minutes": line.optional("minutes", reading.whole(1, 600), service.minutes if service else 0),
            "carers": line.optional("carers", reading.whole(1, 2), 1),
            "channel": line.optional("channel", reading.one_of(Channel), Channel.HOME),
            "priority": line.optional("priority", reading.one_of(Priority), Priority.NORMAL),
            "tasks": line.optional("tasks", reading.plain(500), ""),
        }
        if citizen is None or line.problems:
            return False
        visit = self._visit(line, citizen, told)
        if visit is None:
            return False
        is_new = visit.pk is None
        for name, value in told.items():
            setattr(visit, name, value)
        try:
            single_visits.save_visit(actor=self.actor, now=self.now, visit=visit)
        except InvalidRow as refusal:
            for name, fault in refusal.faults.items():
                line.refuse(_NAMES.get(name, name), fault)
        return is_new

    def _citizen(self, line: Line) -> Citizen | None:
        """By the key of our own export or by CPR number; a name beside it must be the citizen's."""
        mine = reach.visible(self.actor, Citizen, action=PLAN).filter(is_active=True).select_related("person")
        if line.text("citizen_id"):
            field = "citizen_id"
            found = mine.filter(pk=line.optional(field, reading.whole(1, 999_999_999), 0)).first()
        else:
            field = "cpr" if line.text("cpr") else "citizen_id"
            cpr = line.optional("cpr", _cpr, "")
            person = register.find_by_cpr(cpr) if cpr else None
            found = None if person is None else mine.filter(person=person).first()
        if found is None:
            if not line.problems:
                line.refuse(field, _("No citizen of your teams has this number. Write borger_id or cpr."))
        elif line.text("citizen") and line.text("citizen").casefold() != str(found).casefold():
            line.refuse("citizen", _("The number is another citizen's. Correct the number, or leave the name empty."))
        return found

    def _visit(self, line: Line, citizen: Citizen, told: dict[str, Any]) -> Visit | None:
        """The visit to write: by the key of our own export, by what tells it apart, or a new one."""
        if line.text("visit_id"):
            key = line.optional("visit_id", reading.whole(1, 999_999_999), 0)
            found = Visit.objects.filter(citizen=citizen, pk=key).first()
            if found is None:
                line.refuse("visit_id", _("The citizen has no visit of this number. Leave it empty for a new one."))
            return found
        same = {name: told[name] for name in ("service", "earliest_at")}
        known = Visit.objects.filter(citizen=citizen, need=None, state=VisitState.WANTED, **same).first()
        return known or Visit(citizen=citizen)


def rows(actor: Actor, *, on: date) -> Iterator[dict[str, Any]]:
    """The single visits from ``on`` that the actor may see, by the names of :data:`COLUMNS`; never a CPR number."""
    found = reach.visible(actor, Visit).filter(need=None, state=VisitState.WANTED, date__gte=on)
    plain = ("is_strict", "minutes", "carers", "channel", "tasks")
    for visit in found.select_related("citizen__person", "service"):
        yield {name: getattr(visit, name) for name in plain} | {
            "visit_id": visit.pk, "citizen_id": visit.citizen_id, "citizen": str(visit.citizen),
            "service": visit.service.code, "date": municipal_date(visit.earliest_at),
            "earliest": visit.earliest_at.astimezone(MUNICIPAL_ZONE).time(),
            "latest": visit.latest_at.astimezone(MUNICIPAL_ZONE).time(),
            "priority": Priority(visit.priority).value,
        }  # fmt: skip


def _instant(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, MUNICIPAL_ZONE).astimezone(UTC)


def _cpr(text: str) -> str:
    try:
        return normalised(text)
    except InvalidCpr as error:
        raise Unusable(str(error)) from None
