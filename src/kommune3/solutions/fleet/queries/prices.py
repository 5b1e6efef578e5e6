# SPDX-License-Identifier: MPL-2.0
"""Prices of electricity: hour by hour with tariffs, day by day, and what there is."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Count, Max, Min, QuerySet

from kommune3.kernel import clock
from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.solutions.fleet.models import EnergyTariff, PriceFile, SpotPrice
from kommune3.solutions.fleet.planning.charging import as_tariff

SHOWN_DAYS = 7


@dataclass(frozen=True)
class Known:
    """What there is of an area: the first and last instant with a price, and how many hours between lack one."""

    area: str
    first_at: datetime
    until: datetime
    missing_hours: int


@dataclass(frozen=True)
class DayOfPrices:
    """The least, mean and highest price of a local day in kr. per kWh, without and with tariffs."""

    on: date
    least: Decimal
    mean: Decimal
    highest: Decimal
    with_tariffs: Decimal


@dataclass(frozen=True)
class Priced:
    """A period's prices: (instant, spot, with tariffs) in kr. per kWh, and its days."""

    area: str
    first: date
    last: date
    hours: list[tuple[datetime, Decimal, Decimal]]
    days: list[DayOfPrices]


def known_prices(*, actor: Actor) -> list[Known]:
    """What there is, area by area."""
    rows = (
        reach.visible(actor, SpotPrice)
        .order_by()
        .values("area")
        .annotate(first=Min("starts_at"), last=Max("starts_at"))
    )
    found = []
    for row in rows.order_by("area"):
        of_area = reach.visible(actor, SpotPrice).filter(area=row["area"])
        newest = of_area.get(starts_at=row["last"])
        until = newest.starts_at + timedelta(minutes=newest.minutes)
        minutes = sum(
            count * length for length, count in of_area.order_by().values_list("minutes").annotate(n=Count("pk"))
        )
        missing = round((until - row["first"]) / timedelta(hours=1) - minutes / 60)
        found.append(Known(row["area"], row["first"], until, max(0, missing)))
    return found


def priced(*, actor: Actor, area: str, last: date | None = None, days: int = SHOWN_DAYS) -> Priced | None:
    """So many local days up to and including ``last`` (the newest with prices); None where there are none."""
    rows = reach.visible(actor, SpotPrice).filter(area=area)
    newest = rows.aggregate(at=Max("starts_at"))["at"]
    if newest is None:
        return None
    last = last or clock.municipal_date(newest)
    first = last - timedelta(days=days - 1)
    start, _end = clock.day_bounds(first)
    _start, end = clock.day_bounds(last)
    tariffs = [as_tariff(row) for row in reach.visible(actor, EnergyTariff)]
    hours = []
    for row in rows.filter(starts_at__gte=start, starts_at__lt=end).order_by("starts_at"):
        local = row.starts_at.astimezone(clock.MUNICIPAL_ZONE)
        extra = sum((Decimal(repr(t.dkk_per_kwh)) for t in tariffs if t.applies(local)), Decimal(0))
        hours.append((row.starts_at, row.dkk_per_kwh, row.dkk_per_kwh + extra))
    by_day: dict[date, list[tuple[Decimal, Decimal]]] = {}
    for at, spot, total in hours:
        by_day.setdefault(clock.municipal_date(at), []).append((spot, total))
    return Priced(area, first, last, hours, [_day(on, prices) for on, prices in by_day.items()])


def _day(on: date, prices: list[tuple[Decimal, Decimal]]) -> DayOfPrices:
    spots = [spot for spot, _total in prices]
    totals = [total for _spot, total in prices]
    count = len(prices)
    return DayOfPrices(on, min(spots), sum(spots, Decimal(0)) / count, max(spots), sum(totals, Decimal(0)) / count)


def price_rows(*, actor: Actor) -> QuerySet[SpotPrice]:
    """Every price, to be listed."""
    return reach.visible(actor, SpotPrice).select_related("file")


def tariffs_of(*, actor: Actor) -> list[EnergyTariff]:
    """Every tariff, past ones too."""
    return list(reach.visible(actor, EnergyTariff))


def price_files(*, actor: Actor) -> list[tuple[PriceFile, int]]:
    """Every file with how many prices are still its own, newest first."""
    found = reach.visible(actor, PriceFile).annotate(kept=Count("rows"))
    return [(file, file.kept) for file in found]
