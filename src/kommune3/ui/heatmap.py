# SPDX-License-Identifier: MPL-2.0
"""A heat map as plain data: a table whose cells are shaded by their figures. It needs no script.

The figure stands in each cell, so colour is never the only thing that tells it; the shades are of one hue, from light
to dark, so that they are told apart also by the colour-blind and in print.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from kommune3.ui.numbers import format_number
from kommune3.ui.pictures import Cell, FiguresTable, Heading

Text = str | Promise
LEVELS = 7


@dataclass(frozen=True)
class Shade:
    """A cell. No ``value``: there is no figure, and ``instead`` says why in a word or two. ``href``: its rows."""

    value: float | None
    instead: Text = ""
    href: str = ""


@dataclass(frozen=True)
class Step:
    """A shade of the legend: figures from ``low`` up to ``high``."""

    level: int
    text: str


@dataclass(frozen=True)
class DrawnCell:
    """A cell ready to render: its shade (0 to :data:`LEVELS`), the short text in it, and the whole of what it says."""

    level: int | None
    text: str
    said: str


@dataclass(frozen=True)
class HeatMap:
    """``cells`` has a row for each of ``rows``, with a cell for each of ``columns``. ``corner`` heads the row names.

    ``mark`` is the short text of a cell without a figure, such as "<5".
    """

    corner: Text
    rows: Sequence[Text]
    columns: Sequence[Text]
    cells: Sequence[Sequence[Shade]]
    decimals: int = 1
    unit: Text = ""
    mark: Text = "–"
    short_columns: Sequence[Text] = ()

    @property
    def headings(self) -> list[tuple[str, str]]:
        """(short, whole) name of each column."""
        short = self.short_columns or self.columns
        return [(str(one), str(other)) for one, other in zip(short, self.columns, strict=True)]

    @property
    def drawn(self) -> list[tuple[str, list[DrawnCell]]]:
        """Each row's name and its cells."""
        highest = self._highest
        return [
            (str(name), [self._drawn(shade, highest) for shade in shades])
            for name, shades in zip(self.rows, self.cells, strict=True)
        ]

    @property
    def legend(self) -> list[Step]:
        """What each shade stands for; none where every figure is 0."""
        highest = self._highest
        if not highest:
            return []
        edges = [highest * level / LEVELS for level in range(LEVELS + 1)]
        return [
            Step(
                level,
                _("%(low)s to %(high)s")
                % {
                    "low": format_number(edges[level - 1], self.decimals),
                    "high": format_number(edges[level], self.decimals),
                },
            )
            for level in range(1, LEVELS + 1)
        ]

    def table(self) -> FiguresTable:
        """The same figures with all their digits, each leading to its rows."""
        return FiguresTable(
            (Heading(str(self.corner)), *(Heading(str(name), True) for name in self.columns)),
            tuple(
                (Cell(str(name)), *(self._cell(shade) for shade in shades))
                for name, shades in zip(self.rows, self.cells, strict=True)
            ),
        )

    @property
    def _highest(self) -> float:
        return max((shade.value for row in self.cells for shade in row if shade.value is not None), default=0.0)

    def _drawn(self, shade: Shade, highest: float) -> DrawnCell:
        if shade.value is None:
            return DrawnCell(None, str(self.mark), str(shade.instead))
        level = 0
        if highest and shade.value > 0:
            level = min(LEVELS, int(shade.value / highest * LEVELS - 1e-9) + 1)
        text = format_number(shade.value, self.decimals) if shade.value else ""
        return DrawnCell(level, text, "" if shade.value else "0")

    def _cell(self, shade: Shade) -> Cell:
        if shade.value is None:
            return Cell(str(shade.instead) or "–", True, shade.href)
        return Cell(format_number(shade.value, self.decimals + 1), True, shade.href)
