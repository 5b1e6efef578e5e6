# SPDX-License-Identifier: MPL-2.0
"""Citizens and what they have been granted: a line for each need, or for a citizen without one."""

from collections.abc import Iterator
from datetime import date, datetime, time
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.access.importing.table import Column, Line, Unusable, as_day, as_yes_or_no
from kommune3.kernel.clock import municipal_date
from kommune3.kernel.people import register
from kommune3.kernel.people.cpr import InvalidCpr, normalised
from kommune3.solutions.care.errors import InvalidRow
from kommune3.solutions.care.importing import reading
from kommune3.solutions.care.models import Channel, Citizen, Need, PartOfDay, Priority, Service, Team
from kommune3.solutions.care.operations import citizens, needs
from kommune3.solutions.care.operations.addresses import Place
from kommune3.solutions.care.operations.citizens import CitizenValues

EDIT = "care.needs.edit"

COLUMNS = (
    Column("citizen_id", "borger_id", False),
    Column("cpr", "cpr", False),
    Column("given_name", "fornavn"),
    Column("family_name", "efternavn"),
    Column("phone", "telefon", False),
    Column("street", "vej"),
    Column("postcode", "postnr"),
    Column("town", "by"),
    Column("latitude", "bredde", False),
    Column("longitude", "længde", False),
    Column("team", "team"),
    Column("access_seconds", "adgang_sekunder", False),
    Column("note", "besked", False),
    Column("need_id", "bevilling_id", False),
    Column("service", "ydelse", False),
    Column("valid_from", "fra", False),
    Column("valid_to", "til", False),
    Column("weekdays", "ugedage", False),
    Column("every_weeks", "hver_uge", False),
    Column("part_of_day", "døgndel", False),
    Column("earliest", "tidligst", False),
    Column("latest", "senest", False),
    Column("is_strict", "fast_vindue", False),
    Column("minutes", "minutter", False),
    Column("carers", "medarbejdere", False),
    Column("channel", "sted", False),
    Column("priority", "prioritet", False),
    Column("tasks", "opgaver", False),
)


class Writer:
    """Writes lines on behalf of an actor. ``teams``: those whose citizens were touched."""

    def __init__(self, *, actor: Actor, now: datetime) -> None:
        self.actor, self.now = actor, now
        self.teams: set[int] = set()

    @cached_property
    def _teams(self) -> dict[str, Team]:
        rows = reach.visible(self.actor, Team, action=EDIT).filter(is_active=True)
        return {team.name.casefold(): team for team in rows}

    @cached_property
    def _services(self) -> dict[str, Service]:
        rows = reach.visible(self.actor, Service).filter(is_active=True)
        return {service.code.casefold(): service for service in rows}

    def write(self, line: Line) -> bool:
        """Write a line; True where it made a row. What is wrong is kept in the line's problems."""
        values = self._values(line)
        citizen, is_new = self._citizen(line, values)
        if citizen is None:
            return False
        self.teams.add(citizen.team_id)
        return self._need(line, citizen) or is_new

    def _values(self, line: Line) -> CitizenValues:
        unknown = _("No team in use of yours has this name. Make the team first.")
        team = line.needed("team", reading.known_as(self._teams, unknown), None)
        latitude = line.optional("latitude", reading.degrees(90), None)
        longitude = line.optional("longitude", reading.degrees(180), None)
        if (latitude is None) != (longitude is None) and not line.problems:
            line.refuse("longitude", _("Give both latitude and longitude, or neither."))
        return CitizenValues(
            team=team or Team(),
            given_name=line.needed("given_name", reading.plain(100), ""),
            family_name=line.needed("family_name", reading.plain(100), ""),
            phone=line.optional("phone", reading.plain(30), ""),
            place=Place(
                line.needed("street", reading.plain(200), ""), line.needed("postcode", _postcode, ""),
                line.needed("town", reading.plain(100), ""), latitude, longitude,
            ),
            access_seconds=line.optional("access_seconds", reading.whole(0, 3600), 0),
            note=line.optional("note", reading.plain(500), ""),
        )  # fmt: skip

    def _citizen(self, line: Line, values: CitizenValues) -> tuple[Citizen | None, bool]:
        """The line's citizen, as told by the line, and whether it is new; None where the line has problems."""
        cpr = line.optional("cpr", _cpr, "")
        known = self._known(line, values, cpr)
        if line.problems:
            return None, False
        try:
            if known is None:
                return citizens.add_citizen(actor=self.actor, now=self.now, values=values, cpr=cpr), True
            return citizens.save_citizen(
                actor=self.actor, now=self.now, citizen_id=known.pk, values=values, follows=False
            ), False
        except InvalidRow as refusal:
            _refuse(line, refusal)
            return None, False

    def _known(self, line: Line, values: CitizenValues, cpr: str) -> Citizen | None:
        """By the key of our own export, by CPR number, or by name and street in the teams of the actor."""
        mine = reach.visible(self.actor, Citizen, action=EDIT)
        if line.text("citizen_id"):
            found = mine.filter(pk=line.optional("citizen_id", reading.whole(1, 999_999_999), 0)).first()
            if found is None:
                line.refuse("citizen_id", _("No citizen of your teams has this number. Leave it empty for a new one."))
            return found
        if cpr:
            person = register.find_by_cpr(cpr)
            return None if person is None else mine.filter(person=person).first()
        return mine.filter(
            person__given_name=values.given_name, person__family_name=values.family_name,
            person__address__street=values.place.street, person__address__postcode=values.place.postcode,
        ).first()  # fmt: skip

    def _need(self, line: Line, citizen: Citizen) -> bool:
        if not line.text("service"):
            return False
        unknown = _("No service in use has this code. Add it to the catalogue first.")
        service = line.needed("service", reading.known_as(self._services, unknown), None)
        today = municipal_date(self.now)
        no_days: list[int] = []
        told: dict[str, Any] = {
            "service": service,
            "valid_from": line.optional("valid_from", as_day, today),
            "valid_to": line.optional("valid_to", as_day, None),
            "weekdays": line.needed("weekdays", reading.weekdays, no_days),
            "every_weeks": line.optional("every_weeks", reading.whole(1, 52), 1),
            "part_of_day": line.needed("part_of_day", reading.one_of(PartOfDay), ""),
            "earliest": line.needed("earliest", reading.clock, time()),
            "latest": line.needed("latest", reading.clock, time()),
            "is_strict": line.optional("is_strict", as_yes_or_no, False),
            "minutes": line.optional("minutes", reading.whole(1, 600), service.minutes if service else 0),
            "carers": line.optional("carers", reading.whole(1, 2), 1),
            "channel": line.optional("channel", reading.one_of(Channel), Channel.HOME),
            "priority": line.optional("priority", reading.one_of(Priority), Priority.NORMAL),
            "tasks": line.optional("tasks", reading.plain(500), ""),
        }
        if line.problems:
            return False
        need = self._known_need(line, citizen, told)
        if need is None:
            return False
        is_new = need.pk is None
        for name, value in told.items():
            setattr(need, name, value)
        try:
            needs.save_need(actor=self.actor, now=self.now, need=need, follows=False)
        except InvalidRow as refusal:
            _refuse(line, refusal)
        return is_new

    def _known_need(self, line: Line, citizen: Citizen, told: dict[str, Any]) -> Need | None:
        """The need to write: by the key of our own export, by what tells it apart, or a new one."""
        if line.text("need_id"):
            key = line.optional("need_id", reading.whole(1, 999_999_999), 0)
            found = Need.objects.filter(citizen=citizen, pk=key).first()
            if found is None:
                line.refuse("need_id", _("The citizen has no need of this number. Leave it empty for a new one."))
            return found
        same = {name: told[name] for name in ("service", "valid_from", "part_of_day", "earliest", "weekdays")}
        return Need.objects.filter(citizen=citizen, **same).first() or Need(citizen=citizen)


def rows(actor: Actor, *, on: date) -> Iterator[dict[str, Any]]:
    """What the actor may see of citizens and their needs, by the names of :data:`COLUMNS`; never a CPR number."""
    found = reach.visible(actor, Citizen).filter(is_active=True).select_related("person__address", "team")
    for citizen in found.prefetch_related("needs__service"):
        person, address = citizen.person, citizen.person.address
        where = {name: getattr(address, name, "") for name in ("street", "postcode", "town", "latitude", "longitude")}
        base = where | {
            "citizen_id": citizen.pk, "given_name": person.given_name, "family_name": person.family_name,
            "phone": person.phone, "team": citizen.team.name, "access_seconds": citizen.access_seconds,
            "note": citizen.note,
        }  # fmt: skip
        running = [need for need in citizen.needs.all() if need.valid_to is None or need.valid_to > on]
        yield from (base | _told(need) for need in running)
        if not running:
            yield base


def _told(need: Need) -> dict[str, Any]:
    plain = ("valid_from", "valid_to", "every_weeks", "earliest", "latest", "is_strict", "minutes", "carers", "tasks")
    return {name: getattr(need, name) for name in plain} | {
        "need_id": need.pk, "service": need.service.code, "part_of_day": need.part_of_day, "channel": need.channel,
        "priority": Priority(need.priority).value, "weekdays": " ".join(str(day + 1) for day in sorted(need.weekdays)),
    }  # fmt: skip


def _refuse(line: Line, refusal: InvalidRow) -> None:
    for field, fault in refusal.faults.items():
        line.refuse(field, fault)


def _postcode(text: str) -> str:
    if not (len(text) == 4 and text.isascii() and text.isdigit()):
        raise Unusable(_("A postcode is four digits."))
    return text


def _cpr(text: str) -> str:
    try:
        return normalised(text)
    except InvalidCpr as error:
        raise Unusable(str(error)) from None
