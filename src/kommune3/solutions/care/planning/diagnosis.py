# SPDX-License-Identifier: MPL-2.0
"""What of a day cannot be planned as it stands: each fault names the visit and the rule, and the rest is planned."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kommune3.kernel.clock import MUNICIPAL_ZONE
from kommune3.kernel.places.models import Address
from kommune3.solutions.care.models import Channel, Shift, Stop, Visit
from kommune3.solutions.care.planning.bounds import Bounds, Fault, Tie, find_faults
from kommune3.solutions.care.planning.rows import Rows, address_of
from kommune3.solutions.care.planning.ways import Ways, find_ways, is_in_denmark, is_usable

MOST_PLACES = 1000
"""A table of all ways between more homes would take more memory than a small machine has."""

Leave = Callable[[Visit, str, str, str], None]
"""Leaves a visit out: the visit, the rule, the field and the text that tells it."""

_ORDER: dict[Fault, str | Promise] = {
    Fault.ORDER: gettext_lazy(
        "%(visit)s is left out: it and %(other)s are each to come after the other. Change the order of the visits."
    ),
    Fault.GAP: gettext_lazy(
        "%(visit)s is left out: its window and that of %(other)s do not allow the time between them that is asked for. "
        "Change a window or the time between the visits."
    ),
    Fault.SAME: gettext_lazy(
        "%(visit)s is left out: the same carer is to make it and %(other)s, but there is no time for both. Let another "
        "carer come, or change the time between the visits."
    ),
}


@dataclass(frozen=True)
class Diagnosis:
    """``problems``: {visit_id, rule, field, text} each. ``left_out``: visit -> the text that says why.

    ``faulty_links``: that do not hold. ``unlocked``: stops whose lock cannot hold. ``ways``: between what is left.
    """

    ways: Ways
    problems: list[dict[str, object]] = field(default_factory=list)
    left_out: dict[int, str] = field(default_factory=dict)
    faulty_links: set[int] = field(default_factory=set)
    unlocked: set[int] = field(default_factory=set)


def named(visit: Visit) -> str:
    """A visit as problems name it: service, window and number; the citizen's name is kept elsewhere."""
    return _("“%(service)s” %(earliest)s–%(latest)s (visit %(number)s)") % {
        "service": visit.service.title,
        "earliest": hour(visit.earliest_at),
        "latest": hour(visit.latest_at),
        "number": visit.pk,
    }


def hour(at: datetime) -> str:
    """An instant as the clock in the town hall shows it."""
    return f"{at.astimezone(MUNICIPAL_ZONE):%H.%M}"


def able(rows: Rows, visit: Visit) -> list[Shift]:
    """The shifts whose carers have the competences that the visit needs."""
    return [shift for shift in rows.shifts if rows.may(shift, visit)]


def allowed(rows: Rows, visit: Visit) -> list[Shift]:
    """Those of them whom the citizen lets in."""
    return [shift for shift in able(rows, visit) if (visit.citizen_id, shift.carer_id) not in rows.avoided]


def diagnose(rows: Rows, *, now: datetime) -> Diagnosis:
    """Look at a day before it is planned."""
    told: list[dict[str, object]] = []
    left_out: dict[int, str] = {}

    def leave(visit: Visit, rule: str, field_name: str, text: str) -> None:
        told.append({"visit_id": visit.pk, "rule": rule, "field": field_name, "text": text})
        left_out[visit.pk] = text

    told.extend(_of_the_team(rows))
    for visit in rows.visits:
        if fault := _fault(rows, visit):
            leave(visit, *fault)
    _limit_places(rows, left_out, leave)
    homes = {visit.citizen_id for visit in rows.visits if visit.pk not in left_out and is_away(visit)}
    ways = find_ways(rows, citizens=homes, now=now)
    for visit in rows.visits:
        if visit.pk not in left_out and is_away(visit) and not _is_reachable(rows, ways, visit):
            leave(visit, "unreachable", "address", _unreachable(visit))
    faulty = _links(rows, left_out, leave)
    unlocked = _locks(rows, told)
    return Diagnosis(ways, told, left_out, faulty, unlocked)


def is_away(visit: Visit) -> bool:
    """Whether somebody goes there."""
    return visit.channel == Channel.HOME


# --- The team ---------------------------------------------------------------------------------------------------------


def _of_the_team(rows: Rows) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []

    def tell(rule: str, field_name: str, text: str) -> None:
        found.append({"visit_id": None, "rule": rule, "field": field_name, "text": text})

    if rows.visits and not rows.shifts:
        tell("nobody", "shifts", _("Nobody is on duty: all visits are left out. Enter shifts for the day."))
    without = [shift for shift in rows.shifts if not is_usable(address_of(shift, rows.team))]
    if without:
        tell(
            "base",
            "address",
            _(
                "The ways to the first visit and from the last one are not counted for %(count)s shifts: the address "
                "of the base, or of those who start from home, is missing or has no coordinates in Denmark."
            )
            % {"count": len(without)},
        )
    return found


# --- One visit --------------------------------------------------------------------------------------------------------


def _fault(rows: Rows, visit: Visit) -> tuple[str, str, str] | None:
    """(rule, field, text) of the first rule that keeps the visit out whatever else is planned."""
    if not rows.shifts:
        return "nobody", "shifts", _("%(visit)s is left out: nobody is on duty.") % {"visit": named(visit)}
    address = visit.citizen.person.address
    if is_away(visit) and not is_usable(address):
        return _address(visit, address)
    fit = able(rows, visit)
    known = frozenset[str]().union(*rows.held.values(), *rows.held_for.values())
    if not fit and (missing := sorted(frozenset(visit.service.competences) - known)):
        text = _(
            "%(visit)s is left out: nobody on duty has the competence %(competences)s. Put somebody on duty who has "
            "it, or enter it for somebody."
        )
        return "competence", "competences", text % {"visit": named(visit), "competences": _titles(rows, missing)}
    if not fit:
        text = _("%(visit)s is left out: nobody on duty has all of the competences %(competences)s.")
        needed = _titles(rows, visit.service.competences)
        return "competence", "competences", text % {"visit": named(visit), "competences": needed}
    fits = allowed(rows, visit)
    if not fits:
        text = _("%(visit)s is left out: of those who could make it, the citizen has ruled all out.")
        return "avoided", "wishes", text % {"visit": named(visit)}
    carers = {shift.carer_id for shift in fits}
    if len(carers) < visit.carers:
        text = _(
            "%(visit)s is left out: it takes two carers at once, but only one on duty can make it. Put one more on "
            "duty, or let one carer make it with an aid."
        )
        return "two_carers", "carers", text % {"visit": named(visit)}
    longest = max((shift.end_at - shift.start_at).total_seconds() for shift in fits)
    if visit.minutes * 60 > longest:
        text = _(
            "%(visit)s is left out: it takes %(minutes)s minutes, which is longer than any shift of those who could "
            "make it (%(longest)s minutes)."
        )
        told = {"visit": named(visit), "minutes": visit.minutes, "longest": int(longest // 60)}
        return "too_long", "minutes", text % told
    return None


def _titles(rows: Rows, codes: Iterable[str]) -> str:
    return ", ".join(f"“{rows.titles.get(code, code)}”" for code in sorted(codes))


def _address(visit: Visit, address: Address | None) -> tuple[str, str, str]:
    if address is None:
        text = _("%(visit)s is left out: the citizen has no address. Enter it.")
        return "no_address", "address", text % {"visit": named(visit)}
    if address.latitude is None or address.longitude is None:
        text = _("%(visit)s is left out: the citizen's address has no coordinates. Fetch or enter them.")
        return "no_coordinates", "address", text % {"visit": named(visit)}
    values = {"visit": named(visit), "latitude": address.latitude, "longitude": address.longitude}
    if is_in_denmark(address.longitude, address.latitude):
        text = _(
            "%(visit)s is left out: latitude %(latitude)s and longitude %(longitude)s of the citizen's address have "
            "been swapped. Swap them back."
        )
        return "swapped", "address", text % values
    text = _(
        "%(visit)s is left out: latitude %(latitude)s and longitude %(longitude)s of the citizen's address do not lie "
        "in Denmark. Correct them."
    )
    return "outside", "address", text % values


def _is_reachable(rows: Rows, ways: Ways, visit: Visit) -> bool:
    return sum(ways_there(ways, shift, visit) for shift in allowed(rows, visit)) >= visit.carers


def ways_there(ways: Ways, shift: Shift, visit: Visit) -> bool:
    """Whether the carer can get to the visit from where the shift starts, and back."""
    if not is_away(visit):
        return True
    mode, start, home = (
        ways.modes.index(shift.carer.mode),
        ways.of_shift[shift.pk],
        ways.of_citizen[visit.citizen_id],
    )
    return ways.seconds(mode, start, home) is not None and ways.seconds(mode, home, start) is not None


def _unreachable(visit: Visit) -> str:
    text = _(
        "%(visit)s is left out: no way is known from where the carers start to the citizen's address by car, bicycle "
        "or on foot as they get about. Look at the coordinates of the address, and at what is assumed about travel."
    )
    return text % {"visit": named(visit)}


def _limit_places(rows: Rows, left_out: dict[int, str], leave: Leave) -> None:
    """Of more homes than a plan can hold, those with the most important and earliest visits are planned."""
    visits = [visit for visit in rows.visits if visit.pk not in left_out and is_away(visit)]
    kept: set[int] = set()
    for visit in sorted(visits, key=lambda each: (-each.priority, each.earliest_at, each.pk)):
        if visit.citizen_id in kept or len(kept) < MOST_PLACES:
            kept.add(visit.citizen_id)
            continue
        text = _(
            "%(visit)s is left out: the day has more than %(most)s addresses, which is more than one plan can hold. "
            "Divide the team's citizens between several teams."
        )
        leave(visit, "too_many", "address", text % {"visit": named(visit), "most": MOST_PLACES})


# --- Visits that hang together, and locks -----------------------------------------------------------------------------


def _links(rows: Rows, left_out: dict[int, str], leave: Leave) -> set[int]:
    visits = {visit.pk: visit for visit in rows.visits}
    bounds = {
        pk: Bounds(
            rows.seconds(visit.earliest_at),
            rows.seconds(visit.latest_at) if visit.is_strict else None,
            visit.minutes * 60,
        )
        for pk, visit in visits.items()
    }
    faults = find_faults(
        bounds,
        [
            Tie(
                link.pk,
                link.first_id,
                link.second_id,
                _seconds(link.least_minutes),
                _seconds(link.most_minutes),
                link.by,
            )
            for link in rows.links
        ],
    )
    for link in rows.links:
        fault = faults.get(link.pk)
        if fault is not None and not {link.first_id, link.second_id} & left_out.keys():
            second, first = visits[link.second_id], visits[link.first_id]
            leave(second, fault.value, "links", str(_ORDER[fault]) % {"visit": named(second), "other": named(first)})
    return set(faults)


def _seconds(minutes: int | None) -> int | None:
    return None if minutes is None else minutes * 60


def _locks(rows: Rows, told: list[dict[str, object]]) -> set[int]:
    """Stops whose lock cannot hold, since the carer is away or may not make the visit any more."""
    visits = {visit.pk: visit for visit in rows.visits}
    unlocked: set[int] = set()
    for stop in rows.locked:
        visit = visits[stop.visit_id]
        if stop.shift_id in {shift.pk for shift in allowed(rows, visit)}:
            continue
        unlocked.add(stop.pk)
        text = _("%(visit)s was locked, but its carer is away or may not make it any more, so the lock is lifted.")
        told.append(
            {"visit_id": visit.pk, "rule": "lock", "field": "is_locked", "text": text % {"visit": named(visit)}}
        )
    return unlocked


def locked_stops(rows: Rows, diagnosis: Diagnosis) -> dict[tuple[int, int], Stop]:
    """(visit, number) -> the stop that stays as it is."""
    return {(stop.visit_id, stop.number): stop for stop in rows.locked if stop.pk not in diagnosis.unlocked}
