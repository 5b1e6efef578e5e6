# SPDX-License-Identifier: MPL-2.0
"""The best allocation of a day's bookings to vehicles, re-found within a second as bookings come and go.

Frozen bookings, service and range left tell each vehicle apart from others of its model, so vehicles are not just
counted: like cars are counted first (:mod:`fleetplan.day_model`), which bounds every plan, and then named; where names
do not follow at the same cost, the cars concerned are modelled one by one. Bookings and cars that have nothing to do
with each other are solved apart. HiGHS gives allocation and bound.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from time import monotonic

from fleetplan.day import Allocation, Booking, Car, Day, DayAnswer, DayFigures, Level
from fleetplan.day_model import Counted, DayModel, Group, LevelKey, level_of
from fleetplan.fitting import Refusal, Use, clashes, frozen_uses, overdrawn, own_price, price, refusal, use_of
from fleetplan.mip import INF

SECONDS = 1.0
_CENT = 0.005


def optimise_day(day: Day, *, seconds: float = SECONDS) -> DayAnswer:
    """The allocation that leaves the fewest unserved, most urgent first, and among those is best for the goal.

    ``seconds`` bounds the search; when they are up, the answer is the best found, with the bound proven so far.
    """
    deadline = monotonic() + seconds
    held = frozen_uses(day)
    may = _may(day, held)
    car_of: dict[str, str | None] = {each.id: each.told if each.is_frozen else None for each in day.bookings}
    bound = sum(price(day, each, day.car_of[each.told or ""]) for each in day.bookings if each.is_frozen)
    bounds: dict[LevelKey, int] = {}
    for bookings in _parts(may, day):
        part = _Part(day, bookings, may, held)
        least_value, least_unserved = part.solve(deadline)
        car_of |= part.car_of
        bound += least_value
        for level, least in least_unserved.items():
            bounds[level] = bounds.get(level, 0) + least
    return _answer(day, car_of, bound, bounds)


def first_come(day: Day) -> DayAnswer:
    """The naive allocation to compare with: each booking, in the order made, gets the greenest car that is free.

    Nobody's car is ever changed. Frozen bookings keep theirs.
    """
    car_of = _greedily(day, list(day.bookings), by_price=False)
    return _answer(day, car_of, -INF, {})


def figures_of(day: Day, car_of: dict[str, str | None]) -> DayFigures:
    """What an allocation comes to: the day's kroner, kg CO2e and km, unserved ones in employees' own cars included."""
    dkk = kg = km = 0.0
    unserved = changes = 0
    for booking in day.bookings:
        car = day.car_of.get(car_of.get(booking.id) or "")
        if car is None:
            unserved += 1
            dkk, kg = dkk + booking.km * day.own_dkk_per_km, kg + booking.km * day.own_kg_per_km
            km += booking.km
            continue
        use = use_of(booking, car)
        dkk, kg, km = dkk + use.km * car.dkk_per_km, kg + use.km * car.kg_per_km, km + use.km
        changes += booking.told is not None and booking.told != car.id
    return DayFigures(unserved, dkk, kg, km, changes)


@dataclass(frozen=True, slots=True)
class Why:
    """Why a booking is unserved: each car's own reason, and the instant at which all that could take it are held.

    ``busy``: car -> the bookings that hold it in the booking's interval, for the cars that could take it otherwise.
    """

    refusals: dict[str, Refusal]
    busy: dict[str, tuple[str, ...]]


def why(day: Day, answer: DayAnswer, booking: Booking) -> Why:
    """What stands in the way of each car, given the answer's allocation."""
    uses = _uses(day, answer.car_of)
    refusals: dict[str, Refusal] = {}
    busy: dict[str, tuple[str, ...]] = {}
    for car in day.cars:
        found = refusal(day, booking, car)
        mine = use_of(booking, car)
        others = [use for use in uses.get(car.id, []) if use.booking != booking.id]
        in_the_way = tuple(use.booking for use in others if clashes(day, mine, use))
        if found is None and in_the_way:
            found, busy[car.id] = Refusal.BUSY, in_the_way
        elif found is None and overdrawn(day, car, _in_order([*others, mine])) is not None:
            found = Refusal.RANGE
        if found is not None:
            refusals[car.id] = found
    return Why(refusals, busy)


class _Part:
    """Bookings that compete for the same cars, and the best plan for them found so far."""

    def __init__(self, day: Day, bookings: list[Booking], may: dict[str, set[str]], held: dict[str, list[Use]]) -> None:
        self.day, self.bookings, self.may, self.held = day, bookings, may, held
        self.car_of = _greedily(day, bookings, by_price=True)
        self.worth = self._worth(self.car_of)
        self._keep_better(_greedily(day, bookings, by_price=False))

    def solve(self, deadline: float) -> tuple[float, dict[LevelKey, int]]:
        """Find the best plan; gives the bound on the goal and on the unserved of each level.

        Like cars are counted, then named. A group in which no names can be given at the counted cost is split into its
        cars, and all is counted again: with every group split the model is exact, so this ends with a proof.
        """
        groups = self._groups()
        bound, unserved = self._at_least(), dict.fromkeys(map(level_of, self.bookings), 0)
        while True:
            counted = DayModel(self.day, self.bookings, groups, self.may, self.held).solve(deadline)
            bound = max(bound, counted.bound)
            unserved = {level: max(least, counted.unserved_bounds[level]) for level, least in unserved.items()}
            if counted.group_of is None:
                return bound, unserved
            split = self._name(groups, counted, deadline)
            if not split or monotonic() > deadline:
                return bound, unserved
            parted: list[Group] = []
            for number, group in enumerate(groups):
                parted += [(car,) for car in group] if number in split else [group]
            groups = parted

    def _name(self, groups: list[Group], counted: Counted, deadline: float) -> set[int]:
        """Give the counted bookings cars by name; returns the groups where that costs more than was counted."""
        assert counted.group_of is not None
        car_of: dict[str, str | None] = {each.id: None for each in self.bookings}
        split: set[int] = set()
        for number, group in enumerate(groups):
            mine = [each for each in self.bookings if counted.group_of[each.id] == number]
            if len(group) == 1:
                car_of |= {each.id: group[0].id for each in mine}
            elif mine:
                singles: list[Group] = [(car,) for car in group]
                model = DayModel(self.day, mine, singles, self.may, self.held)
                named = model.solve(deadline, serve_all=True)
                if named.group_of is None:
                    split.add(number)
                    named = model.solve(deadline)
                    if named.group_of is None:
                        continue
                for each in mine:
                    position = named.group_of[each.id]
                    car_of[each.id] = group[position].id if position is not None else None
                if sum(named.cost_of.values()) > sum(counted.cost_of[each.id] for each in mine) + _CENT:
                    split.add(number)
        self._keep_better(car_of)
        return split

    def _keep_better(self, wanted: dict[str, str | None]) -> None:
        """Mend a plan, which may run cars dry and leave bookings out that fit somewhere, and keep it where it pays."""
        car_of = _greedily(self.day, self.bookings, by_price=True, wanted=wanted)
        worth = self._worth(car_of)
        if worth < self.worth:
            self.car_of, self.worth = car_of, worth

    def _at_least(self) -> float:
        """What the goal comes to where every booking has what is least for it."""
        return sum(
            min(
                [own_price(self.day, each), *(price(self.day, each, self.day.car_of[car]) for car in self.may[each.id])]
            )
            for each in self.bookings
        )

    def _groups(self) -> list[Group]:
        """Cars that are alike but for what they are held by."""
        wanted = set().union(*(self.may[each.id] for each in self.bookings))
        groups: dict[object, list[Car]] = {}
        for car in self.day.cars:
            if car.id in wanted:
                bases = tuple(sorted((base, fetch.minutes, fetch.km) for base, fetch in car.bases.items()))
                left = car.range_km if car.left_km is None else car.left_km
                alike = (
                    car.kind, bases, car.dkk_per_km, car.kg_per_km, car.capabilities, car.range_km, left,
                    car.charge_km_per_hour, car.closed,
                )  # fmt: skip
                groups.setdefault(alike, []).append(car)
        return [tuple(group) for group in groups.values()]

    def _worth(self, car_of: dict[str, str | None]) -> tuple[tuple[int, ...], float]:
        """Unserved by level, then the goal: the less the better."""
        levels = sorted(set(map(level_of, self.bookings)), reverse=True)
        unserved, value = dict.fromkeys(levels, 0), 0.0
        for booking in self.bookings:
            car = self.day.car_of.get(car_of[booking.id] or "")
            unserved[level_of(booking)] += car is None
            value += own_price(self.day, booking) if car is None else price(self.day, booking, car)
        return tuple(unserved.values()), value


def _in_order(uses: Iterable[Use]) -> list[Use]:
    return sorted(uses, key=lambda use: (use.start, use.end, use.booking))


def _may(day: Day, held: dict[str, list[Use]]) -> dict[str, set[str]]:
    """Booking that is not frozen -> the cars that could take it, nothing but frozen bookings in the way."""
    found: dict[str, set[str]] = {}
    for booking in day.bookings:
        if booking.is_frozen:
            continue
        found[booking.id] = {
            car.id
            for car in day.cars
            if refusal(day, booking, car) is None
            and not any(clashes(day, use_of(booking, car), use) for use in held.get(car.id, []))
        }
    return found


def _parts(may: dict[str, set[str]], day: Day) -> list[list[Booking]]:
    """Bookings that compete for the same cars, directly or through others."""
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        while parent.setdefault(name, name) != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    for booking, cars in may.items():
        for car in cars:
            parent[root(f"c{car}")] = root(f"b{booking}")
    parts: dict[str, list[Booking]] = {}
    for each in day.bookings:
        if each.id in may:
            parts.setdefault(root(f"b{each.id}"), []).append(each)
    return list(parts.values())


def _uses(day: Day, car_of: dict[str, str | None]) -> dict[str, list[Use]]:
    uses: dict[str, list[Use]] = {}
    for booking in day.bookings:
        car = day.car_of.get(car_of.get(booking.id) or "")
        if car is not None:
            uses.setdefault(car.id, []).append(use_of(booking, car))
    return uses


def _greedily(
    day: Day, bookings: Sequence[Booking], *, by_price: bool, wanted: dict[str, str | None] | None = None
) -> dict[str, str | None]:
    """One booking after the other to a free car: the greenest, or ``by_price`` told ones first and the least costly.

    ``wanted``: a plan to follow where it holds; only what it has no room for is placed anew.
    """
    uses = frozen_uses(day)
    car_of: dict[str, str | None] = {each.id: each.told if each.is_frozen else None for each in bookings}

    def placed(booking: Booking, car: Car) -> bool:
        mine, others = use_of(booking, car), uses.get(car.id, [])
        if (
            refusal(day, booking, car) is not None
            or any(clashes(day, mine, use) for use in others)
            or overdrawn(day, car, _in_order([*others, mine])) is not None
        ):
            return False
        car_of[booking.id] = car.id
        uses.setdefault(car.id, []).append(mine)
        return True

    in_turn = sorted(bookings, key=level_of, reverse=True) if by_price else list(bookings)
    for booking in in_turn:
        car_id = (wanted or {}).get(booking.id)
        if car_id is not None and not booking.is_frozen:
            placed(booking, day.car_of[car_id])
    for booking in in_turn:
        if car_of[booking.id] is None:
            order = sorted(
                day.cars,
                key=lambda car: (price(day, booking, car) if by_price else 0.0, car.kg_per_km, car.dkk_per_km),
            )
            any(placed(booking, car) for car in order)
    return car_of


def _answer(day: Day, car_of: dict[str, str | None], bound: float, bounds: dict[LevelKey, int]) -> DayAnswer:
    """The answer in the order of the bookings, its figures recounted."""
    value = 0.0
    unserved: dict[LevelKey, int] = {level_of(each): 0 for each in day.bookings}
    for booking in day.bookings:
        car = day.car_of.get(car_of[booking.id] or "")
        value += own_price(day, booking) if car is None else price(day, booking, car)
        unserved[level_of(booking)] += car is None
    levels = tuple(
        Level(is_told, priority, count, min(count, bounds.get((is_told, priority), 0)))
        for (is_told, priority), count in sorted(unserved.items(), reverse=True)
    )
    allocations = tuple(Allocation(each.id, car_of[each.id]) for each in day.bookings)
    return DayAnswer(allocations, figures_of(day, car_of), levels, value, min(bound, value))
