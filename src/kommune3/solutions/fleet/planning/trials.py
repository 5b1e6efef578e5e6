# SPDX-License-Identifier: MPL-2.0
"""Asking the engine how a fleet fares on other weeks, and what would change if. Knows no database."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

import fleetplan
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kommune3.solutions.fleet.errors import InvalidRun
from kommune3.solutions.fleet.models import WhatIfChange
from kommune3.solutions.fleet.planning.solving import Cancelled, OnProgress

LEVELS = (0.95, 0.99, 1.0)
CONFIDENCE = 0.95
_LIMITS = fleetplan.Limits(solver_seconds=60)
_STEPS: dict[str, Promise] = {
    "choose": gettext_lazy("Choosing a fleet"),
    "test": gettext_lazy("Trying the fleet on other weeks"),
    "today": gettext_lazy("Trying today's vehicles on the same weeks"),
    "sizes": gettext_lazy("Trying larger and smaller fleets"),
}


@dataclass(frozen=True, kw_only=True)
class HoldoutAsked:
    """How weeks are shared out. ``split`` GIVEN: the weeks of the optimisation, whose fleet is tried as it is.

    ``levels``: shares of trips to find fleet sizes for.
    """

    split: fleetplan.Split = fleetplan.Split.RANDOM
    train_weeks: int = 4
    seed: int = 1
    levels: tuple[float, ...] = LEVELS

    def as_json(self) -> dict[str, Any]:
        """For keeping with the trial."""
        return {
            "split": self.split.value, "train_weeks": self.train_weeks, "seed": self.seed, "levels": list(self.levels),
            "confidence": CONFIDENCE,
        }  # fmt: skip

    @classmethod
    def from_json(cls, raw: dict[str, Any]) -> "HoldoutAsked":
        """What :meth:`as_json` kept."""
        return cls(
            split=fleetplan.Split(raw["split"]), train_weeks=raw["train_weeks"], seed=raw["seed"],
            levels=tuple(raw["levels"]),
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class WhatIfAsked:
    """What shall change; each by itself, beside the case as it is. Bases by key.

    ``charge_kw`` and ``move_dkk`` are None where nobody knows; then chargers and the cost of moving are not told.
    ``charge_source`` and ``move_source`` say where the figures come from.
    """

    electrify: bool = False
    charge_kw: float | None = None
    charge_source: str = ""
    close_base: int | None = None
    to_base: int | None = None
    share: tuple[int, int] | None = None
    move_twice: bool = False
    move_dkk: float | None = None
    move_source: str = ""
    grow_percent: float | None = None
    seed: int = 1

    @property
    def changes(self) -> list[WhatIfChange]:
        """What is asked, in the order it is shown."""
        asked = {
            WhatIfChange.ELECTRIFY: self.electrify,
            WhatIfChange.CLOSE_BASE: self.close_base is not None,
            WhatIfChange.SHARE: self.share is not None,
            WhatIfChange.MOVE_TWICE: self.move_twice,
            WhatIfChange.GROW: self.grow_percent is not None,
        }
        return [change for change, is_asked in asked.items() if is_asked]

    @property
    def ways(self) -> list[tuple[int, int]]:
        """Pairs of bases between which the way must be known."""
        closed = [(self.close_base, self.to_base)] if self.close_base and self.to_base else []
        return [*closed, *([self.share] if self.share else [])]

    def as_json(self) -> dict[str, Any]:
        """For keeping with the trial."""
        return {**vars(self), "share": list(self.share) if self.share else None}

    @classmethod
    def from_json(cls, raw: dict[str, Any]) -> "WhatIfAsked":
        """What :meth:`as_json` kept."""
        share = raw.get("share")
        return cls(**{**raw, "share": (share[0], share[1]) if share else None})


@dataclass(frozen=True)
class KnownWay:
    """The way between two bases, and who says so."""

    minutes: float
    km: float
    is_estimate: bool
    source: str


@dataclass(frozen=True)
class Half:
    """The vehicles of a fleet in a half of the year: 0 = all year, 1 = April to September, 2 = the rest."""

    half: int
    fleet: Sequence[fleetplan.ClassCount]


@dataclass(frozen=True)
class Case:
    """A plan under some condition; ``change`` None is the case as it is. ``totals`` None: there is no plan.

    ``problem``: what the plan answers (its first half where there are two). ``unserved``: trip id -> why no vehicle may
    take it, empty where one could. ``facts``: see ``models.TrialPlan``.
    """

    change: WhatIfChange | None
    problem: fleetplan.Problem
    status: fleetplan.Status
    totals: fleetplan.Totals | None
    value: Decimal | None = None
    bound: Decimal | None = None
    halves: Sequence[Half] = ()
    unserved: Mapping[str, str] = field(default_factory=dict)
    moving_dkk: Decimal | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    violations: int = 0


def find_holdout(
    problem: fleetplan.Problem,
    asked: HoldoutAsked,
    *,
    first_day: date,
    last_day: date,
    given: Iterable[date] = (),
    fleet: Mapping[str, int] | None = None,
    on_progress: OnProgress,
    should_cancel: Callable[[], bool],
) -> fleetplan.Holdout:
    """Choose on some weeks, try on others. Raises :class:`Cancelled` and :class:`InvalidRun`."""
    try:
        return fleetplan.hold_out(
            problem, train_weeks=asked.train_weeks, split=asked.split, seed=asked.seed, levels=asked.levels,
            confidence=CONFIDENCE, given=given, fleet=fleet, first_day=first_day, last_day=last_day,
            on_progress=lambda fraction, step: on_progress(fraction, _STEPS[step]), should_cancel=should_cancel,
        )  # fmt: skip
    except fleetplan.Stopped as stopped:
        raise Cancelled from stopped
    except (fleetplan.InvalidProblem, fleetplan.NoFleet) as refusal:
        raise _told(refusal) from refusal


def find_cases(
    problem: fleetplan.Problem,
    asked: WhatIfAsked,
    ways: Mapping[tuple[int, int], KnownWay],
    *,
    on_progress: OnProgress,
    should_cancel: Callable[[], bool],
) -> list[Case]:
    """The case as it is, then each change. Raises :class:`Cancelled` and :class:`InvalidRun`."""
    changes = asked.changes
    on_progress(0.02, _("Solving the case without changes"))
    try:
        cases = [_solved(None, fleetplan.Changed(problem), {}, should_cancel)]
        for number, change in enumerate(changes, start=1):
            on_progress(number / (len(changes) + 1), change.label)
            if change is WhatIfChange.MOVE_TWICE:
                cases.append(_moved(problem, asked, cases[0], should_cancel))
            else:
                cases.append(_solved(change, *_changed(change, problem, asked, ways), should_cancel))
            if change is WhatIfChange.ELECTRIFY:
                cases[-1] = _with_chargers(cases[-1], asked)
    except (fleetplan.InvalidProblem, fleetplan.NoFleet) as refusal:
        raise _told(refusal) from refusal
    return [replace(case, facts=_plain(case.facts)) for case in cases]


def _changed(
    change: WhatIfChange,
    problem: fleetplan.Problem,
    asked: WhatIfAsked,
    ways: Mapping[tuple[int, int], KnownWay],
) -> tuple[fleetplan.Changed, dict[str, Any]]:
    if change is WhatIfChange.ELECTRIFY:
        return fleetplan.electrified(problem), {}
    if change is WhatIfChange.CLOSE_BASE:
        base, to = asked.close_base or 0, asked.to_base or 0
        way = ways[base, to]
        changed = fleetplan.base_closed(problem, str(base), to=str(to), minutes=way.minutes, km=way.km)
        return changed, {"bases": [base, to], **vars(way)}
    if change is WhatIfChange.SHARE:
        assert asked.share is not None
        here, there = asked.share
        way = ways[here, there]
        changed = fleetplan.shared(problem, [fleetplan.Transfer(str(here), str(there), way.minutes, way.km)])
        return changed, {"bases": [here, there], **vars(way)}
    percent = asked.grow_percent or 0.0
    grown = fleetplan.grown(problem, percent, seed=asked.seed)
    return fleetplan.Changed(grown), {"percent": percent, "seed": asked.seed, "trips": len(grown.trips)}


def _solved(
    change: WhatIfChange | None,
    changed: fleetplan.Changed,
    facts: dict[str, Any],
    should_cancel: Callable[[], bool],
) -> Case:
    problem = changed.problem
    answer = fleetplan.solve(problem, limits=_LIMITS, should_cancel=should_cancel)
    if should_cancel():
        raise Cancelled
    why = {lost.trip_id: lost.obstacle.name for lost in changed.impossible}
    left = [seat.trip_id for seat in answer.assignments if seat.class_id is None]
    if answer.totals is not None and answer.totals.transfer_km:
        facts = facts | {"transfer_km": float(answer.totals.transfer_km)}
    return Case(
        change, problem, answer.status, answer.totals, answer.value, answer.bound, [Half(0, answer.fleet)],
        unserved={trip: why.get(trip, "") for trip in left}, facts=facts | {"answer": answer},
        violations=len(fleetplan.check(problem, answer)),
    )  # fmt: skip


def _moved(problem: fleetplan.Problem, asked: WhatIfAsked, base: Case, should_cancel: Callable[[], bool]) -> Case:
    found = fleetplan.move_twice(problem, move_dkk=asked.move_dkk, limits=_LIMITS, should_cancel=should_cancel)
    if should_cancel():
        raise Cancelled
    is_proven = found.bound is not None and found.bound == found.value
    facts = {"moves": found.moves, "move_dkk": asked.move_dkk, "source": asked.move_source}
    return Case(
        WhatIfChange.MOVE_TWICE,
        problem,
        fleetplan.Status.OPTIMAL if is_proven else fleetplan.Status.FEASIBLE,
        found.totals,
        found.value,
        found.bound,
        [Half(number, answer.fleet) for number, answer in enumerate(found.answers, start=1)],
        unserved={seat.trip_id: "" for answer in found.answers for seat in answer.assignments if seat.class_id is None},
        moving_dkk=found.moving_dkk,
        facts=facts | {"pays": None if base.value is None else bool(found.value < base.value)},
        violations=found.violations,
    )


def _with_chargers(case: Case, asked: WhatIfAsked) -> Case:
    facts = case.facts | {"charge_kw": asked.charge_kw, "source": asked.charge_source}
    if asked.charge_kw is None or case.totals is None:
        return replace(case, facts=facts)
    chargers = fleetplan.chargers_on_arrival(case.problem, case.facts["answer"], charge_kw=asked.charge_kw)
    told = [{"base": int(row.base), "vehicles": row.vehicles, "at_once": row.at_once} for row in chargers]
    return replace(case, facts=facts | {"chargers": told})


def _plain(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if name != "answer"}


def _told(refusal: fleetplan.InvalidProblem | fleetplan.NoFleet) -> InvalidRun:
    """The engine's refusal in the reader's language, with what to do."""
    if isinstance(refusal, fleetplan.NoFleet):
        return InvalidRun(
            _(
                "No fleet within what is allowed can drive the trips. Allow more vehicles or some unserved trips, or "
                "run an optimisation to see which instant makes it impossible."
            )
        )
    texts = {
        "no_weeks": _("The period has no whole week with trips. Choose a longer period that starts on a Monday."),
        "too_few_weeks": _(
            "There are too few weeks with trips: some must be chosen on, and at least one left to try. Choose a longer "
            "period or fewer weeks to choose on."
        ),
        "empty_half": _(
            "One half of the year has no trips in the period. To see what moving twice a year gives, choose a period "
            "with trips both in April to September and in October to March."
        ),
        "base_in_two_pools": _("One of the bases shares its vehicles with others already."),
        "shift_bases": _("A shift has trips from both bases, so they cannot share vehicles."),
    }
    return InvalidRun(texts.get(refusal.code, str(refusal)))
