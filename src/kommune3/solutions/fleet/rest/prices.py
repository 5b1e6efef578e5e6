# SPDX-License-Identifier: MPL-2.0
"""``/api/v1/fleet/prices``: spot prices out and in, and tariffs. Kroner per kWh without VAT, instants in UTC."""

from datetime import date, datetime, time
from decimal import Decimal
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import File, Query, Router, Schema, UploadedFile
from pydantic import Field

from kommune3.kernel import clock
from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.solutions.fleet.errors import UnreadablePrices
from kommune3.solutions.fleet.models import EnergyTariff, PriceArea, SpotPrice
from kommune3.solutions.fleet.operations.prices import import_prices
from kommune3.solutions.fleet.rest.schemas import Paged

router = Router()


class PricesAsked(Paged):
    """Which prices; ``until`` is not included."""

    area: PriceArea
    since: datetime | None = None
    until: datetime | None = None


class PriceOut(Schema):
    area: str
    starts_at: datetime
    minutes: int
    dkk_per_kwh: Decimal
    file: str = Field(alias="file.name")


class PriceFileOut(Schema):
    id: int
    name: str
    prices: int


class FaultOut(Schema):
    line: int | None
    field: str
    value: str
    detail: str


class FaultsOut(Schema):
    code: str
    detail: str
    faults: list[FaultOut]


class TariffOut(Schema):
    id: int
    name: str
    dkk_per_kwh: Decimal
    opens: time
    closes: time
    months: list[int]
    valid_from: date
    valid_to: date | None
    source: str


@router.get("/prices", response=list[PriceOut], url_name="prices")
def prices(request: HttpRequest, asked: Annotated[PricesAsked, Query()]) -> Any:
    """Spot prices of an area in order of time."""
    found = reach.visible(_actor(request), SpotPrice).select_related("file").filter(area=asked.area)
    if asked.since is not None:
        found = found.filter(starts_at__gte=asked.since)
    if asked.until is not None:
        found = found.filter(starts_at__lt=asked.until)
    return found.order_by("starts_at")[asked.offset : asked.offset + asked.limit]


@router.post("/prices", response={201: PriceFileOut, 422: FaultsOut}, url_name="prices")
def upload_prices(request: HttpRequest, file: File[UploadedFile]) -> Any:
    """Import a file of Energi Data Service. With a fault anywhere nothing is imported, and each is told by line."""
    try:
        return 201, import_prices(
            actor=_actor(request), now=clock.now(), content=file.read(), file_name=file.name or "prices.csv"
        )
    except UnreadablePrices as refusal:
        faults = [
            {"line": line, "field": field, "value": value, "detail": why} for line, field, value, why in refusal.faults
        ]
        return 422, {"code": "UnreadablePrices", "detail": str(refusal), "faults": faults}


@router.get("/tariffs", response=list[TariffOut], url_name="tariffs")
def tariffs(request: HttpRequest) -> Any:
    """Every tariff with its source, past ones too."""
    return reach.visible(_actor(request), EnergyTariff)


def _actor(request: HttpRequest) -> Actor:
    found: Actor = request.actor  # type: ignore[attr-defined]
    return found
