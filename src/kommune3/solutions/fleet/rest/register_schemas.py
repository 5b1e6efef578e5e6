# SPDX-License-Identifier: MPL-2.0
"""What the API is asked and answers about vehicles, models, chargers and rates. Periods are half-open."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from kommune3.solutions.fleet.models import Change, ServiceKind
from kommune3.solutions.fleet.queries.contracts import Contract
from kommune3.solutions.fleet.queries.history import told

Kroner = Annotated[Decimal, Field(ge=0)]
Km = Annotated[int, Field(ge=0)]
Words = list[Annotated[str, Field(max_length=60)]]


class VehicleIn(Schema):
    """A vehicle as a whole: a field that is left out is emptied. Another base than before is a move today."""

    registration: str = Field(min_length=1, max_length=40)
    model_id: int
    base_id: int
    unit_id: UUID | None = None
    valid_from: date
    valid_to: date | None = None
    external_id: str = Field("", max_length=64)
    is_locked: bool = False
    use: str = Field("", max_length=100)
    ownership: Literal["OWNED", "LEASED"] = "OWNED"
    supplier: str = Field("", max_length=100)
    lease_start: date | None = None
    lease_end: date | None = None
    lease_dkk_month: Kroner | None = None
    contract_km_year: Km | None = None
    excess_dkk_per_km: Kroner | None = None
    refund_dkk_per_km: Kroner | None = None
    equipment: Words = []
    notes: str = Field("", max_length=1000)


class VehicleFull(VehicleIn):
    """A vehicle with everything the register says of it."""

    id: int
    fittings: list[str]
    equipment: list[str] = []

    @staticmethod
    def resolve_fittings(row: Any) -> list[str]:
        return sorted(row.fittings)


class MoveIn(Schema):
    base_id: int
    on: date


class RetireIn(Schema):
    last_day: date


class ChangeOut(Schema):
    """A field as it was and as it became; ``origin``: the file or API it came through, empty: a page."""

    at: datetime
    by_name: str
    origin: str
    field: str
    what: str
    old: str
    new: str

    @staticmethod
    def resolve_what(row: Change) -> str:
        return told(row).what


class ServiceIn(Schema):
    """A vehicle that nobody can drive in [starts_at, ends_at)."""

    starts_at: datetime
    ends_at: datetime
    kind: ServiceKind = ServiceKind.SERVICE
    note: str = Field("", max_length=200)


class ServiceOut(ServiceIn):
    id: int


class ReadingIn(Schema):
    read_on: date
    km: Km
    source: str = Field("", max_length=100)


class ReadingOut(ReadingIn):
    id: int


class ContractOut(Schema):
    """A lease and where it is heading. Without a forecast ``missing`` says what is not known."""

    vehicle_id: int
    registration: str
    missing: str
    contract_km: int | None = None
    expected_km: int | None = None
    excess_km: int | None = None
    excess_dkk: Decimal | None = None
    refund_dkk: Decimal | None = None
    basis: str | None = None

    @classmethod
    def of(cls, contract: Contract) -> "ContractOut":
        """The contract as the API tells it; ``basis``: READINGS or TRIPS."""
        found, vehicle = contract.forecast, contract.vehicle
        if found is None:
            return cls(vehicle_id=vehicle.pk, registration=vehicle.registration, missing=contract.missing)
        return cls(
            vehicle_id=vehicle.pk, registration=vehicle.registration, missing="", contract_km=found.contract_km,
            expected_km=found.expected_km, excess_km=found.excess_km, excess_dkk=found.excess_dkk,
            refund_dkk=found.refund_dkk, basis="READINGS" if found.readings else "TRIPS",
        )  # fmt: skip


class ModelIn(Schema):
    """A model as a whole: a field that is left out is emptied."""

    name: str = Field(min_length=1, max_length=100)
    kind: Literal["BIKE", "E_BIKE", "EV", "FOSSIL"]
    energy: Literal["NONE", "ELECTRICITY", "PETROL", "DIESEL", "HVO"]
    energy_per_km: Kroner | None = None
    fixed_dkk_year: Kroner | None = None
    range_km: Km | None = None
    winter_range_km: Km | None = None
    battery_kwh: Decimal | None = None
    charge_kw: Decimal | None = None
    rest_hours: Decimal = Decimal(0)
    seats: Km | None = None
    capabilities: Words = []
    contract_km_year: Km | None = None
    excess_dkk_per_km: Kroner | None = None
    refund_dkk_per_km: Kroner | None = None
    source: str = Field("", max_length=200)
    sources: dict[str, str] = {}
    figures_from: date | None = None
    figures_to: date | None = None
    is_offered: bool = True


class ModelOut(ModelIn):
    id: int
    capabilities: list[str] = []


class ChargerIn(Schema):
    """``outlets`` vehicles charge at once, each with at most ``power_kw``."""

    base_id: int
    name: str = Field(min_length=1, max_length=100)
    outlets: Annotated[int, Field(ge=1, le=32767)] = 1
    power_kw: Annotated[Decimal, Field(gt=0)]
    valid_from: date
    valid_to: date | None = None


class ChargerOut(ChargerIn):
    id: int


class RateIn(Schema):
    """A period of a rate. No ``valid_to``: until the next period begins. ``rate_set``: its name, null: the default."""

    rate_set: str | None = None
    kind: str
    value: Kroner | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    source: str = Field("", max_length=200)


class RateChange(Schema):
    """A period as it shall be."""

    value: Kroner | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    source: str = Field("", max_length=200)


class RateFull(RateChange):
    """A period with what it is counted in and used for."""

    id: int
    rate_set: str
    kind: str
    unit: str
    used_for: str


class LineOut(Schema):
    """A line of a register file: NEW, CHANGED, UNCHANGED or BAD, what it would change and what is wrong with it."""

    line: int
    sheet: str
    name: str
    status: str
    changes: list[list[str]]
    faults: list[list[str]]


class RegisterImportOut(Schema):
    """A register file. ``state``: READY, COMMITTED or DISCARDED."""

    id: int
    kind: str
    file_name: str
    state: str
    notices: list[str]
    created_at: datetime
    new: int
    changed: int
    unchanged: int
    bad: int
    lines: list[LineOut]


class RegisterCommitIn(Schema):
    """``keep_good``: leave bad lines out."""

    keep_good: bool = False
