# SPDX-License-Identifier: MPL-2.0
"""What a plan comes to: in seconds and counts, and in points as the weights value them."""

from collections.abc import Mapping
from dataclasses import dataclass

import careroutes
from careroutes import Answer, Weights
from msgspec.structs import replace

from kommune3.solutions.care.planning.problem import POINT, Prepared, key_of, keys_of
from kommune3.solutions.care.planning.solving import Solved

_ONE_OF_EACH = Weights(travel=1, highest_tardiness=1, waiting=1, overtime=1)


@dataclass(frozen=True)
class Counts:
    """``cost``: all points together. ``parts`` and ``points`` by the same names; seconds, and counts."""

    cost: int
    parts: dict[str, int]
    points: dict[str, int]


def count(prepared: Prepared, solved: Solved) -> Counts:
    """What the plan comes to. Travel includes getting in."""
    problem, answer = solved.problem, solved.answer
    priced = careroutes.cost_of(problem, answer)
    plain = careroutes.cost_of(replace(problem, weights=_ONE_OF_EACH), answer)
    faces, changed = _faces(prepared, answer)
    moved, late = _moved(prepared, answer), late_of(prepared, answer)
    out = {keys_of(key)[0] for key in answer.unserved} | prepared.diagnosis.left_out.keys()
    shut_out = sum(
        _left_out_cost(prepared, visit.priority)
        for visit in prepared.rows.visits
        if visit.pk in prepared.diagnosis.left_out
    )
    points = {
        "travel_seconds": _points(priced.travel),
        "late_seconds": _points(priced.tardiness),
        "latest_seconds": _points(priced.highest_tardiness),
        "waiting_seconds": _points(priced.waiting),
        "overtime_seconds": _points(priced.overtime),
        "missed_breaks": _points(priced.missed_breaks),
        "unknown_faces": _points(priced.preference) - changed * prepared.weights.changed_carer,
        "changed": changed * prepared.weights.changed_carer,
        "moved_seconds": moved * prepared.weights.moved_minute // 60,
        "left_out": _points(priced.unserved) + shut_out,
    }
    parts = {
        "travel_seconds": plain.travel,
        "late_seconds": sum(late.values()),
        "latest_seconds": max(late.values(), default=0),
        "waiting_seconds": plain.waiting,
        "overtime_seconds": plain.overtime,
        "missed_breaks": _missed(prepared, answer),
        "unknown_faces": faces,
        "changed": changed,
        "moved_seconds": moved,
        "left_out": len(out),
    }
    return Counts(sum(points.values()), parts, points)


def late_of(prepared: Prepared, answer: Answer) -> dict[str, int]:
    """The engine's visit -> seconds that it begins after its own window, locked or not."""
    latest = {visit.pk: prepared.rows.seconds(visit.latest_at) for visit in prepared.rows.visits}
    return {each.visit: max(0, each.start - latest[keys_of(each.visit)[0]]) for each in answer.planned}


def announced(prepared: Prepared) -> Mapping[str, tuple[int, int]]:
    """The engine's visit -> carer and start that are announced."""
    return {
        key_of(stop.visit_id, stop.number): (stop.shift.carer_id, prepared.rows.seconds(stop.start_at))
        for stop in prepared.rows.announced
        if stop.shift is not None and stop.start_at is not None
    }


def _faces(prepared: Prepared, answer: Answer) -> tuple[int, int]:
    """How many planned visits (of each carer) are made by a face that is not known, and by another than announced."""
    rows = prepared.rows
    carers = {str(shift.pk): shift.carer_id for shift in rows.shifts}
    citizens = {visit.pk: visit.citizen_id for visit in rows.visits}
    said: dict[int, set[int]] = {}
    for key, (carer, _start) in announced(prepared).items():
        said.setdefault(keys_of(key)[0], set()).add(carer)
    unknown = changed = 0
    for planned in answer.planned:
        visit, carer = keys_of(planned.visit)[0], carers[planned.carer]
        pair = (citizens[visit], carer)
        unknown += pair not in rows.known and pair not in rows.wanted
        changed += visit in said and carer not in said[visit]
    return unknown, changed


def _moved(prepared: Prepared, answer: Answer) -> int:
    said = announced(prepared)
    return sum(abs(each.start - said[each.visit][1]) for each in answer.planned if each.visit in said)


def _missed(prepared: Prepared, answer: Answer) -> int:
    at_work = {planned.carer for planned in answer.planned}
    return sum(
        carer.pause is not None and carer.id in at_work and carer.id not in answer.breaks
        for carer in prepared.problem.carers
    )


def _left_out_cost(prepared: Prepared, priority: int) -> int:
    weights = prepared.weights
    return (weights.left_out_can_wait, weights.left_out_normal, weights.left_out_must)[priority]


def _points(cost: int) -> int:
    return round(cost / POINT)
