# SPDX-License-Identifier: MPL-2.0
"""Spot prices from files, and tariffs."""

import csv
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _
from fleetplan import InvalidProblem, scan_spot_prices
from fleetplan import SpotPrice as Row

from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.audit import log
from kommune3.solutions.fleet.errors import UnreadablePrices
from kommune3.solutions.fleet.models import EnergyTariff, PriceArea, PriceFile, SpotPrice
from kommune3.solutions.fleet.operations.imports import name_of

EDIT_RATES = "fleet.rates.edit"
LARGEST_BYTES = 20_000_000
"""Ten years of both areas, quarter by quarter, are about as much."""
_MOST_TOLD = 50
_AT_ONCE = 2000
_MILLIONTH = Decimal("0.000001")

Fault = tuple[int | None, str, str, str]


def import_prices(*, actor: Actor, now: datetime, content: bytes, file_name: str) -> PriceFile:
    """Read a file of Energi Data Service (Elspotprices or DayAheadPrices) and keep its prices.

    An hour that is known already gets the newer price. Raises :class:`UnreadablePrices` with every fault by line; then
    nothing was imported.
    """
    with transaction.atomic():
        reach.require(actor, EDIT_RATES)
        rows = _read(content, file_name)
        file = PriceFile.objects.create(
            name=file_name[:200], imported_at=now, imported_by_name=name_of(actor), prices=len(rows)
        )
        SpotPrice.objects.bulk_create(
            (
                SpotPrice(
                    file=file, area=row.area, starts_at=row.price.starts_at,
                    minutes=(row.price.ends_at - row.price.starts_at) // timedelta(minutes=1),
                    dkk_per_kwh=Decimal(repr(row.price.dkk_per_kwh)).quantize(_MILLIONTH),
                )
                for row in rows
            ),
            batch_size=_AT_ONCE, update_conflicts=True, unique_fields=["area", "starts_at"],
            update_fields=["file", "minutes", "dkk_per_kwh"],
        )  # fmt: skip
        log.record(
            actor=actor, action="fleet.prices.imported", now=now, object=file,
            detail={"file": file.name, "prices": len(rows)},
        )  # fmt: skip
        return file


def remove_price_file(*, actor: Actor, now: datetime, file_id: int) -> None:
    """Remove a file and the prices that are still its own."""
    with transaction.atomic():
        reach.require(actor, EDIT_RATES)
        file = reach.get(actor, PriceFile, file_id)
        log.record(actor=actor, action="fleet.prices.removed", now=now, object=file, detail={"file": file.name})
        file.delete()


def save_tariff(*, actor: Actor, now: datetime, tariff: EnergyTariff) -> EnergyTariff:
    """Create or correct a tariff."""
    with transaction.atomic():
        reach.require(actor, EDIT_RATES)
        tariff.save()
        log.record(
            actor=actor, action="fleet.tariff.saved", now=now, object=tariff,
            detail={"name": tariff.name, "dkk_per_kwh": str(tariff.dkk_per_kwh)},
        )  # fmt: skip
        return tariff


def remove_tariff(*, actor: Actor, now: datetime, tariff_id: int) -> None:
    """Remove a tariff that was entered by mistake; one that ends gets an end instead."""
    with transaction.atomic():
        reach.require(actor, EDIT_RATES)
        tariff = reach.get(actor, EnergyTariff, tariff_id)
        log.record(
            actor=actor, action="fleet.tariff.removed", now=now, object=tariff,
            detail={"name": tariff.name, "dkk_per_kwh": str(tariff.dkk_per_kwh)},
        )  # fmt: skip
        tariff.delete()


def _read(content: bytes, file_name: str) -> list[Row]:
    faults: list[Fault] = []
    rows: list[Row] = []
    seen: set[tuple[str, datetime]] = set()
    count = 0
    for found in _scan(content, file_name):
        fault = _fault(found, seen)
        if fault is not None:
            count += 1
            faults += [fault] if len(faults) < _MOST_TOLD else []
        elif isinstance(found, Row):
            rows.append(found)
    if not count and not rows:
        faults, count = [(None, "", file_name, _("The file has no prices."))], 1
    if count:
        raise UnreadablePrices(faults, count)
    return rows


def _scan(content: bytes, file_name: str) -> Iterator[Row | InvalidProblem]:
    if len(content) > LARGEST_BYTES:
        raise UnreadablePrices([(None, "", file_name, _("The file is too large. Divide it by year."))], 1)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadablePrices(
            [(None, "", file_name, _("The file is not UTF-8 text. Fetch it as CSV from Energi Data Service."))], 1
        ) from None
    try:
        yield from scan_spot_prices(text, name=file_name)
    except InvalidProblem as error:
        yield error
    except csv.Error as error:  # a line of a hundred thousand characters
        raise UnreadablePrices([(None, "", file_name, _("The file has no prices."))], 1) from error


def _fault(found: Row | InvalidProblem, seen: set[tuple[str, datetime]]) -> Fault | None:
    if isinstance(found, InvalidProblem):
        return found.line, found.field, str(found.value or ""), _in_words(found)
    if found.area not in PriceArea.values:
        why = _("Only the Danish price areas DK1 and DK2 are used. Leave the others out when you fetch the file.")
        return found.line, "PriceArea", found.area, why
    key = found.area, found.price.starts_at
    if key in seen:
        return found.line, "HourUTC", found.price.starts_at.isoformat(), _("This hour stands in the file twice.")
    seen.add(key)
    return None


def _in_words(error: InvalidProblem) -> str:
    return {
        "missing_column": _(
            "The columns HourUTC, PriceArea and SpotPriceDKK (or TimeUTC, PriceArea and DayAheadPriceDKK) are needed."
        ),
        "not_a_number": _("This is not a price in kr. per MWh, such as 412,35."),
        "not_an_instant": _("This is not a time such as 2025-03-01 13:00."),
    }.get(error.code, error.reason)
