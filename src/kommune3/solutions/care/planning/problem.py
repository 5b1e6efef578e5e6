# SPDX-License-Identifier: MPL-2.0
"""From a team's day to the question that the engine answers. Seconds since the day's start; sixtieths of a point.

A visit is one per carer: a two-carer visit is two of a group that start together. Where somebody is called by
telephone or screen, the carer goes nowhere: :mod:`kommune3.solutions.care.planning.solving` lets such visits take place
wherever the carer is at the time.
"""

from dataclasses import dataclass
from datetime import date, datetime

import careroutes
from careroutes import Break, Carer, Carers, Late, Link, Travel, Visit, Weights, Window
from django.utils.translation import gettext as _

from kommune3.solutions.care import models
from kommune3.solutions.care.errors import CareError
from kommune3.solutions.care.models import Plan, Priority, SameCarer, Shift, Stop, Team, WeightSet
from kommune3.solutions.care.planning.diagnosis import Diagnosis, allowed, diagnose, is_away, locked_stops, ways_there
from kommune3.solutions.care.planning.rows import Rows, plan_stops, read_rows
from kommune3.solutions.care.planning.ways import UNKNOWN_WAY

POINT = 60
"""Engine costs of a point: weights are points a minute, the engine counts seconds."""

OTHER_THAN_WANTED = 2
"""A carer whom the citizen knows, but has not asked for, costs the share 1/2 of one whom they have never met."""


class NoWeights(CareError):
    """No set of weights is valid on the day."""

    def __str__(self) -> str:
        return _("No weights are valid on the day, so no plan can be made. Set what plans weigh first.")


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A day as the engine gets it. A visit's id is "visit.half", a carer's the shift's number."""

    rows: Rows
    diagnosis: Diagnosis
    weights: WeightSet
    problem: careroutes.Problem
    calls: frozenset[str]

    def visit_of(self, key: str) -> models.Visit:
        """The visit with this id of the engine's."""
        return self._visits[int(key.partition(".")[0])]

    @property
    def _visits(self) -> dict[int, models.Visit]:
        return {visit.pk: visit for visit in self.rows.visits}


def key_of(visit_id: int, number: int) -> str:
    """A stop's visit as the engine names it."""
    return f"{visit_id}.{number}"


def keys_of(key: str) -> tuple[int, int]:
    """(visit, half) of the engine's name."""
    visit, _dot, number = key.partition(".")
    return int(visit), int(number)


def prepare(*, team: Team, day: date, now: datetime, plan: Plan | None = None) -> Prepared:
    """A team's day as a problem; the locks of ``plan`` hold. The same number of queries however many visits.

    Raises :class:`NoWeights`.
    """
    rows = read_rows(team=team, day=day, stops=plan_stops(plan) if plan else ())
    if rows.weights is None:
        raise NoWeights
    diagnosis = diagnose(rows, now=now)
    building = _Building(rows, diagnosis, rows.weights)
    return Prepared(
        rows=rows,
        diagnosis=diagnosis,
        weights=rows.weights,
        problem=building.problem(),
        calls=frozenset(key_of(visit.pk, half) for visit in building.visits if not is_away(visit) for half in (0, 1)),
    )


class _Building:
    def __init__(self, rows: Rows, diagnosis: Diagnosis, weights: WeightSet) -> None:
        self.rows, self.ways, self.weights = rows, diagnosis.ways, weights
        self.visits = [visit for visit in rows.visits if visit.pk not in diagnosis.left_out]
        self.links = [link for link in rows.links if link.pk not in diagnosis.faulty_links]
        self.locked = locked_stops(rows, diagnosis)
        self.announced: dict[int, set[int]] = {}
        for stop in rows.announced:
            if stop.shift is not None:
                self.announced.setdefault(stop.visit_id, set()).add(stop.shift.carer_id)
        on_duty = {shift.carer_id for shift in rows.shifts}
        self.wanting = {citizen for citizen, carer in rows.wanted if carer in on_duty}
        self.held = {shift.pk: rows.held.get(shift.carer.person_id, frozenset()) for shift in rows.shifts}
        self.unserved = {
            Priority.CAN_WAIT: weights.left_out_can_wait,
            Priority.NORMAL: weights.left_out_normal,
            Priority.MUST: weights.left_out_must,
        }

    def problem(self) -> careroutes.Problem:
        return careroutes.Problem(
            visits=tuple(self._visit(visit, half) for visit in self.visits for half in range(visit.carers)),
            carers=tuple(self._carer(shift) for shift in self.rows.shifts),
            travel=tuple(
                Travel(name=mode, times=self.ways.times(number) or ((0,),))
                for number, mode in enumerate(self.ways.modes)
            )
            or (Travel(name="", times=((0,),)),),
            links=tuple(self._pairs() + self._gaps()),
            weights=Weights(
                travel=self.weights.travel_minute,
                highest_tardiness=self.weights.latest_minute,
                waiting=self.weights.waiting_minute,
                overtime=self.weights.overtime_minute,
            ),
            cost_scale=1 / POINT,
        )

    def _visit(self, visit: models.Visit, half: int) -> Visit:
        lock = self.locked.get((visit.pk, half))
        window = Window(self.rows.seconds(visit.earliest_at), self.rows.seconds(visit.latest_at))
        if lock is not None and lock.start_at is not None:
            window = Window(self.rows.seconds(lock.start_at), self.rows.seconds(lock.start_at))
        may = {shift.pk for shift in allowed(self.rows, visit) if ways_there(self.ways, shift, visit)}
        costs = {str(shift.pk): self._face(visit, shift) for shift in self.rows.shifts if shift.pk in may}
        dearest = max(costs.values(), default=0)
        return Visit(
            id=key_of(visit.pk, half),
            place=self._place(visit),
            duration=visit.minutes * 60,
            windows=(window,),
            late=Late.FORBIDDEN if visit.is_strict or lock else Late.DEAR,
            tardiness_weight=self.weights.late_minute,
            group=str(visit.pk) if visit.carers > 1 else "",
            unserved_cost=min(self._left_out(visit) // visit.carers, careroutes.MANDATORY),
            preferred={shift: cost for shift, cost in costs.items() if cost < dearest},
            other_carer_cost=dearest,
            only=frozenset([str(lock.shift_id)]) if lock else frozenset(),
            never=frozenset(str(shift.pk) for shift in self.rows.shifts if shift.pk not in may),
            competences=self._asked(visit, may),
        )

    def _asked(self, visit: models.Visit, may: set[int]) -> frozenset[str]:
        """The competences; none where somebody has them for this citizen alone: ``never`` then names who lacks them."""
        needed = frozenset(visit.service.competences)
        return needed if all(needed <= self.held[shift] for shift in may) else frozenset()

    def _left_out(self, visit: models.Visit) -> int:
        return self.unserved[Priority(visit.priority)] * POINT

    def _place(self, visit: models.Visit) -> int:
        """Where it is; a call is put at a base until it is known where the carer is at the time."""
        if is_away(visit):
            return self.ways.of_citizen[visit.citizen_id]
        return next((place for place in self.ways.of_shift.values() if place is not None), 0)

    def _face(self, visit: models.Visit, shift: Shift) -> int:
        """What it costs that this carer comes: a face that is not known, or not the one that was announced."""
        pair = (visit.citizen_id, shift.carer_id)
        cost = 0
        if pair not in self.rows.wanted:
            if pair not in self.rows.known:
                cost += self.weights.unknown_face * POINT
            elif visit.citizen_id in self.wanting:
                cost += self.weights.unknown_face * POINT // OTHER_THAN_WANTED
        announced = self.announced.get(visit.pk)
        if announced and shift.carer_id not in announced:
            cost += self.weights.changed_carer * POINT
        return cost

    def _carer(self, shift: Shift) -> Carer:
        place = self.ways.of_shift[shift.pk]
        return Carer(
            id=str(shift.pk),
            shift=Window(self.rows.seconds(shift.start_at), self.rows.seconds(shift.end_at)),
            from_place=place,
            to_place=place,
            competences=self.rows.held.get(shift.carer.person_id, frozenset()),
            mode=self.ways.modes.index(shift.carer.mode),
            overtime=shift.may_run_over,
            pause=self._pause(shift),
        )

    def _pause(self, shift: Shift) -> Break | None:
        """A break that is missed costs as much as travel of its length: work that the carer gives instead."""
        if shift.pause_minutes is None or shift.pause_earliest_at is None or shift.pause_latest_at is None:
            return None
        return Break(
            earliest=self.rows.seconds(shift.pause_earliest_at),
            latest=self.rows.seconds(shift.pause_latest_at),
            duration=shift.pause_minutes * 60,
            missed_cost=shift.pause_minutes * 60 * self.weights.travel_minute,
        )

    def _pairs(self) -> list[Link]:
        """The two carers of a visit start together."""
        return [
            Link(
                first=key_of(visit.pk, 0),
                second=key_of(visit.pk, 1),
                least_gap=0,
                most_gap=0,
                carers=Carers.DIFFERENT,
            )
            for visit in self.visits
            if visit.carers > 1
        ]

    def _gaps(self) -> list[Link]:
        carers = {visit.pk: visit.carers for visit in self.visits}
        found = []
        for link in self.links:
            if link.first_id not in carers or link.second_id not in carers:
                continue
            halves = [(0, 0)]
            if link.by == SameCarer.DIFFERENT:
                halves = [
                    (one, other) for one in range(carers[link.first_id]) for other in range(carers[link.second_id])
                ]
            for one, other in halves:
                found.append(
                    Link(
                        first=key_of(link.first_id, one),
                        second=key_of(link.second_id, other),
                        least_gap=None if link.least_minutes is None else link.least_minutes * 60,
                        most_gap=None if link.most_minutes is None else link.most_minutes * 60,
                        carers=Carers(link.by.lower()),
                    )
                )
        return found


def is_unknown_way(seconds: int) -> bool:
    """Whether a way of the engine's is one that nobody knows."""
    return seconds >= UNKNOWN_WAY


def stop_key(stop: Stop) -> str:
    """A stop's visit as the engine names it."""
    return key_of(stop.visit_id, stop.number)
