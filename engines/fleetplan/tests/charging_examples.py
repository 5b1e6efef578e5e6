# SPDX-License-Identifier: MPL-2.0
"""Small problems with real charging, and the cheapest plan found by looking at every one.

All is in whole hours and whole kWh (a charger of 1 kW, trips from hour to hour), so charging in whole hours is as cheap
as any: charging is then a flow of whole numbers, and no plan at all beats the best one found here.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from fleetplan import (
    Answer,
    Assignment,
    Battery,
    Charge,
    Charger,
    Charging,
    EnergyPrice,
    Goal,
    Objective,
    Problem,
    Rules,
    Trip,
    VehicleClass,
    evaluate,
)
from hypothesis import strategies as st

from .examples import MONDAY, electric_car, problem, trip

HOURS = 8


def hour(number: float) -> timedelta:
    return timedelta(hours=number)


def prices(*dkk: float) -> tuple[EnergyPrice, ...]:
    return tuple(EnergyPrice(MONDAY + hour(n), MONDAY + hour(n + 1), price) for n, price in enumerate(dkk))


def car(name: str = "zoe", **more: object) -> VehicleClass:
    """1 kWh per km, and range and rest that would forbid nearly everything if they counted."""
    return electric_car(name, **({"energy_per_km": 1.0, "range_km": 1.0, "rest_hours": 20.0} | more))


def charged(
    *trips: Trip,
    classes: tuple[VehicleClass, ...] = (car(),),
    dkk: tuple[float, ...] = (1.0,) * HOURS,
    battery_kwh: float = 4.0,
    outlets: int = 1,
    kw: float = 1.0,
    objective: Objective | None = None,
    **more: object,
) -> Problem:
    charging = Charging(
        starts_at=MONDAY,
        ends_at=MONDAY + hour(len(dkk)),
        batteries=tuple(Battery(one.id, battery_kwh, kw) for one in classes if one.energy.value == "electricity"),
        chargers=(Charger("wall", "grenaa", outlets, kw),) if outlets else (),
        prices=prices(*dkk),
    )
    return problem(
        *trips,
        classes=classes,
        objective=objective or Objective.minimise(Goal.CASH, max_unserved=0),
        period_days=7.0,
        rules=Rules(changeover_minutes=1.0),
        charging=replace(charging, **more),  # type: ignore[arg-type]
    )


@st.composite
def small_problems(draw: st.DrawFn) -> Problem:
    trips = []
    for number in range(draw(st.integers(0, 4))):
        start = draw(st.integers(0, HOURS - 1))
        length = draw(st.integers(1, min(3, HOURS - start)))
        # Off by a minute, so that one trip can follow another at once.
        one = trip(str(number), start, start + length, float(draw(st.integers(1, 4))))
        trips.append(replace(one, end=one.end - timedelta(minutes=1), start=one.start + timedelta(minutes=1)))
    most = draw(st.sampled_from((1, 1, 2)))
    return charged(
        *trips,
        classes=(car(max_count=most, min_count=draw(st.sampled_from((0, 1)))),),
        dkk=tuple(draw(st.lists(st.integers(-2, 9).map(float), min_size=HOURS, max_size=HOURS))),
        battery_kwh=float(draw(st.integers(2, 5))),
        outlets=draw(st.integers(1, 2)),
        start_share=draw(st.sampled_from((1.0, 1.0, 0.0))),
        objective=Objective.minimise(Goal.CASH, max_unserved=draw(st.sampled_from((None, 0, 1)))),
    )


def best_charged(task: Problem) -> Answer | None:
    """The cheapest plan of a problem with one class at one base, all in whole hours; None where no plan obeys."""
    plans = (cheapest for seats, used in _seats(task) for cheapest in _cheapest(task, seats, used))
    return min(plans, key=lambda plan: plan.stages[0].value, default=None)


def _seats(task: Problem) -> Iterator[tuple[dict[str, int | None], int]]:
    """Who drives what: every way to give trips to vehicles, or to nobody."""
    most = task.classes[0].max_count or len(task.trips)
    cap = task.objective.max_unserved

    def extend(at: int, done: dict[str, int | None], used: int) -> Iterator[tuple[dict[str, int | None], int]]:
        if at == len(task.trips):
            if cap is None or sum(number is None for number in done.values()) <= cap:
                yield done, used
            return
        one = task.trips[at]
        yield from extend(at + 1, done | {one.id: None}, used)
        for number in range(1, min(used + 1, most) + 1):
            yield from extend(at + 1, done | {one.id: number}, max(used, number))

    return extend(0, {}, 0)


def _cheapest(task: Problem, seats: dict[str, int | None], used: int) -> Iterator[Answer]:
    """The cheapest charging for these seats, hour by hour over everything the batteries can hold."""
    charging = task.charging
    assert charging is not None
    name = task.classes[0].id
    count = max(used, task.classes[0].min_count)
    full = int(charging.batteries[0].battery_kwh)
    held = [[one for one in task.trips if seats[one.id] == number] for number in range(1, count + 1)]
    changeover = timedelta(minutes=task.rules.changeover_minutes)
    for trips in held:
        trips.sort(key=lambda one: one.start)
        if any(b.start <= a.end + changeover for a, b in zip(trips, trips[1:], strict=False)):
            return
    started = int(full * charging.start_share)
    states: dict[tuple[int, ...], tuple[float, tuple[tuple[int, int], ...]]] = {(started,) * count: (0.0, ())}
    for n, price in enumerate(charging.prices):
        after: dict[tuple[int, ...], tuple[float, tuple[tuple[int, int], ...]]] = {}
        for state, (paid, log) in states.items():
            left = list(state)
            for number, trips in enumerate(held):
                left[number] -= sum(int(one.km) for one in trips if price.starts_at <= one.start < price.ends_at)
            if min(left, default=0) < 0:
                continue
            home = [
                number
                for number, trips in enumerate(held)
                if left[number] < full
                and all(one.end <= price.starts_at or one.start >= price.ends_at for one in trips)
            ]
            for chosen in _subsets(home, charging.chargers[0].outlets):
                fed = tuple(kwh + (number in chosen) for number, kwh in enumerate(left))
                cost = paid + price.dkk_per_kwh * len(chosen)
                if fed not in after or cost < after[fed][0]:
                    after[fed] = cost, (*log, *((n, number) for number in chosen))
        states = after
    ends = [known for state, known in states.items() if min(state, default=started) >= started]
    if not ends:
        return
    _, log = min(ends)
    taken: dict[int, int] = {}
    charges = []
    for n, number in log:
        taken[n] = taken.get(n, 0) + 1
        price = charging.prices[n]
        charges.append(
            Charge(
                name,
                number + 1,
                "grenaa",
                "wall",
                taken[n],
                price.starts_at,
                price.ends_at,
                1.0,
                Decimal(str(price.dkk_per_kwh)),
            )
        )
    seated = tuple(Assignment(one.id, name if seats[one.id] else None, seats[one.id]) for one in task.trips)
    yield evaluate(task, {name: count}, seated, tuple(charges))


def _subsets(numbers: list[int], most: int) -> Iterator[tuple[int, ...]]:
    yield ()
    for at, first in enumerate(numbers):
        if most:
            for rest in _subsets(numbers[at + 1 :], most - 1):
                yield (first, *rest)
