# SPDX-License-Identifier: MPL-2.0
"""The independent checker: every rule and every figure of an answer, from the problem alone.

Written against the rules of :mod:`fleetplan.problem`, on purpose without anything the solver uses: it shares with it
only the data classes. Whatever made the answer (our solver, another program, a planner by hand), this says what is
wrong with it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from fleetplan.answer import Answer, Status, Totals, Violation
from fleetplan.check_charging import charged_kroner, check_charging, has_battery
from fleetplan.check_pools import as_driven, homes
from fleetplan.problem import Energy, Goal, Kind, Problem, Trip, VehicleClass

_DAY = timedelta(hours=24)
_CENT = 0.011  # kr or kg: what rounding to two decimals may differ by
_KM = 1e-6

Vehicle = tuple[str, int]
"""Class id and number."""


def check(problem: Problem, answer: Answer) -> list[Violation]:
    """Everything about the answer that breaks a rule or does not add up; empty = all in order.

    An answer without a plan (INFEASIBLE, NOT_FOUND, CANCELLED early) has nothing to check.
    """
    if answer.totals is None and not answer.assignments:
        if answer.status in (Status.OPTIMAL, Status.FEASIBLE):
            return [Violation("no_plan", f"status {answer.status.value} without a plan")]
        return []
    trips = {trip.id: trip for trip in problem.trips}
    classes = {vehicle_class.id: vehicle_class for vehicle_class in problem.classes}
    found = list(_completeness(trips, classes, answer))
    if found:
        # Without every trip once on a known vehicle the rest of the questions have no meaning.
        return found
    driven: dict[Vehicle, list[Trip]] = defaultdict(list)
    unserved: list[Trip] = []
    for assignment in answer.assignments:
        if assignment.class_id is None or assignment.number is None:
            unserved.append(trips[assignment.trip_id])
        else:
            driven[assignment.class_id, assignment.number].append(trips[assignment.trip_id])
    found += _fleet(problem, answer)
    found += _shifts(problem, answer)
    for vehicle in sorted(driven):
        found += homes(problem, classes[vehicle[0]], vehicle, driven[vehicle])
        held = driven[vehicle] = as_driven(problem, classes[vehicle[0]], driven[vehicle])
        held.sort(key=lambda trip: (trip.start, trip.end))
        found += _suitability(problem, classes[vehicle[0]], vehicle, held)
        found += _bookings(problem, vehicle, held)
        if not has_battery(problem, vehicle[0]):
            found += _windows(classes[vehicle[0]], vehicle, held)
    found += check_charging(problem, answer, driven)
    found += _bike_share(problem, classes, driven)
    found += _caps(problem, unserved, answer)
    found += _figures(problem, answer, driven, unserved)
    return found


def _completeness(trips: dict[str, Trip], classes: dict[str, VehicleClass], answer: Answer) -> Iterator[Violation]:
    times = Counter(assignment.trip_id for assignment in answer.assignments)
    for trip_id in trips:
        if times[trip_id] == 0:
            yield Violation("trip_missing", "the trip is neither driven nor unserved", (trip_id,))
    for trip_id, count in times.items():
        if trip_id not in trips:
            yield Violation("unknown_trip", "the problem has no such trip", (trip_id,))
        elif count > 1:
            yield Violation("trip_twice", f"the trip is assigned {count} times", (trip_id,))
    counts = answer.counts
    for class_id in counts:
        if class_id not in classes:
            yield Violation("unknown_class", "the problem has no such class", class_id=class_id)
    for a in answer.assignments:
        if (a.class_id is None) != (a.number is None):
            yield Violation("half_assigned", "class and number must both be given", (a.trip_id,), a.class_id, a.number)
        elif a.class_id is not None and a.number is not None:
            if a.class_id not in classes:
                yield Violation("unknown_class", "the problem has no such class", (a.trip_id,), a.class_id, a.number)
            elif not 1 <= a.number <= counts.get(a.class_id, 0):
                yield Violation(
                    "vehicle_not_in_fleet",
                    f"the fleet has {counts.get(a.class_id, 0)} of this class",
                    (a.trip_id,),
                    a.class_id,
                    a.number,
                )


def _fleet(problem: Problem, answer: Answer) -> Iterator[Violation]:
    for vehicle_class in problem.classes:
        count = answer.counts.get(vehicle_class.id, 0)
        if count < vehicle_class.min_count:
            yield Violation(
                "count_below_min", f"{count} vehicles, {vehicle_class.min_count} are locked", class_id=vehicle_class.id
            )
        if vehicle_class.max_count is not None and count > vehicle_class.max_count:
            yield Violation(
                "count_above_max", f"{count} vehicles, at most {vehicle_class.max_count}", class_id=vehicle_class.id
            )


def _shifts(problem: Problem, answer: Answer) -> Iterator[Violation]:
    holder = {a.trip_id: (a.class_id, a.number) for a in answer.assignments}
    shifts: dict[str, list[Trip]] = defaultdict(list)
    for trip in problem.trips:
        if trip.shift is not None:
            shifts[trip.shift].append(trip)
    for shift, members in shifts.items():
        vehicles = {holder[trip.id] for trip in members}
        ids = tuple(trip.id for trip in members)
        if len(vehicles) > 1:
            yield Violation("shift_split", f"shift {shift!r} is spread over {len(vehicles)} vehicles", ids)


def _suitability(
    problem: Problem, vehicle_class: VehicleClass, vehicle: Vehicle, held: list[Trip]
) -> Iterator[Violation]:
    bikes = problem.rules.bikes
    zone = ZoneInfo(bikes.zone)
    limits = {Kind.BIKE: bikes.max_kmh, Kind.E_BIKE: bikes.e_bike_max_kmh}
    for trip in held:
        lacking = trip.needs - vehicle_class.capabilities
        if lacking:
            yield Violation("needs", f"lacks {', '.join(sorted(lacking))}", (trip.id,), *vehicle)
        if vehicle_class.bases is not None and trip.base not in vehicle_class.bases:
            yield Violation("base", f"does not serve base {trip.base!r}", (trip.id,), *vehicle)
        if vehicle_class.kind not in limits:
            continue
        if not trip.km < bikes.max_trip_km:
            yield Violation("bike_trip_km", f"{trip.km} km, limit {bikes.max_trip_km}", (trip.id,), *vehicle)
        leaves, returns = trip.start.astimezone(zone), trip.end.astimezone(zone)
        in_slot = [opens <= leaves.time() and returns.time() <= closes for opens, closes in bikes.slots]
        if leaves.date() != returns.date() or not any(in_slot):
            yield Violation(
                "bike_slot", f"{leaves:%H:%M:%S}-{returns:%H:%M:%S} fits no bike time slot", (trip.id,), *vehicle
            )
        fastest = limits[vehicle_class.kind]
        hours = trip.driving.total_seconds() / 3600
        if fastest is not None and not trip.km < fastest * hours:
            yield Violation("bike_speed", f"{trip.km} km in {hours:.3f} h, limit {fastest} km/h", (trip.id,), *vehicle)


def _bookings(problem: Problem, vehicle: Vehicle, held: list[Trip]) -> Iterator[Violation]:
    """Every pair of trips of one vehicle that overlap, or that leave no time to change over.

    A shift keeps its vehicle from its first start to its last end: whoever comes in between is a double booking.
    """
    changeover = timedelta(minutes=problem.rules.changeover_minutes)
    until: dict[str, datetime] = {}
    for trip in held:
        if trip.shift is not None:
            until[trip.shift] = max(trip.end, until.get(trip.shift, trip.end))
    running: list[Trip] = []
    for trip in held:
        ends = {other.id: until.get(other.shift, other.end) if other.shift else other.end for other in running}
        running = [other for other in running if ends[other.id] + changeover >= trip.start]
        for other in running:
            if trip.shift is not None and other.shift == trip.shift and other.end <= trip.start:
                continue
            if ends[other.id] > trip.start:
                yield Violation(
                    "double_booking", f"away until {ends[other.id]:%Y-%m-%d %H:%M:%S}", (other.id, trip.id), *vehicle
                )
            else:
                gap = (trip.start - ends[other.id]).total_seconds() / 60
                yield Violation(
                    "changeover",
                    f"{gap:.2f} minutes to change over, more than {problem.rules.changeover_minutes} are needed",
                    (other.id, trip.id),
                    *vehicle,
                )
        running.append(trip)


def _windows(vehicle_class: VehicleClass, vehicle: Vehicle, held: list[Trip]) -> Iterator[Violation]:
    """Range and rest in every 24-hour window that opens with a trip."""
    limit_km = vehicle_class.range_km
    limit_out = _DAY - timedelta(hours=vehicle_class.rest_hours)
    if limit_km is None and vehicle_class.rest_hours == 0:
        return
    for window in _split_into_windows(held):
        ids = tuple(trip.id for trip in window)
        too_long = [t for t in window if (limit_km is not None and t.km > limit_km) or t.end - t.start > limit_out]
        if too_long:
            if len(window) > 1:
                yield Violation("window_shared", "a trip too long for a window must have one to itself", ids, *vehicle)
            for trip in too_long:
                yield from _long_trip(vehicle_class, vehicle, trip)
            continue
        km = sum(trip.km for trip in window)
        out = sum((trip.end - trip.start for trip in window), timedelta())
        if limit_km is not None and km > limit_km + _KM:
            yield Violation("range", f"{km:.3f} km in 24 hours, range {limit_km}", ids, *vehicle)
        if out > limit_out:
            rest = (_DAY - out).total_seconds() / 3600
            yield Violation(
                "rest", f"{rest:.3f} hours idle in 24, {vehicle_class.rest_hours} are needed", ids, *vehicle
            )


def _split_into_windows(held: Iterable[Trip]) -> Iterator[list[Trip]]:
    window: list[Trip] = []
    for trip in held:
        if window and trip.start - window[0].start >= _DAY:
            yield window
            window = []
        window.append(trip)
    if window:
        yield window


def _long_trip(vehicle_class: VehicleClass, vehicle: Vehicle, trip: Trip) -> Iterator[Violation]:
    """A trip too long for a window, walked segment by segment: full again after a pause as long as the rest."""
    if not trip.segments:
        yield Violation("long_trip", "too long for a window and of unknown segments", (trip.id,), *vehicle)
        return
    rest = timedelta(hours=vehicle_class.rest_hours)
    pauses = [after.start - before.end for before, after in zip(trip.segments, trip.segments[1:], strict=False)]
    long_pause = [rest > timedelta() and pause >= rest for pause in pauses]
    stretch_km = trip.segments[0].km
    longest = stretch_km
    for segment, rested in zip(trip.segments[1:], long_pause, strict=True):
        stretch_km = segment.km if rested else stretch_km + segment.km
        longest = max(longest, stretch_km)
    if vehicle_class.range_km is not None and longest > vehicle_class.range_km + _KM:
        yield Violation("long_trip", f"{longest:.3f} km between rests", (trip.id,), *vehicle)
    if trip.end - trip.start > _DAY - rest and not any(long_pause):
        yield Violation("long_trip", f"no pause of {vehicle_class.rest_hours} hours", (trip.id,), *vehicle)


def _bike_share(
    problem: Problem, classes: dict[str, VehicleClass], driven: dict[Vehicle, list[Trip]]
) -> Iterator[Violation]:
    share = problem.rules.bikes.max_share
    if share >= 1:
        return
    bike_classes = [c for c in problem.classes if c.kind in (Kind.BIKE, Kind.E_BIKE)]
    on_bikes = sum(len(held) for (class_id, _), held in driven.items() if classes[class_id] in bike_classes)
    groups: dict[str, list[Trip]] = defaultdict(list)
    for trip in problem.trips:
        groups[f"shift {trip.shift}" if trip.shift is not None else f"trip {trip.id}"].append(trip)
    eligible = sum(
        len(members)
        for members in groups.values()
        if any(
            not any(homes(problem, c, (c.id, 1), members))
            and not any(_suitability(problem, c, (c.id, 1), members))
            and not any(_windows(c, (c.id, 1), _in_time_order(members)))
            for c in bike_classes
        )
    )
    if on_bikes > share * eligible + 1e-9:
        yield Violation("bike_share", f"{on_bikes} of {eligible} eligible trips on bikes, at most {share:.0%}")


def _in_time_order(trips: list[Trip]) -> list[Trip]:
    return sorted(trips, key=lambda trip: trip.start)


def _caps(problem: Problem, unserved: list[Trip], answer: Answer) -> Iterator[Violation]:
    most = problem.objective.max_unserved
    if most is not None and len(unserved) > most:
        ids = tuple(trip.id for trip in unserved)
        yield Violation("too_many_unserved", f"{len(unserved)} trips unserved, at most {most}", ids)
    cap = problem.objective.max_co2e_kg
    if cap is not None and answer.totals is not None and float(answer.totals.co2e_kg) > cap + _CENT:
        yield Violation("co2e_cap", f"{answer.totals.co2e_kg} kg CO2e a year, at most {cap}")
    budget = problem.objective.max_cash_dkk
    if budget is not None and answer.totals is not None and float(answer.totals.cash_dkk) > budget + _CENT:
        yield Violation("cash_cap", f"{answer.totals.cash_dkk} kr. in cash a year, at most {budget}")


def _figures(
    problem: Problem, answer: Answer, driven: dict[Vehicle, list[Trip]], unserved: list[Trip]
) -> Iterator[Violation]:
    totals = answer.totals
    if totals is None:
        yield Violation("no_totals", "a plan without totals")
        return
    for name, expected in _expected(problem, answer, driven, unserved).items():
        stated = getattr(totals, name)
        if abs(float(stated) - expected) > _CENT:
            yield Violation("totals", f"{name} is stated as {stated}, the plan comes to {expected:.2f}")
    if len(answer.stages) != len(problem.objective.stages):
        yield Violation(
            "stages", f"{len(answer.stages)} stages stated, the objective has {len(problem.objective.stages)}"
        )
        return
    for number, (stage, goals) in enumerate(zip(answer.stages, problem.objective.stages, strict=True), start=1):
        value = sum(weight * float(_goal(totals, goal)) for goal, weight in goals)
        room = _CENT * max(1.0, sum(weight for _, weight in goals))
        if abs(float(stage.value) - value) > room:
            yield Violation("stage_value", f"stage {number} is stated as {stage.value}, the plan comes to {value:.2f}")
        if stage.bound is not None and stage.bound > stage.value:
            yield Violation("bound_above_value", f"stage {number}: bound {stage.bound} above value {stage.value}")
        if answer.status is Status.OPTIMAL and (stage.bound is None or stage.bound < stage.value):
            yield Violation("not_proven", f"stage {number}: called optimal with bound {stage.bound} and {stage.value}")


def _goal(totals: Totals, goal: Goal) -> Decimal | int:
    if goal is Goal.CASH:
        return totals.fixed_dkk + totals.energy_dkk + totals.allowance_dkk
    if goal is Goal.COST:
        return totals.fixed_dkk + totals.energy_dkk + totals.allowance_dkk + totals.social_dkk
    if goal is Goal.CO2E:
        return totals.co2e_kg
    return totals.vehicles if goal is Goal.VEHICLES else totals.unserved_trips


def _expected(
    problem: Problem, answer: Answer, driven: dict[Vehicle, list[Trip]], unserved: list[Trip]
) -> dict[str, float]:
    """Yearly figures from first principles: consumption x price, consumption x factor, km x allowance."""
    costs = problem.costs
    yearly = 365 / problem.days
    classes = {c.id: c for c in problem.classes}
    used: dict[Energy, float] = defaultdict(float)
    for (class_id, _), held in driven.items():
        used[classes[class_id].energy] += sum(trip.km for trip in held) * classes[class_id].energy_per_km * yearly
    own_km = sum(trip.km for trip in unserved) * yearly
    asked_km = sum(trip.km for trip in problem.trips) * yearly
    driven_km = sum(trip.km for held in driven.values() for trip in held) * yearly
    bought = {class_id for class_id in classes if not has_battery(problem, class_id)}
    energy = charged_kroner(problem, answer) * yearly
    for (class_id, _), held in driven.items():
        if class_id in bought and classes[class_id].energy is not Energy.NONE:
            units = sum(trip.km for trip in held) * classes[class_id].energy_per_km * yearly
            energy += units * costs.price_dkk[classes[class_id].energy]
    used[costs.unserved_energy] += own_km * costs.unserved_energy_per_km
    kg = sum(units * costs.co2e_kg[kind] for kind, units in used.items() if kind is not Energy.NONE)
    allowance, paid_km = 0.0, 0.0
    for tier in costs.allowance:
        until = own_km if tier.up_to_km_year is None else min(own_km, tier.up_to_km_year)
        allowance += (until - paid_km) * tier.dkk_per_km
        paid_km = until
    return {
        "fixed_dkk": sum(classes[class_id].fixed_dkk_year * n for class_id, n in answer.counts.items()),
        "energy_dkk": energy / costs.deflator,
        "allowance_dkk": allowance,
        "social_dkk": kg / 1000 * costs.social_dkk_per_t / costs.deflator,
        "co2e_kg": kg,
        "km": driven_km + own_km,
        "transfer_km": driven_km + own_km - asked_km,
        "unserved_km": own_km,
        "unserved_trips": float(len(unserved)),
        "vehicles": float(sum(answer.counts.values())),
    }
