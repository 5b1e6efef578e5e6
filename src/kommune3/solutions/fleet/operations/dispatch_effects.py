# SPDX-License-Identifier: MPL-2.0
"""What allocating a day's bookings gained against first come, first served: counted from the bookings themselves.

The same bookings, vehicles, service windows and rates are allocated three times: as they were, naively (in the order
made, each to the greenest free vehicle, nobody ever moved), and at best with hindsight. What goes to the ledger is how
it was against the naive way; both are counted by the same figures, so the gain is PROVEN for that day.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import fleetplan
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from kommune3.kernel import clock
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.audit import log
from kommune3.kernel.effects import ledger
from kommune3.kernel.effects.models import Kind
from kommune3.kernel.organisation.models import Unit
from kommune3.solutions.fleet.models import Base, Booking, BookingState, DispatchDay
from kommune3.solutions.fleet.planning import dispatching
from kommune3.solutions.fleet.planning.dispatching import Situation

SOURCE = "fleet.dispatch"
LOOKED_BACK = timedelta(days=14)
HINDSIGHT_SECONDS = 5.0
_OVER = (BookingState.RETURNED, BookingState.UNSERVED)


def close_past(*, now: datetime) -> int:
    """Bookings whose time came without a vehicle are UNSERVED; vehicles nobody returned within 12 hours are back.

    In the caller's transaction; returns how many.
    """
    missed = Booking.objects.filter(state=BookingState.REQUESTED, start_at__lte=now).update(state=BookingState.UNSERVED)
    forgotten = 0
    left_open = [BookingState.ALLOCATED, BookingState.FROZEN, BookingState.STARTED]
    for row in Booking.objects.filter(state__in=left_open, end_at__lte=now - timedelta(hours=12)):
        row.state, row.returned_at, row.started_at = BookingState.RETURNED, row.end_at, row.started_at or row.start_at
        row.save(update_fields=["state", "returned_at", "started_at"])
        forgotten += 1
    return missed + forgotten


def days_to_count(*, now: datetime) -> list[tuple[Base, date]]:
    """(a base of each pool, day) that are over, have bookings and are not counted yet; of the last two weeks."""
    today = clock.municipal_date(now)
    start, end = clock.day_bounds(today - LOOKED_BACK)[0], clock.day_bounds(today)[0]
    rows = Booking.objects.filter(start_at__gte=start, start_at__lt=end, state__in=_OVER).select_related("base")
    counted = set(DispatchDay.objects.filter(day__gte=today - LOOKED_BACK).values_list("base", "day"))
    found: dict[tuple[int, date], Base] = {}
    for row in rows:
        day = clock.municipal_date(row.start_at)
        if (row.base_id, day) not in counted:
            first = dispatching.together(row.base)[0]
            found[first.pk, day] = first
    return [(base, day) for (_pk, day), base in sorted(found.items(), key=lambda each: (each[0][1], each[0][0]))]


def count_day(base: Base, day: date, *, actor: Actor, now: datetime) -> list[DispatchDay]:
    """Count a day of the bases that share vehicles with ``base``, one row for each base with bookings.

    In the caller's transaction. Waits while a booking of the day is under way: then nothing is counted.
    """
    situation = _as_asked(dispatching.together(base), day)
    if situation is None:
        return []
    question = situation.question
    as_it_was = {
        name: str(row.vehicle_id) if row.vehicle_id and str(row.vehicle_id) in question.car_of else None
        for name, row in situation.bookings.items()
    }
    naive = fleetplan.first_come_day(question)
    best = fleetplan.optimise_day(question, seconds=HINDSIGHT_SECONDS)
    if fleetplan.check_day(question, naive) or fleetplan.check_day(question, best):
        return []
    counted = []
    for each in situation.bases:
        names = {name for name, row in situation.bookings.items() if row.base_id == each.pk}
        if names:
            figures = {
                "": _of(situation, as_it_was, names), "_naive": _of(situation, naive.car_of, names),
                "_best": _of(situation, best.car_of, names),
            }  # fmt: skip
            counted.append(_kept(each, situation, names, figures, is_proven=best.is_proven, now=now))
    log.record(
        actor=actor, action="fleet.dispatch.counted", now=now, object=base, unit_id=base.unit_id,
        detail={"day": day.isoformat(), "bases": len(counted)},
    )  # fmt: skip
    return counted


def record_day(day: date, *, actor: Actor, now: datetime) -> int:
    """Enter a counted day in the ledger: for each topmost unit with bases, cash, social cost and CO2e apart.

    In the caller's transaction; returns how many rows. The same day twice is the same rows.
    """
    rows = list(DispatchDay.objects.filter(day=day).select_related("base__unit"))
    written = 0
    with translation.override("da"):
        for unit, mine in _by_topmost_unit(rows):
            for indicator, quantity in _gains(mine).items():
                if quantity:
                    _enter(unit, day, indicator, quantity, mine, actor=actor, now=now)
                    written += 1
    return written


def _as_asked(bases: list[Base], day: date) -> Situation | None:
    """The day as a question in which nobody has been told anything; None while something of it is open."""
    start, end = clock.day_bounds(day)
    rows = Booking.objects.filter(base__in=bases, start_at__gte=start, start_at__lt=end)
    rows = rows.exclude(state=BookingState.CANCELLED).select_related("base")
    in_play = {dispatching.name_of(row): row for row in rows.order_by("created_at", "id")}
    if not in_play or any(row.state not in _OVER for row in in_play.values()):
        return None
    found = dispatching.situation(bases, day, now=end)
    asked = tuple(
        replace(dispatching.asked(row, now=end), told=None, is_frozen=False, start=row.start_at, end=row.end_at)
        for row in in_play.values()
    )
    return replace(found, bookings=in_play, question=replace(found.question, bookings=asked, change_worth=0.0))


def _of(situation: Situation, car_of: dict[str, str | None], names: set[str]) -> fleetplan.DayFigures:
    """The figures of some of the bookings."""
    question = situation.question
    some = tuple(each for each in question.bookings if each.id in names)
    return fleetplan.figures_of(replace(question, bookings=some), car_of)


def _kept(
    base: Base,
    situation: Situation,
    names: set[str],
    figures: dict[str, fleetplan.DayFigures],
    *,
    is_proven: bool,
    now: datetime,
) -> DispatchDay:
    prices = situation.prices
    values: dict[str, Any] = {"bookings": len(names), "is_proven": is_proven, "counted_at": now}
    for suffix, each in figures.items():
        values[f"unserved{suffix}"] = each.unserved
        values[f"dkk{suffix}"] = Decimal(str(round(each.dkk, 2))) if prices.is_known else None
        values[f"kg{suffix}"] = Decimal(str(round(each.kg, 3))) if prices.is_known else None
    if prices.is_known and prices.social_dkk_per_t is not None:
        values["social_dkk_per_t"] = Decimal(str(prices.social_dkk_per_t))
    row, _is_new = DispatchDay.objects.update_or_create(base=base, day=situation.day, defaults=values)
    return row


def _by_topmost_unit(rows: Iterable[DispatchDay]) -> list[tuple[Unit, list[DispatchDay]]]:
    """A gain at a unit is a gain of all below it: bases of units below another's are counted with it."""
    listed = list(rows)
    units = {row.base.unit.path: row.base.unit for row in listed}
    top = [path for path in units if not any(path != other and path.startswith(other) for other in units)]
    return [(units[path], [row for row in listed if row.base.unit.path.startswith(path)]) for path in sorted(top)]


def _gains(rows: list[DispatchDay]) -> dict[str, Decimal]:
    """What allocation gained on these days, by indicator; without those that a day's unknown figures leave open."""
    gains = {"dispatch_served": Decimal(sum(row.unserved_naive - row.unserved for row in rows))}
    saved_dkk = [_saved(row.dkk_naive, row.dkk) for row in rows]
    saved_kg = [_saved(row.kg_naive, row.kg) for row in rows]
    prices = [row.social_dkk_per_t for row in rows]
    if None not in saved_dkk:
        gains["dispatch_cash"] = sum((saved for saved in saved_dkk if saved), Decimal(0))
        gains["dispatch_co2e"] = sum((saved for saved in saved_kg if saved), Decimal(0))
        if None not in prices:
            pairs = zip(saved_kg, prices, strict=True)
            gains["dispatch_social"] = sum((kg / 1000 * price for kg, price in pairs if kg and price), Decimal(0))
    return gains


def _saved(naive: Decimal | None, found: Decimal | None) -> Decimal | None:
    return None if naive is None or found is None else naive - found


def _enter(
    unit: Unit, day: date, indicator: str, quantity: Decimal, rows: list[DispatchDay], *, actor: Actor, now: datetime
) -> None:
    ledger.record(
        solution="fleet", indicator=indicator, unit=unit, period_start=day, period_end=day + timedelta(days=1),
        quantity=quantity, kind=Kind.PROVEN, source=SOURCE,
        evidence=[{"label": row.base.name, "url": f"{reverse('fleet:dispatch')}?base={row.base_id}"} for row in rows],
        note=_("The same bookings counted twice: as they were allocated, and in the order they were made."),
        baseline=_("First come, first served: each booking the greenest free vehicle, nobody ever moved"),
        actor=actor, now=now,
    )  # fmt: skip
