# SPDX-License-Identifier: MPL-2.0
"""The question: visits, carers and the roads between them. Frozen data, validated when built.

Home Health Care Routing and Scheduling (Ceschia, Di Gaspero, Rosati and Schaerf, doi 10.1111/itor.70140, gather its
variants). Instants, durations and travel times are whole numbers of one unit that the caller chooses (seconds, or
thousandths of a minute) and costs are whole numbers of another; ``Problem.cost_scale`` says what a cost is worth.
"""

from enum import StrEnum
from functools import cached_property

import msgspec
import numpy as np
import numpy.typing as npt

from careroutes.errors import InvalidProblem

MANDATORY = 10**9
"""What leaving out a visit costs that must be made."""
EVER = -(10**9)
"""Earlier than any time."""


class Late(StrEnum):
    """What a start after the window's end is."""

    DEAR = "dear"  # costs ``Visit.tardiness_weight`` a unit
    FORBIDDEN = "forbidden"


class Carers(StrEnum):
    """Who makes two visits that belong together."""

    ANY = "any"
    DIFFERENT = "different"
    SAME = "same"


class Window(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A span of time in which a visit is to start (or to end). Both ends belong to it."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise InvalidProblem("ends_before_it_starts", "end", self.end, f"the window starts at {self.start}")


class Announced(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Who was said to come when; changing that has a price.

    ``other_carer_cost``: of somebody else coming. ``moved_cost``: of each unit of time that the visit starts later than
    ``tolerance`` after ``start``. It never starts earlier than ``tolerance`` before it: nobody is at home yet.
    """

    carer: str
    start: int
    other_carer_cost: int = 0
    moved_cost: int = 0
    tolerance: int = 0

    def __post_init__(self) -> None:
        for field in ("other_carer_cost", "moved_cost", "tolerance"):
            if getattr(self, field) < 0:
                raise InvalidProblem("negative", field, getattr(self, field), "not below zero")


class Visit(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One carer's work at one place. A visit that takes two carers is two visits of one ``group``, joined by a link.

    ``windows``: in order of time. ``met_at_end``: the visit's end, not its start, is to fall in the window (it never
    starts before the window either way). ``group``: visits of one group are planned together or not at all; empty: it
    stands alone. ``unserved_cost``: of leaving it out. ``competences``: all are needed. ``preferred``: cost per carer,
    of whom else does it ``other_carer_cost``. ``only`` and ``never``: carers. ``announced``: what changing it costs.
    """

    id: str
    place: int
    duration: int
    windows: tuple[Window, ...]
    late: Late = Late.DEAR
    tardiness_weight: int = 1
    met_at_end: bool = False
    group: str = ""
    unserved_cost: int = MANDATORY
    competences: frozenset[str] = frozenset()
    preferred: dict[str, int] = {}
    other_carer_cost: int = 0
    only: frozenset[str] = frozenset()
    never: frozenset[str] = frozenset()
    load: int = 0
    announced: Announced | None = None

    def __post_init__(self) -> None:
        if not self.windows:
            raise InvalidProblem("missing", "windows", self.windows, "a visit has at least one window")
        for number, (one, other) in enumerate(zip(self.windows, self.windows[1:], strict=False)):
            if other.start < one.end:
                raise InvalidProblem("overlap", f"windows[{number + 1}].start", other.start, "windows overlap")
        for field in ("duration", "tardiness_weight", "unserved_cost", "load", "place"):
            if getattr(self, field) < 0:
                raise InvalidProblem("negative", field, getattr(self, field), "not below zero")


class Link(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How two visits hang together: ``gap`` is the start of ``second`` minus the start of ``first``.

    Two carers at once: ``least_gap = most_gap = 0``. None: no limit on that side.
    """

    first: str
    second: str
    least_gap: int | None = None
    most_gap: int | None = None
    carers: Carers = Carers.ANY

    def __post_init__(self) -> None:
        if self.least_gap is not None and self.most_gap is not None and self.most_gap < self.least_gap:
            raise InvalidProblem("ends_before_it_starts", "most_gap", self.most_gap, f"least is {self.least_gap}")
        if self.first == self.second:
            raise InvalidProblem("itself", "second", self.second, "a visit cannot be linked with itself")


class Break(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A pause that starts within a span: before the first visit or between two; after the last it would be none."""

    earliest: int
    latest: int
    duration: int
    missed_cost: int = 0

    def __post_init__(self) -> None:
        if self.latest < self.earliest:
            raise InvalidProblem("ends_before_it_starts", "latest", self.latest, f"earliest is {self.earliest}")


class Carer(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Somebody on duty. ``from_place`` and ``to_place``: None where the way there and home is not counted."""

    id: str
    shift: Window
    from_place: int | None
    to_place: int | None
    competences: frozenset[str] = frozenset()
    mode: int = 0
    overtime: bool = True
    pause: Break | None = None
    capacity: int = 2**30
    use_cost: int = 0


class Travel(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, dict=True):
    """One way of moving: square tables over the places, from row to column. Without ``costs`` the times are counted.

    The tables are most of a problem and stay while the rest of it changes, so what is told of them is kept with them.
    """

    name: str
    times: tuple[tuple[int, ...], ...]
    costs: tuple[tuple[int, ...], ...] | None = None

    @cached_property
    def fault(self) -> tuple[str, str, int, str] | None:
        """Code, field, value and rule where a table is not square, or goes below zero."""
        return _fault("times", self.times, len(self.times)) or _fault("costs", self.costs or (), len(self.times))

    @cached_property
    def time_table(self) -> npt.NDArray[np.int32]:
        """Places x places. Raises OverflowError where a number needs more than 32 bits."""
        return np.array(self.times, dtype=np.int32)

    @cached_property
    def cost_table(self) -> npt.NDArray[np.int32]:
        """Places x places. Raises OverflowError where a number needs more than 32 bits."""
        return np.array(self.costs, dtype=np.int32) if self.costs else self.time_table


class Weights(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Cost of one unit. ``highest_tardiness`` is the latest visit's, ``idle`` the idlest carer's: a day's worst.

    Idle is the shift, and overtime beyond it, less visits, ways and the break.
    """

    travel: int = 1
    highest_tardiness: int = 0
    waiting: int = 0
    overtime: int = 0
    idle: int = 0


class Problem(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A day to plan. ``cost_scale`` times a cost is what the caller reports."""

    visits: tuple[Visit, ...]
    carers: tuple[Carer, ...]
    travel: tuple[Travel, ...]
    links: tuple[Link, ...] = ()
    weights: Weights = Weights()
    cost_scale: float = 1.0

    def __post_init__(self) -> None:
        _unique("visits", [visit.id for visit in self.visits])
        _unique("carers", [carer.id for carer in self.carers])
        places = len(self.travel[0].times) if self.travel else 0
        for number, travel in enumerate(self.travel):
            if travel.fault:
                code, field, value, rule = travel.fault
                raise InvalidProblem(code, f"travel[{number}].{field}", value, rule)
            if len(travel.times) != places:
                rule = f"{places} rows are needed"
                raise InvalidProblem("not_square", f"travel[{number}].times", len(travel.times), rule)
        for number, visit in enumerate(self.visits):
            if not 0 <= visit.place < places:
                raise InvalidProblem("unknown", f"visits[{number}].place", visit.place, f"there are {places} places")
        for number, carer in enumerate(self.carers):
            for field in ("from_place", "to_place"):
                place = getattr(carer, field)
                if place is not None and not 0 <= place < places:
                    raise InvalidProblem("unknown", f"carers[{number}].{field}", place, f"there are {places} places")
            if not 0 <= carer.mode < len(self.travel):
                raise InvalidProblem("unknown", f"carers[{number}].mode", carer.mode, "no such way of moving")
        known = {visit.id for visit in self.visits}
        for number, link in enumerate(self.links):
            for field in ("first", "second"):
                if getattr(link, field) not in known:
                    raise InvalidProblem("unknown", f"links[{number}].{field}", getattr(link, field), "no such visit")

    def groups(self) -> list[list[int]]:
        """Indices of visits that are planned together or not at all, in order of the first of each."""
        found: dict[str, list[int]] = {}
        for number, visit in enumerate(self.visits):
            found.setdefault(f"g {visit.group}" if visit.group else f"v {visit.id}", []).append(number)
        return list(found.values())

    def may(self, visit: Visit, carer: Carer) -> bool:
        """Whether competences and wishes let this carer make this visit."""
        return (
            visit.competences <= carer.competences
            and carer.id not in visit.never
            and (not visit.only or carer.id in visit.only)
        )

    def preference(self, visit: Visit, carer: Carer) -> int:
        """What it costs that this carer makes this visit."""
        said = visit.announced
        changed = said.other_carer_cost if said and said.carer != carer.id else 0
        return visit.preferred.get(carer.id, visit.other_carer_cost) + changed

    def earliest(self, visit: Visit) -> int:
        """The earliest start that the announcement leaves; where its time is after the windows, they decide."""
        if visit.announced is None:
            return EVER
        last = visit.windows[-1].end - (visit.duration if visit.met_at_end else 0)
        return min(visit.announced.start - visit.announced.tolerance, last)


def _unique(field: str, ids: list[str]) -> None:
    seen: set[str] = set()
    for number, name in enumerate(ids):
        if name in seen:
            raise InvalidProblem("twice", f"{field}[{number}].id", name, "stands twice")
        seen.add(name)


def _fault(field: str, rows: tuple[tuple[int, ...], ...], places: int) -> tuple[str, str, int, str] | None:
    if rows and len(rows) != places:
        return "not_square", field, len(rows), f"{places} rows are needed"
    for number, row in enumerate(rows):
        if len(row) != places:
            return "not_square", f"{field}[{number}]", len(row), f"{places} numbers are needed"
        if min(row, default=0) < 0:
            return "negative", f"{field}[{number}]", min(row), "not below zero"
    return None
