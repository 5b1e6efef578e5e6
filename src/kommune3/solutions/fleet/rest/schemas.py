# SPDX-License-Identifier: MPL-2.0
"""What the API is asked and what it answers."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from ninja import Schema
from pydantic import Field

from kommune3.solutions.fleet.models import Base

LARGEST_PAGE = 1000


class Problem(Schema):
    """Why something was refused."""

    code: str
    detail: str


class Paged(Schema):
    """Which part of a list."""

    limit: int = Field(100, ge=1, le=LARGEST_PAGE)
    offset: int = Field(0, ge=0, le=1_000_000_000)


class BaseOut(Schema):
    id: int
    name: str
    unit_id: Any
    latitude: float | None
    longitude: float | None

    @staticmethod
    def resolve_latitude(row: Base) -> float | None:
        return row.address.latitude if row.address else None

    @staticmethod
    def resolve_longitude(row: Base) -> float | None:
        return row.address.longitude if row.address else None


class VehicleOut(Schema):
    id: int
    registration: str
    external_id: str
    base_id: int
    model: str = Field(alias="model.name")
    kind: str = Field(alias="model.kind")
    energy: str = Field(alias="model.energy")
    valid_from: date
    valid_to: date | None
    is_locked: bool


class RateOut(Schema):
    rate_set: str = Field(alias="rate_set.name")
    kind: str
    value: Decimal | None
    valid_from: date | None
    valid_to: date | None
    source: str


class TripOut(Schema):
    id: int
    external_id: str
    base_id: int
    vehicle_id: int | None
    start_at: datetime
    end_at: datetime
    km: float
    needs: list[str]
    shift: str


class TripsOut(Schema):
    count: int
    items: list[TripOut]


class TripsAsked(Paged):
    """Trips of a base or vehicle that start in [start, end)."""

    base: int | None = None
    vehicle: int | None = None
    start: datetime | None = None
    end: datetime | None = None


class ImportOut(Schema):
    """An import. ``state``: MAPPING, READING, READY, REFUSED, COMMITTED, DISCARDED or UNDONE."""

    id: int
    file_name: str
    state: str
    rows_read: int
    rows_good: int
    rows_bad: int
    rows_without_car: int
    encoding: str
    first_start_at: datetime | None
    last_end_at: datetime | None
    created_at: datetime


class ProblemOut(Schema):
    """Something wrong in a line (0: the file as a whole), with what to do. A notice keeps nothing back."""

    line: int
    field: str
    value: str
    code: str
    message: str
    advice: str
    is_notice: bool


class CommitIn(Schema):
    """``keep_good``: leave bad lines out. ``keep_overlaps``: keep trips whose car was on another, without the car."""

    keep_good: bool = False
    keep_overlaps: bool = False
