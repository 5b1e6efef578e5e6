# SPDX-License-Identifier: MPL-2.0
"""What a dashboard answers: one set of rows from which the picture, the table, the files and the API are all made."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from django.utils.functional import Promise

Text = str | Promise


class State(StrEnum):
    """Why a figure is there, or is not."""

    SHOWN = "SHOWN"
    FEW = "FEW"
    UNKNOWN = "UNKNOWN"
    NONE = "NONE"


@dataclass(frozen=True, slots=True)
class Told:
    """A figure, or why there is none: built on too few, not known, or nothing to count."""

    value: float | None
    state: State = State.SHOWN

    @classmethod
    def of(cls, value: float | None, *, few: bool = False, unknown: bool = False) -> "Told":
        """A figure that is told unless it is built on too few or not known."""
        if few:
            return cls(None, State.FEW)
        if unknown:
            return cls(None, State.UNKNOWN)
        return cls(value, State.NONE if value is None else State.SHOWN)


@dataclass(frozen=True)
class Column:
    """A kind of figure: its name in the API, its title, unit and digits. ``drawn``: it is in the picture."""

    name: str
    title: Text
    unit: Text = ""
    decimals: int = 0
    drawn: bool = True


@dataclass(frozen=True)
class Row:
    """The figures of a bucket. ``first_day``/``end_day``: the days behind it; ``query``: narrows the trips to it."""

    label: Text
    cells: tuple[Told, ...]
    first_day: date
    end_day: date
    query: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Missing:
    """Something that nobody has told, the km that cannot be counted for it, and where to tell it."""

    what: Text
    km: Told
    url_name: str
    argument: int | None = None


@dataclass(frozen=True)
class Parameter:
    """Something that the figures are counted with: its value, source and validity."""

    name: Text
    value: Text
    source: Text
    valid_from: date | None = None
    valid_to: date | None = None
    url_name: str = ""
    argument: int | None = None


@dataclass(frozen=True)
class Answer:
    """``totals`` and ``before`` (the period before) have a figure for each column; ``fewest``: N of the suppression."""

    head: Text
    columns: tuple[Column, ...]
    rows: Sequence[Row]
    totals: tuple[Told, ...]
    before: tuple[Told, ...]
    fewest: int
    missing: Sequence[Missing] = ()
    parameters: Sequence[Parameter] = ()
    notes: Sequence[Text] = ()

    @property
    def has_hidden(self) -> bool:
        """Whether any figure is hidden for being built on too few."""
        told = [*self.totals, *self.before, *(cell for row in self.rows for cell in row.cells)]
        return any(cell.state is State.FEW for cell in told)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show at all."""
        return not any(cell.state is not State.NONE and cell.value != 0 for row in self.rows for cell in row.cells)
