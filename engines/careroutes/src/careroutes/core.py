# SPDX-License-Identifier: MPL-2.0
"""The way to the compiled core: the problem as flat arrays, mirrored field by field in ``core/problem.hpp``."""

import ctypes
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from careroutes.errors import CoreMissing
from careroutes.problem import MANDATORY, Carers, Late, Problem

Ints = ctypes.POINTER(ctypes.c_int32)
Bytes = ctypes.POINTER(ctypes.c_uint8)
Longs = ctypes.POINTER(ctypes.c_int64)
_KINDS: dict[Any, Any] = {Ints: np.int32, Bytes: np.uint8, Longs: np.int64}
_NEVER = 2**29  # as in the core
Progress = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_double, ctypes.c_int64, ctypes.c_int32, ctypes.c_int64)


def _fields(kind: Any, names: str) -> list[tuple[str, Any]]:
    return [(name, kind) for name in names.split()]


class RawProblem(ctypes.Structure):
    _fields_ = (
        _fields(ctypes.c_int32, "visits carers places modes groups arcs relations")
        + _fields(Ints, "place duration load group tardiness_weight earliest announced_until moved_weight")
        + _fields(Bytes, "window_at_end window_is_hard")
        + _fields(Ints, "window_begin window_from window_to")
        + [("allowed", Bytes), ("preference", Ints), ("unserved_cost", Longs)]
        + _fields(Ints, "arc_from arc_to arc_lag relation_a relation_b relation_kind")
        + _fields(Ints, "from_place to_place shift_from shift_to mode capacity")
        + [("shift_end_is_hard", Bytes)]
        + _fields(Ints, "lunch_from lunch_to lunch_length")
        + _fields(Longs, "lunch_missed_cost use_cost")
        + [("shift_length", Ints), ("travel_time", Ints), ("travel_cost", Ints)]
        + _fields(
            ctypes.c_int64,
            "mandatory_cost weight_travel weight_highest_tardiness weight_waiting weight_overtime weight_idle",
        )
    )


class RawLimits(ctypes.Structure):
    _fields_ = (
        ("cpu_seconds", ctypes.c_double),
        ("iterations", ctypes.c_int64),
        ("seed", ctypes.c_uint64),
        *_fields(ctypes.c_double, "heat cold ruin_average ruin_longest"),
    )


class RawStart(ctypes.Structure):
    _fields_ = _fields(Ints, "carer position lunch_after")


class RawAnswer(ctypes.Structure):
    _fields_ = (
        *_fields(Ints, "carer position start lunch_after lunch_start"),
        ("cost", ctypes.c_int64),
        ("iterations", ctypes.c_int64),
        ("absent", ctypes.c_int32),
    )


class RawPlaces(ctypes.Structure):
    _fields_ = (("carer", Ints), ("after", Ints), ("cost", Longs), ("found", ctypes.c_int32))


@cache
def library() -> ctypes.CDLL:
    """The compiled core; raises CoreMissing."""
    path = Path(__file__).with_name("libcareroutes.so")
    if not path.exists():
        raise CoreMissing(f"{path.name} is missing beside {__file__}: install the package anew")
    return ctypes.CDLL(str(path))


class Flat:
    """A problem, or part of an answer, as C sees it. Keeps the arrays alive that the structure points into."""

    def __init__(self, kind: type[ctypes.Structure], values: dict[str, Any]) -> None:
        self.raw = kind()
        self.arrays: dict[str, npt.NDArray[Any]] = {}
        for name, field_kind in kind._fields_:  # type: ignore[misc]  # ctypes allows wider fields than used here
            value = values[name]
            if field_kind in _KINDS:
                array = np.ascontiguousarray(np.asarray(value, dtype=_KINDS[field_kind]).ravel())
                self.arrays[name] = array
                setattr(self.raw, name, array.ctypes.data_as(field_kind))
            else:
                setattr(self.raw, name, value)

    @property
    def pointer(self) -> Any:
        return ctypes.byref(self.raw)


def flat_problem(problem: Problem) -> Flat:
    """Arrays for the core. Raises OverflowError where a number needs more than 32 bits."""
    visits, carers = problem.visits, problem.carers
    number_of = {visit.id: number for number, visit in enumerate(visits)}
    groups = problem.groups()
    group_of = {visit: number for number, group in enumerate(groups) for visit in group}
    arcs: list[tuple[int, int, int]] = []
    relations: list[tuple[int, int, int]] = []
    for link in problem.links:
        first, second = number_of[link.first], number_of[link.second]
        if link.least_gap is not None:
            arcs.append((first, second, link.least_gap))
        if link.most_gap is not None:
            arcs.append((second, first, -link.most_gap))
        if link.carers is not Carers.ANY:
            relations.append((first, second, int(link.carers is Carers.SAME)))
    windows = [window for visit in visits for window in visit.windows]
    begins = np.cumsum([0, *(len(visit.windows) for visit in visits)])
    pauses = [carer.pause for carer in carers]
    return Flat(
        RawProblem,
        {
            "visits": len(visits),
            "carers": len(carers),
            "places": len(problem.travel[0].times) if problem.travel else 0,
            "modes": len(problem.travel),
            "groups": len(groups),
            "arcs": len(arcs),
            "relations": len(relations),
            "place": [visit.place for visit in visits],
            "duration": [visit.duration for visit in visits],
            "load": [visit.load for visit in visits],
            "group": [group_of[number] for number in range(len(visits))],
            "tardiness_weight": [visit.tardiness_weight for visit in visits],
            "earliest": [problem.earliest(visit) for visit in visits],
            "announced_until": [
                visit.announced.start + visit.announced.tolerance if visit.announced else _NEVER for visit in visits
            ],
            "moved_weight": [visit.announced.moved_cost if visit.announced else 0 for visit in visits],
            "window_at_end": [visit.met_at_end for visit in visits],
            "window_is_hard": [visit.late is Late.FORBIDDEN for visit in visits],
            "window_begin": begins,
            "window_from": [window.start for window in windows],
            "window_to": [window.end for window in windows],
            "allowed": _allowed(problem),
            "preference": _preferences(problem),
            "unserved_cost": [sum(visits[number].unserved_cost for number in group) for group in groups],
            **_columns(arcs, "arc_from", "arc_to", "arc_lag"),
            **_columns(relations, "relation_a", "relation_b", "relation_kind"),
            "from_place": [-1 if carer.from_place is None else carer.from_place for carer in carers],
            "to_place": [-1 if carer.to_place is None else carer.to_place for carer in carers],
            "shift_from": [carer.shift.start for carer in carers],
            "shift_to": [carer.shift.end for carer in carers],
            "mode": [carer.mode for carer in carers],
            "capacity": [carer.capacity for carer in carers],
            "shift_end_is_hard": [not carer.overtime for carer in carers],
            "lunch_from": [pause.earliest if pause else 0 for pause in pauses],
            "lunch_to": [pause.latest if pause else 0 for pause in pauses],
            "lunch_length": [pause.duration if pause else 0 for pause in pauses],
            "lunch_missed_cost": [pause.missed_cost if pause else 0 for pause in pauses],
            "use_cost": [carer.use_cost for carer in carers],
            "shift_length": [carer.shift.end - carer.shift.start for carer in carers],
            "travel_time": [travel.time_table for travel in problem.travel],
            "travel_cost": [travel.cost_table for travel in problem.travel],
            "mandatory_cost": MANDATORY,
            "weight_travel": problem.weights.travel,
            "weight_highest_tardiness": problem.weights.highest_tardiness,
            "weight_waiting": problem.weights.waiting,
            "weight_overtime": problem.weights.overtime,
            "weight_idle": problem.weights.idle,
        },
    )


def _allowed(problem: Problem) -> list[list[bool]]:
    """Visits x carers. Many visits ask for the same, so each question is answered once."""
    known: dict[tuple[frozenset[str], ...], list[bool]] = {}
    rows = []
    for visit in problem.visits:
        asked = (visit.competences, visit.only, visit.never)
        if asked not in known:
            known[asked] = [problem.may(visit, carer) for carer in problem.carers]
        rows.append(known[asked])
    return rows


def _preferences(problem: Problem) -> npt.NDArray[np.int32]:
    """Visits x carers: most are strangers to the visit, so only those that are named are asked about."""
    number_of = {carer.id: number for number, carer in enumerate(problem.carers)}
    rows = np.empty((len(problem.visits), len(problem.carers)), dtype=np.int32)
    for number, visit in enumerate(problem.visits):
        said = visit.announced
        rows[number] = visit.other_carer_cost + (said.other_carer_cost if said else 0)
        for name in {*visit.preferred, *([said.carer] if said else ())} & number_of.keys():
            rows[number, number_of[name]] = problem.preference(visit, problem.carers[number_of[name]])
    return rows


def _columns(rows: Sequence[Sequence[int]], *names: str) -> dict[str, list[int]]:
    return {name: [row[number] for row in rows] for number, name in enumerate(names)}
