# SPDX-License-Identifier: MPL-2.0
"""The places of a day, and how long the ways between them take by each way of getting about."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from kommune3.kernel.places import travel
from kommune3.kernel.places.geometry import Point
from kommune3.kernel.places.models import Address
from kommune3.solutions.care.errors import CareError
from kommune3.solutions.care.planning.rows import Rows, address_of

SOUTH, NORTH, WEST, EAST = 54.5, 57.8, 8.0, 15.3
"""Denmark lies within (Gedser Odde, Skagen, Blåvands Huk, Christiansø), in degrees WGS84."""

UNKNOWN_WAY = 2 * 24 * 3600
"""What the engine is told where nobody knows a way, in seconds: so long that no visit is worth it."""


class NoWays(CareError):
    """Whoever knows the ways does not answer: a server that is down, a file that is gone. ``reason`` says what to do.

    An address without a road is another matter: it is None in the table, and its visits are named and left out.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        text = _("The ways between the day's addresses cannot be found, so nothing can be planned now. %(reason)s")
        return text % {"reason": self.reason}


def is_in_denmark(latitude: float, longitude: float) -> bool:
    """Whether the point lies in the box around Denmark."""
    return SOUTH <= latitude <= NORTH and WEST <= longitude <= EAST


def is_usable(address: Address | None) -> bool:
    """Whether the address says where it is, and that it is in Denmark."""
    return (
        address is not None
        and address.latitude is not None
        and address.longitude is not None
        and is_in_denmark(address.latitude, address.longitude)
    )


@dataclass(frozen=True)
class Ways:
    """Places are numbered: where shifts start first, then each citizen's home.

    ``modes``: the ways of getting about that somebody on duty uses. ``access``: seconds that getting in takes, by
    place. ``points``: place -> row of the tables.
    """

    modes: tuple[str, ...]
    tables: tuple[travel.Table, ...]
    of_shift: dict[int, int | None]
    of_citizen: dict[int, int]
    points: tuple[int, ...]
    access: tuple[int, ...]

    @property
    def places(self) -> int:
        return len(self.points)

    def seconds(self, mode: int, origin: int | None, target: int | None) -> int | None:
        """The way and getting in; 0 where it is not counted; None where nobody knows it."""
        if origin is None or target is None or origin == target:
            return 0
        way = self.tables[mode].seconds[self.points[origin]][self.points[target]]
        return None if way is None else way + self.access[target]

    def metres(self, mode: int, origin: int | None, target: int | None) -> int:
        """The way; 0 where it is not counted or nobody knows it."""
        if origin is None or target is None:
            return 0
        return self.tables[mode].metres[self.points[origin]][self.points[target]] or 0

    def times(self, mode: int) -> tuple[tuple[int, ...], ...]:
        """The square table that the engine is given, in seconds."""
        table, access, points = self.tables[mode].seconds, self.access, self.points
        rows = []
        for origin in range(self.places):
            row = table[points[origin]]
            times = [
                UNKNOWN_WAY if (way := row[point]) is None else way + extra
                for point, extra in zip(points, access, strict=True)
            ]
            times[origin] = 0
            rows.append(tuple(times))
        return tuple(rows)

    @property
    def is_estimate(self) -> bool:
        return any(table.is_estimate for table in self.tables)

    @property
    def source(self) -> str:
        return " ".join(dict.fromkeys(table.source for table in self.tables))

    @property
    def attribution(self) -> str:
        return " ".join(dict.fromkeys(table.attribution for table in self.tables if table.attribution))


def find_ways(rows: Rows, *, citizens: Collection[int], now: datetime) -> Ways:
    """The ways between where shifts start and the homes of ``citizens``, whose addresses are usable.

    Raises :class:`NoWays`.
    """
    points: list[Point] = []
    row_of: dict[tuple[float, float], int] = {}

    def row(address: Address) -> int:
        assert address.latitude is not None and address.longitude is not None
        key = (address.latitude, address.longitude)
        if key not in row_of:
            row_of[key] = len(points)
            points.append(Point(*key))
        return row_of[key]

    place_rows: list[int] = []
    access: list[int] = []

    def place(address: Address, seconds: int) -> int:
        place_rows.append(row(address))
        access.append(seconds)
        return len(place_rows) - 1

    starts: dict[object, int] = {}
    of_shift: dict[int, int | None] = {}
    for shift in rows.shifts:
        address = address_of(shift, rows.team)
        if address is None or not is_usable(address):
            of_shift[shift.pk] = None
            continue
        if address.pk not in starts:
            starts[address.pk] = place(address, 0)
        of_shift[shift.pk] = starts[address.pk]
    of_citizen: dict[int, int] = {}
    for visit in rows.visits:
        home = visit.citizen.person.address
        if visit.citizen_id in citizens and visit.citizen_id not in of_citizen and home is not None:
            of_citizen[visit.citizen_id] = place(home, visit.citizen.access_seconds)
    modes = tuple(dict.fromkeys(shift.carer.mode for shift in rows.shifts))
    tables = tuple(_table(points, mode, now) for mode in modes)
    return Ways(modes, tables, of_shift, of_citizen, tuple(place_rows), tuple(access))


def _table(points: Sequence[Point], mode: str, now: datetime) -> travel.Table:
    try:
        return travel.table(points=points, mode=travel.Mode(mode), now=now)
    except travel.NoAnswer as error:
        raise NoWays(str(error)) from error
