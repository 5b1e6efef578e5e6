# SPDX-License-Identifier: MPL-2.0
"""Charts, timelines and maps as plain data: what is drawn, and the same figures as a table.

A view builds one of these, the template shows it with ``{% chart %}``, ``{% timeline %}`` or ``{% map %}``. All words
and all figures are decided here, on the server; the browser only draws.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from kommune3.ui.numbers import epoch_seconds, format_instant, format_number

Text = str | Promise
State = Literal["", "conflict", "unserved", "muted"]


@dataclass(frozen=True)
class Cell:
    """A cell of the table behind a picture."""

    text: str
    is_number: bool = False
    href: str = ""


@dataclass(frozen=True)
class Heading:
    """A column's heading."""

    title: str
    is_number: bool = False


@dataclass(frozen=True)
class FiguresTable:
    """The table behind a picture, ready to render."""

    columns: tuple[Heading, ...]
    rows: tuple[tuple[Cell, ...], ...]


# --- Charts ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Axis:
    """An axis: its label, the unit written after each figure, and how many digits after the comma are shown."""

    label: Text
    unit: Text = ""
    decimals: int = 2
    from_zero: bool = False


@dataclass(frozen=True)
class Point:
    """A point. ``x`` is a number, an instant, or (in a chart with categories) the position of its category."""

    x: float | datetime
    y: float
    label: Text = ""
    href: str = ""


@dataclass(frozen=True)
class Series:
    """Points of one kind. ``joined``: drawn with a line, as a Pareto front is. ``chosen``: drawn to stand out."""

    name: Text
    points: Sequence[Point]
    joined: bool = False
    chosen: bool = False


@dataclass(frozen=True)
class Bound:
    """A line across the chart, such as a proven lower bound on the cost."""

    axis: Literal["x", "y"]
    value: float
    label: Text


@dataclass(frozen=True)
class Chart:
    """A line, bar or scatter chart. With ``categories`` the x axis names things instead of measuring them."""

    kind: Literal["line", "bar", "scatter"]
    x: Axis
    y: Axis
    series: Sequence[Series]
    bounds: Sequence[Bound] = ()
    categories: Sequence[Text] = ()

    def as_json(self) -> dict[str, Any]:
        """What ``<k3-chart>`` reads (web/src/chart/figures.ts)."""
        x: dict[str, Any] = {"label": str(self.x.label), "unit": str(self.x.unit), "decimals": self.x.decimals}
        if self.categories:
            x |= {"scale": "category", "categories": [str(name) for name in self.categories]}
        elif self._is_time:
            x["scale"] = "time"
        y = {
            "label": str(self.y.label),
            "unit": str(self.y.unit),
            "decimals": self.y.decimals,
            "from_zero": self.y.from_zero,
        }
        return {
            "kind": self.kind,
            "x": x,
            "y": y,
            "series": [
                {
                    "name": str(series.name),
                    "joined": series.joined,
                    "chosen": series.chosen,
                    "points": [_point_json(point) for point in series.points],
                }
                for series in self.series
            ],
            "bounds": [{"axis": bound.axis, "value": bound.value, "label": str(bound.label)} for bound in self.bounds],
        }

    def table(self) -> FiguresTable:
        """The same figures: a row for each point, a column for the series where there are several."""
        several = len(self.series) > 1
        named = any(point.label for series in self.series for point in series.points)
        columns = [Heading(_("Series"))] if several else []
        columns += [Heading(_("What"))] if named else []
        columns += [Heading(_with_unit(self.x), not self.categories and not self._is_time)]
        columns += [Heading(_with_unit(self.y), True)]
        rows = []
        for series in self.series:
            for point in series.points:
                cells = [Cell(str(series.name))] if several else []
                cells += [Cell(str(point.label), href=point.href)] if named else []
                cells += [self._x_cell(point, "" if named else point.href)]
                cells += [Cell(format_number(point.y, self.y.decimals), True)]
                rows.append(tuple(cells))
        for bound in self.bounds:
            value = Cell(format_number(bound.value, (self.x if bound.axis == "x" else self.y).decimals), True)
            cells = [Cell("")] * (several + named) + ([value, Cell("")] if bound.axis == "x" else [Cell(""), value])
            cells[0] = Cell(str(bound.label))
            rows.append(tuple(cells))
        return FiguresTable(tuple(columns), tuple(rows))

    @property
    def _is_time(self) -> bool:
        return any(isinstance(point.x, datetime) for series in self.series for point in series.points[:1])

    def _x_cell(self, point: Point, href: str) -> Cell:
        if isinstance(point.x, datetime):
            return Cell(format_instant(point.x), href=href)
        if self.categories:
            return Cell(str(self.categories[int(point.x)]), href=href)
        return Cell(format_number(point.x, self.x.decimals), True, href)


def _point_json(point: Point) -> dict[str, Any]:
    x = epoch_seconds(point.x) if isinstance(point.x, datetime) else point.x
    found: dict[str, Any] = {"x": x, "y": point.y}
    if point.label:
        found["label"] = str(point.label)
    if point.href:
        found["href"] = point.href
    return found


def _with_unit(axis: Axis) -> str:
    return f"{axis.label} ({axis.unit})" if axis.unit else str(axis.label)


# --- Timelines -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Vehicle:
    """A row of the timeline."""

    name: Text
    note: Text = ""


@dataclass(frozen=True)
class Trip:
    """A bar: the position of its vehicle in ``vehicles``, its interval (half-open) and what it is."""

    vehicle: int
    starts_at: datetime
    ends_at: datetime
    label: str
    state: State = ""


@dataclass(frozen=True)
class Interval:
    """An interval to point at, such as the instant that proves how many vehicles are needed."""

    starts_at: datetime
    ends_at: datetime
    label: Text


@dataclass(frozen=True)
class Timeline:
    """Vehicles down, time across. Drawn for up to 1 000 vehicles and 20 000 trips."""

    vehicles: Sequence[Vehicle]
    trips: Sequence[Trip]
    binding: Interval | None = None
    day: date | None = None

    def as_json(self) -> dict[str, Any]:
        """What ``<k3-timeline>`` reads (web/src/timeline/figures.ts): trips as arrays, since there are many."""
        found: dict[str, Any] = {
            "vehicles": [{"name": str(vehicle.name), "note": str(vehicle.note)} for vehicle in self.vehicles],
            "trips": [
                [trip.vehicle, epoch_seconds(trip.starts_at), epoch_seconds(trip.ends_at), trip.label]
                + ([trip.state] if trip.state else [])
                for trip in self.trips
            ],
        }
        if self.binding:
            found["binding"] = {
                "start": epoch_seconds(self.binding.starts_at),
                "end": epoch_seconds(self.binding.ends_at),
                "label": str(self.binding.label),
            }
        if self.day:
            found["day"] = self.day.isoformat()
        return found

    def table(self, limit: int = 200) -> FiguresTable:
        """The first ``limit`` trips in order of start; a page with more links to its own list of trips."""
        columns = (Heading(_("Vehicle")), Heading(_("Trip")), Heading(_("From")), Heading(_("To")))
        trips = sorted(self.trips, key=lambda trip: trip.starts_at)[:limit]
        return FiguresTable(
            columns,
            tuple(
                (
                    Cell(str(self.vehicles[trip.vehicle].name)),
                    Cell(trip.label),
                    Cell(format_instant(trip.starts_at)),
                    Cell(format_instant(trip.ends_at)),
                )
                for trip in trips
            ),
        )


# --- Maps ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """A marker. Degrees in WGS84; ``figure`` is written in the marker, ``lines`` in its popup."""

    longitude: float
    latitude: float
    title: Text
    lines: Sequence[Text] = ()
    href: str = ""
    figure: Text = ""
    kind: Literal["normal", "warning", "muted"] = "normal"


@dataclass(frozen=True)
class Map:
    """Places on the schematic map, or on the municipality's own tiles."""

    places: Sequence[Place] = field(default=())

    def as_json(self) -> dict[str, Any]:
        """What ``<k3-map>`` reads (web/src/map/figures.ts)."""
        return {
            "places": [
                {
                    "lon": place.longitude,
                    "lat": place.latitude,
                    "title": str(place.title),
                    "lines": [str(line) for line in place.lines],
                    "href": place.href,
                    "figure": str(place.figure),
                    "kind": place.kind,
                }
                for place in self.places
            ]
        }

    def table(self) -> FiguresTable:
        """The places as a table: what the map says, for those who cannot see it."""
        return FiguresTable(
            (Heading(_("Place")), Heading(_("About"))),
            tuple(
                (Cell(str(place.title), href=place.href), Cell(", ".join(str(line) for line in place.lines)))
                for place in self.places
            ),
        )
