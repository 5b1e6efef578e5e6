# SPDX-License-Identifier: MPL-2.0
"""The answer: who makes which visit when, and what that costs."""

import msgspec


class Planned(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One visit as planned. ``start`` in the problem's unit of time."""

    visit: str
    carer: str
    start: int


class Cost(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a plan costs, each part already weighted."""

    travel: int = 0
    tardiness: int = 0
    highest_tardiness: int = 0
    waiting: int = 0
    overtime: int = 0
    idle: int = 0
    preference: int = 0
    unserved: int = 0
    missed_breaks: int = 0
    moved: int = 0
    use: int = 0

    @property
    def total(self) -> int:
        return sum(getattr(self, field) for field in self.__struct_fields__)


class Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A plan. ``planned`` in each carer's order of time; ``breaks``: carer -> start of the break, where it is taken."""

    planned: tuple[Planned, ...]
    unserved: tuple[str, ...]
    breaks: dict[str, int] = {}
    cost: int = 0
    iterations: int = 0
    cpu_seconds: float = 0.0
    seed: int = 0
    stopped: bool = False

    def routes(self) -> dict[str, list[Planned]]:
        """Carer -> visits in order of time; carers without a visit are not there."""
        found: dict[str, list[Planned]] = {}
        for planned in self.planned:
            found.setdefault(planned.carer, []).append(planned)
        return found
