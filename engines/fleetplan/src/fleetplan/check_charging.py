# SPDX-License-Identifier: MPL-2.0
"""The independent checker's part on real charging: every battery, outlet, connection and krone, from the rules alone.

Shares only data classes with what it checks; prices are looked up minute by minute here, not with the solver's steps.
Between two events (a departure, a return, a charge that starts or ends) a battery only rises or only falls, so it is
looked at in every event: no minute in between can be worse.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from fleetplan.answer import Answer, Violation
from fleetplan.charging import Battery, Charge, Charging, EnergyPrice
from fleetplan.problem import Problem, Trip, VehicleClass

_KWH, _KW, _ORE = 1e-4, 1e-4, 0.011
_HOUR, _MINUTE = timedelta(hours=1), timedelta(minutes=1)

Vehicle = tuple[str, int]
Leg = tuple[datetime, datetime, float]
"""Out from, back at, kWh used."""


def check_charging(problem: Problem, answer: Answer, driven: dict[Vehicle, list[Trip]]) -> Iterator[Violation]:
    """Everything about the charges that breaks a rule or does not add up. ``driven``: trips with their transfers."""
    charging = problem.charging
    if charging is None:
        if answer.charges:
            yield Violation("charging_unasked", "the problem says nothing of chargers, the answer has charges")
        return
    batteries = {battery.class_id: battery for battery in charging.batteries}
    known = list(_unknown(problem, answer, batteries))
    if known:
        yield from known
        return
    charges: dict[Vehicle, list[Charge]] = defaultdict(list)
    for charge in answer.charges:
        charges[charge.class_id, charge.number].append(charge)
    for vehicle_class in problem.classes:
        battery = batteries.get(vehicle_class.id)
        for number in range(1, answer.counts.get(vehicle_class.id, 0) + 1) if battery else ():
            vehicle = vehicle_class.id, number
            held = driven.get(vehicle, [])
            assert battery is not None
            yield from _vehicle(charging, battery, vehicle_class, vehicle, held, charges[vehicle])
    yield from _outlets(charging, answer)
    yield from _sites(charging, answer)
    yield from _money(charging, answer)


def charged_kroner(problem: Problem, answer: Answer) -> float:
    """What all charges cost in the period, by the prices of every minute."""
    if problem.charging is None:
        return 0.0
    tally = _Tally(problem.charging)
    try:
        return sum(tally.kroner(charge) for charge in answer.charges)
    except LookupError:
        return 0.0  # what has no price is told of elsewhere


def has_battery(problem: Problem, class_id: str) -> bool:
    """Whether the class obeys real charging instead of range and rest."""
    return problem.charging is not None and any(b.class_id == class_id for b in problem.charging.batteries)


def _unknown(problem: Problem, answer: Answer, batteries: dict[str, Battery]) -> Iterator[Violation]:
    charging = problem.charging
    assert charging is not None
    chargers = {charger.id: charger for charger in charging.chargers}
    for c in answer.charges:
        where = (), c.class_id, c.number
        if c.class_id not in batteries:
            yield Violation("charge_without_battery", "the class has no battery", *where)
        elif not 1 <= c.number <= answer.counts.get(c.class_id, 0):
            yield Violation("vehicle_not_in_fleet", "a charge of a vehicle the fleet does not have", *where)
        elif c.charger_id not in chargers or not 1 <= c.outlet <= chargers[c.charger_id].outlets:
            yield Violation("unknown_outlet", f"charger {c.charger_id!r} has no outlet {c.outlet}", *where)
        elif chargers[c.charger_id].base != c.base:
            yield Violation("charge_base", f"charger {c.charger_id!r} does not stand at {c.base!r}", *where)
        elif not charging.starts_at <= c.starts_at < c.ends_at <= charging.ends_at:
            yield Violation("charge_time", f"{_clock(c.starts_at)} to {_clock(c.ends_at)}", *where)
        elif not 0 <= c.kwh < float("inf"):
            yield Violation("charge_kwh", f"{c.kwh} kWh", *where)


def _vehicle(
    charging: Charging,
    battery: Battery,
    vehicle_class: VehicleClass,
    vehicle: Vehicle,
    held: list[Trip],
    charges: list[Charge],
) -> Iterator[Violation]:
    homes = {vehicle_class.home} if vehicle_class.home is not None else {trip.base for trip in held}
    stands = homes | {charge.base for charge in charges}
    if len(stands) > 1:
        bases = ", ".join(sorted(str(base) for base in stands))
        yield Violation("charging_home", f"stands at one base, not at {bases}", tuple(t.id for t in held), *vehicle)
        return
    chargers = {charger.id: charger for charger in charging.chargers}
    legs = _legs(vehicle_class, held)
    for trip in held:
        if trip.start < charging.starts_at or trip.end > charging.ends_at:
            yield Violation("outside_charging", "the trip is not within the charging period", (trip.id,), *vehicle)
    charges = sorted(charges, key=lambda charge: charge.starts_at)
    for before, after in zip(charges, charges[1:], strict=False):
        if after.starts_at < before.ends_at:
            yield Violation("charges_overlap", f"two outlets at once, {_clock(after.starts_at)}", (), *vehicle)
    for charge in charges:
        most = min(battery.charge_kw, chargers[charge.charger_id].kw)
        kw = charge.kwh / ((charge.ends_at - charge.starts_at) / _HOUR)
        if kw > most + _KW:
            yield Violation("charge_power", f"{kw:.3f} kW from {_clock(charge.starts_at)}, most {most}", (), *vehicle)
        if any(leaves < charge.ends_at and charge.starts_at < returns for leaves, returns, _ in legs):
            yield Violation("charging_away", f"out while charging, {_clock(charge.starts_at)}", (), *vehicle)
    yield from _battery(charging, battery, vehicle, legs, charges)


def _legs(vehicle_class: VehicleClass, held: list[Trip]) -> list[Leg]:
    """When the vehicle is away from home, and what it uses. Between a shift's trips at another base it waits there."""
    legs: list[Leg] = []
    away: dict[str, list[Trip]] = defaultdict(list)
    for trip in held:
        if trip.shift is not None and vehicle_class.home not in (None, trip.base):
            away[trip.shift].append(trip)
        else:
            legs.append((trip.start, trip.end, trip.km * vehicle_class.energy_per_km))
    for trips in away.values():
        kwh = sum(trip.km for trip in trips) * vehicle_class.energy_per_km
        legs.append((min(trip.start for trip in trips), max(trip.end for trip in trips), kwh))
    return sorted(legs)


def _battery(
    charging: Charging, battery: Battery, vehicle: Vehicle, legs: list[Leg], charges: list[Charge]
) -> Iterator[Violation]:
    full = battery.usable_kwh
    started = full * charging.start_share
    steps = [(start, end, -kwh) for start, end, kwh in legs] + [(c.starts_at, c.ends_at, c.kwh) for c in charges]
    events = sorted({instant for start, end, _ in steps for instant in (start, end)})
    moving = sorted(steps)
    held, at, running = started, 0, list[tuple[datetime, datetime, float]]()
    previous = charging.starts_at
    for event in events:
        for start, end, kwh in running:
            held += kwh * ((min(event, end) - max(previous, start)) / (end - start))
        running = [step for step in running if step[1] > event]
        while at < len(moving) and moving[at][0] <= event:
            running.append(moving[at])
            at += 1
        previous = event
        if held < -_KWH:
            yield Violation("battery_empty", f"{held:.3f} kWh at {_clock(event)}", (), *vehicle)
            return
        if held > full + _KWH:
            yield Violation("battery_overfull", f"{held:.3f} of {full:.3f} kWh at {_clock(event)}", (), *vehicle)
            return
    if held < started - _KWH:
        yield Violation("battery_at_end", f"ends with {held:.3f} kWh, started with {started:.3f}", (), *vehicle)


def _outlets(charging: Charging, answer: Answer) -> Iterator[Violation]:
    taken: dict[tuple[str, int], list[Charge]] = defaultdict(list)
    for charge in answer.charges:
        taken[charge.charger_id, charge.outlet].append(charge)
    for (charger, outlet), charges in sorted(taken.items()):
        charges.sort(key=lambda charge: charge.starts_at)
        for before, after in zip(charges, charges[1:], strict=False):
            if after.starts_at < before.ends_at:
                yield Violation(
                    "outlet_taken",
                    f"outlet {outlet} of {charger!r} is in use until {_clock(before.ends_at)}",
                    (),
                    after.class_id,
                    after.number,
                )


def _sites(charging: Charging, answer: Answer) -> Iterator[Violation]:
    for base, most in charging.site_kw.items():
        changes: list[tuple[datetime, float]] = []
        for charge in answer.charges:
            if charge.base == base:
                kw = charge.kwh / ((charge.ends_at - charge.starts_at) / _HOUR)
                changes += [(charge.starts_at, kw), (charge.ends_at, -kw)]
        drawn = 0.0
        # At one instant what stops stops before what starts.
        for instant, kw in sorted(changes):
            drawn += kw
            if drawn > most + _KW:
                yield Violation("site_power", f"{base!r} draws {drawn:.3f} kW at {_clock(instant)}, most {most}")
                break


def _money(charging: Charging, answer: Answer) -> Iterator[Violation]:
    tally = _Tally(charging)
    kroner = kwh = 0.0
    for charge in answer.charges:
        try:
            due = tally.kroner(charge)
        except LookupError as missing:
            yield Violation("no_price", f"no price at {missing}", (), charge.class_id, charge.number)
            return
        kroner += due
        kwh += charge.kwh
        if abs(float(charge.dkk) - due) > _ORE:
            yield Violation(
                "charge_price", f"is stated as {charge.dkk} kr., comes to {due:.2f}", (), charge.class_id, charge.number
            )
    figures = answer.charging
    if figures is None:
        yield Violation("charging_figures", "a plan with charging and no figures of it")
        return
    if abs(float(figures.dkk) - kroner) > _ORE:
        yield Violation("charging_figures", f"charging is stated as {figures.dkk} kr., comes to {kroner:.2f}")
    if abs(figures.kwh - kwh) > _KWH * max(1, len(answer.charges)):
        yield Violation("charging_figures", f"charging is stated as {figures.kwh} kWh, comes to {kwh:.3f}")
    if figures.bound_dkk is not None and figures.bound_dkk > figures.dkk:
        yield Violation("bound_above_value", f"charging: bound {figures.bound_dkk} above {figures.dkk}")


class _Tally:
    """The price of every minute, looked up when it is needed."""

    def __init__(self, charging: Charging) -> None:
        self.charging = charging
        self.zone = ZoneInfo(charging.zone)
        self.rows = sorted(charging.prices, key=lambda price: price.starts_at)
        self.begins = [row.starts_at for row in self.rows]
        self.known: dict[datetime, float] = {}

    def kroner(self, charge: Charge) -> float:
        """Minute by minute, a started minute by its share."""
        length = charge.ends_at - charge.starts_at
        total, at = 0.0, charge.starts_at
        while at < charge.ends_at:
            minute = at.replace(second=0, microsecond=0)
            until = min(minute + _MINUTE, charge.ends_at)
            total += self._price(minute) * ((until - at) / length)
            at = until
        return total * charge.kwh

    def _price(self, minute: datetime) -> float:
        price = self.known.get(minute)
        if price is None:
            price = self.known[minute] = self._spot(minute).dkk_per_kwh + self._tariffs(minute)
        return price

    def _spot(self, minute: datetime) -> EnergyPrice:
        index = bisect_right(self.begins, minute) - 1
        if index < 0 or self.rows[index].ends_at <= minute:
            raise LookupError(_clock(minute))
        return self.rows[index]

    def _tariffs(self, minute: datetime) -> float:
        local = minute.astimezone(self.zone)
        clock = local.replace(tzinfo=None)
        total = 0.0
        for tariff in self.charging.tariffs:
            starts = tariff.valid_from is None or tariff.valid_from <= clock.date()
            ended = tariff.valid_to is not None and tariff.valid_to <= clock.date()
            if not starts or ended or (tariff.months and clock.month not in tariff.months):
                continue
            now = clock.hour * 60 + clock.minute
            opens = tariff.opens.hour * 60 + tariff.opens.minute
            closes = tariff.closes.hour * 60 + tariff.closes.minute or 24 * 60
            within = opens <= now < closes if opens < closes else now >= opens or now < closes
            total += tariff.dkk_per_kwh if within else 0.0
        return total


def _clock(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M:%S}"
