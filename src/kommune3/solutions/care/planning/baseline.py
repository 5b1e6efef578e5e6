# SPDX-License-Identifier: MPL-2.0
"""A day as it is laid by hand: everybody gets a district and drives to whoever is nearest. For comparison.

The same visits, shifts, ways and rules as the search: competences, wishes that forbid, strict windows, breaks, two
carers at once, pairs with their gaps. What is left at the end is put into a hole in somebody's day, where there is one.
What a person with a list and a map does not do is left out: nobody weighs one visit against another, nobody's face,
nobody's overtime, and no visit that has a place moves again. So it is a rule of thumb, kept by a machine without a
slip: a careful dispatcher does better, a hurried one worse.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import careroutes
from careroutes import Answer, Carer, Carers, Late, Link, Planned, Problem, Visit
from msgspec.structs import replace

from kommune3.solutions.care.planning.problem import Prepared
from kommune3.solutions.care.planning.solving import Solved, settle

PATIENCE_SECONDS = 15 * 60
"""How long somebody waits at a door for a window to open, before they would rather drive elsewhere first."""

URGENT_SECONDS = 30 * 60
"""A visit whose window closes within this time goes before the nearest."""


@dataclass
class _Round:
    """A carer on the way: where, and free from when."""

    carer: Carer
    place: int | None
    free_at: int
    number: int
    planned: list[Planned] = field(default_factory=list)
    paused_at: int | None = None
    is_over: bool = False


@dataclass(frozen=True)
class _Call:
    """A visit that could be next: when one would be there, and when it would begin."""

    visit: Visit
    start: int
    way: int
    is_urgent: bool
    with_other: tuple["_Round", Visit] | None = None


def laid_by_hand(prepared: Prepared) -> Solved:
    """A prepared day laid as said above, with the best times for its routes. Every hard rule is kept."""
    answer = routes(prepared.problem, calls=prepared.calls)
    try:
        return settle(prepared.problem, answer, prepared.calls)
    except careroutes.BrokenStart:  # a call between two places that are far apart, put where its carer is
        return Solved(prepared.problem, answer)


def routes(problem: Problem, *, calls: frozenset[str] = frozenset()) -> Answer:
    """The routes, with times by the clock. ``calls``: visits by telephone or screen, which nobody drives to."""
    day = _Day(problem, calls)
    day.drive()
    day.fill_holes()
    return day.answer()


class _Day:
    def __init__(self, problem: Problem, calls: frozenset[str]) -> None:
        self.problem, self.calls = problem, calls
        self.open = {visit.id: visit for visit in problem.visits}
        self.visits = {visit.id: visit for visit in problem.visits}
        self.starts: dict[str, Planned] = {}
        self.rounds = [
            _Round(carer, carer.from_place, carer.shift.start, number) for number, carer in enumerate(problem.carers)
        ]
        self.halves = {link.first: link.second for link in problem.links if _is_together(link)}
        self.halves |= {other: one for one, other in self.halves.items()}
        self.links: dict[str, list[Link]] = {}
        for link in problem.links:
            if not _is_together(link):
                self.links.setdefault(link.first, []).append(link)
                self.links.setdefault(link.second, []).append(link)
        self.district = self._districts()

    def drive(self) -> None:
        """Whoever is free first takes the next visit, until nobody finds one more."""
        while on_duty := [each for each in self.rounds if not each.is_over]:
            one = min(on_duty, key=lambda each: (each.free_at, each.number))
            self._pause(one)
            call = self._next(one, own=True) or self._next(one, own=False)
            if call is not None:
                self._make(one, call)
            else:
                self._wait(one)

    def fill_holes(self) -> None:
        """Put what is left into somebody's day where it fits between two visits and costs the least way."""
        for visit in [visit for visit in self.open.values() if visit.id not in self.halves]:
            holes = [
                (longer, one.number, place, start)
                for one in self.rounds
                if self.problem.may(visit, one.carer)
                for place, longer, start in self._holes(one, visit)
            ]
            if holes:
                _longer, number, place, start = min(holes)
                one, planned = self.rounds[number], Planned(visit.id, self.rounds[number].carer.id, start)
                one.planned.insert(place, planned)
                self.starts[visit.id] = planned
                del self.open[visit.id]

    def answer(self) -> Answer:
        """What was driven, without groups that came about only in part."""
        groups = [[self.problem.visits[number].id for number in group] for group in self.problem.groups()]
        half = {name for group in groups for name in group if not all(each in self.starts for each in group)}
        kept = [planned for one in self.rounds for planned in one.planned if planned.visit not in half]
        breaks = {one.carer.id: one.paused_at for one in self.rounds if one.paused_at is not None}
        last = {planned.carer: planned.start for planned in kept}
        found = Answer(
            planned=tuple(kept),
            unserved=tuple(name for name in self.visits if name not in {planned.visit for planned in kept}),
            # After the last visit a break is none: who has driven home by then needs none.
            breaks={name: at for name, at in breaks.items() if at < last.get(name, 0)},
        )
        return replace(found, cost=careroutes.cost_of(self.problem, found).total)

    # --- Districts ----------------------------------------------------------------------------------------------------

    def _districts(self) -> dict[str, set[int]]:
        """Visit -> numbers of the carers whose district it lies in.

        Of those whose shifts overlap, each gets a share of the places, taken in the order of a tour around them: the
        sweep that a dispatcher makes with a pencil.
        """
        tour = self._tour()
        rank = {place: number for number, place in enumerate(tour)}
        found: dict[str, set[int]] = {}
        for visit in self.problem.visits:
            middle = visit.windows[0].start
            there = [
                one.number
                for one in self.rounds
                if one.carer.shift.start <= middle < one.carer.shift.end and self.problem.may(visit, one.carer)
            ]
            if there:
                share = rank.get(visit.place, 0) * len(there) // max(1, len(tour))
                found[visit.id] = {there[min(share, len(there) - 1)]}
            else:
                found[visit.id] = set()
        return found

    def _tour(self) -> list[int]:
        """The visited places, each after its nearest that is not in the tour yet, by the first way of moving."""
        times = self.problem.travel[0].times
        left = sorted({visit.place for visit in self.problem.visits if visit.id not in self.calls})
        start = next((carer.from_place for carer in self.problem.carers if carer.from_place is not None), None)
        at = start if start is not None else (left[0] if left else 0)
        tour: list[int] = []
        while left:
            at = min(left, key=lambda place: (times[at][place], place))
            left.remove(at)
            tour.append(at)
        return tour

    # --- One step -----------------------------------------------------------------------------------------------------

    def _next(self, one: _Round, *, own: bool) -> _Call | None:
        """What this carer makes next: what closes soon, else the nearest; in the own district, or anywhere."""
        calls = [
            call
            for visit in self.open.values()
            if (one.number in self.district[visit.id]) is own
            for call in self._calls(one, visit)
        ]
        return min(calls, key=lambda call: (not call.is_urgent, call.way, call.start, call.visit.id), default=None)

    def _calls(self, one: _Round, visit: Visit) -> Iterator[_Call]:
        if not self.problem.may(visit, one.carer):
            return
        half = self.halves.get(visit.id)
        if half is not None and half in self.open:
            yield from self._pairs(one, visit, self.open[half])
            return
        way = self._way(one, visit)
        start = self._start(visit, one, one.free_at + way)
        if (
            start is not None
            and start - one.free_at - way <= PATIENCE_SECONDS
            and self._is_home_in_time(one, visit, start)
        ):
            yield _Call(visit, start, way, self._is_urgent(visit, one.free_at))

    def _pairs(self, one: _Round, visit: Visit, half: Visit) -> Iterator[_Call]:
        """A visit for two: the colleague who can be there soonest comes too, and the first there waits."""
        way = self._way(one, visit)
        best: _Call | None = None
        for other in self.rounds:
            if other is one or other.is_over or not self.problem.may(half, other.carer):
                continue
            there = max(one.free_at + way, other.free_at + self._way(other, half))
            start = self._start(visit, one, there)
            if start is None or self._start(half, other, start) != start:
                continue
            if start - one.free_at - way > 2 * PATIENCE_SECONDS:
                continue
            if not (self._is_home_in_time(one, visit, start) and self._is_home_in_time(other, half, start)):
                continue
            if best is None or start < best.start:
                best = _Call(visit, start, way, self._is_urgent(visit, one.free_at), (other, half))
        if best is not None:
            yield best

    def _holes(self, one: _Round, visit: Visit) -> Iterator[tuple[int, int, int]]:
        """Where the visit fits in a carer's day as it is: its place in the order, the longer way, and its start."""
        carer, times = one.carer, self.problem.travel[one.carer.mode].times
        blocks = [(carer.from_place, carer.shift.start)]
        for each in one.planned:
            blocks.append(
                (self._there(self.visits[each.visit], blocks[-1][0]), each.start + self.visits[each.visit].duration)
            )
        for number, (place, free_at) in enumerate(blocks):
            after = one.planned[number] if number < len(one.planned) else None
            goal = blocks[number + 1][0] if after else carer.to_place
            home = self._there(visit, place)
            until = after.start if after else carer.shift.end
            if carer.pause and one.paused_at is not None and free_at <= one.paused_at < until:
                free_at = one.paused_at + carer.pause.duration
            way = 0 if place is None or home is None else times[place][home]
            on = 0 if goal is None or home is None else times[home][goal]
            start = self._start(visit, one, free_at + way)
            if start is not None and start + visit.duration + on <= until:
                direct = 0 if place is None or goal is None else times[place][goal]
                yield number, way + on - direct, start

    def _start(self, visit: Visit, one: _Round, earliest: int) -> int | None:
        """When the visit could begin from ``earliest`` on; None: not any more, or not yet."""
        most: int | None = None
        for link in self.links.get(visit.id, ()):
            is_second = link.second == visit.id
            planned = self.starts.get(link.first if is_second else link.second)
            if planned is None:
                if is_second:
                    return None
                continue
            if not _agree(link, planned.carer, one.carer.id):
                return None
            least_gap, most_gap = link.least_gap, link.most_gap
            if not is_second:
                # The later one of the two was driven first, as two needs without a least gap allow.
                least_gap = None if link.most_gap is None else -link.most_gap
                most_gap = None if link.least_gap is None else -link.least_gap
            if least_gap is not None:
                earliest = max(earliest, planned.start + least_gap)
            if most_gap is not None:
                most = planned.start + most_gap if most is None else min(most, planned.start + most_gap)
        add = visit.duration if visit.met_at_end else 0
        for window in visit.windows:
            start = max(earliest, window.start)
            if start + add <= window.end:
                return start if most is None or start <= most else None
        if visit.late is Late.FORBIDDEN:
            return None
        start = max(earliest, visit.windows[-1].start)
        return start if most is None or start <= most else None

    def _is_urgent(self, visit: Visit, now: int) -> bool:
        return visit.windows[-1].end - now <= URGENT_SECONDS

    def _is_home_in_time(self, one: _Round, visit: Visit, start: int) -> bool:
        """Nobody plans overtime by hand."""
        times = self.problem.travel[one.carer.mode].times
        there = self._there(visit, one.place)
        home = 0 if there is None or one.carer.to_place is None else times[there][one.carer.to_place]
        pause = one.carer.pause.duration if one.carer.pause and one.paused_at is None else 0
        if pause and one.carer.pause and start > one.carer.pause.latest:
            pause = 0  # too late for it: it is missed
        return start + visit.duration + home + pause <= one.carer.shift.end

    def _make(self, one: _Round, call: _Call) -> None:
        self._put(one, call.visit, call.start)
        if call.with_other is not None:
            other, half = call.with_other
            self._put(other, half, call.start)

    def _put(self, one: _Round, visit: Visit, start: int) -> None:
        planned = Planned(visit.id, one.carer.id, start)
        del self.open[visit.id]
        self.starts[visit.id] = planned
        one.planned.append(planned)
        one.place = self._there(visit, one.place)
        one.free_at = start + visit.duration

    def _pause(self, one: _Round) -> None:
        pause = one.carer.pause
        if pause is not None and one.paused_at is None and pause.earliest <= one.free_at <= pause.latest:
            one.paused_at, one.free_at = one.free_at, one.free_at + pause.duration

    def _wait(self, one: _Round) -> None:
        """Nothing now: until something opens or the break comes, or home."""
        later = [
            visit.windows[0].start - self._way(one, visit) - PATIENCE_SECONDS
            for visit in self.open.values()
            if self.problem.may(visit, one.carer)
        ]
        later += [
            planned.start + (link.least_gap or 0) - PATIENCE_SECONDS
            for name in self.open
            for link in self.links.get(name, ())
            if link.second == name and (planned := self.starts.get(link.first)) is not None
        ]
        if one.carer.pause is not None and one.paused_at is None:
            later.append(one.carer.pause.earliest)
        # Colleagues may do the first of a pair meanwhile: look again when the next one of them is free.
        later += [other.free_at for other in self.rounds if other is not one and not other.is_over]
        later = [at for at in later if one.free_at < at < one.carer.shift.end]
        if later:
            one.free_at = min(later)
        else:
            one.is_over = True

    def _way(self, one: _Round, visit: Visit) -> int:
        there = self._there(visit, one.place)
        return 0 if one.place is None or there is None else self.problem.travel[one.carer.mode].times[one.place][there]

    def _there(self, visit: Visit, here: int | None) -> int | None:
        """Where the carer is during a visit; by telephone, wherever they were."""
        return here if visit.id in self.calls else visit.place


def _is_together(link: Link) -> bool:
    return link.least_gap == 0 and link.most_gap == 0


def _agree(link: Link, one: str, other: str) -> bool:
    if link.carers is Carers.SAME:
        return one == other
    return link.carers is not Carers.DIFFERENT or one != other
