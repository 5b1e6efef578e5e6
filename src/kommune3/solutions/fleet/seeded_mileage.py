# SPDX-License-Identifier: MPL-2.0
"""The Tax Council's mileage allowances by period, with the cycle allowance: data with its sources.

Read by the migration that completes the municipality's own rates. Rates of later years are entered on the page.
"""

from datetime import date
from decimal import Decimal
from typing import NamedTuple


class Mileage(NamedTuple):
    """The allowances of the half-open period [valid_from, valid_to), in kr. per km; an empty one nobody has told."""

    valid_from: date
    valid_to: date | None
    high_dkk_per_km: Decimal
    low_dkk_per_km: Decimal
    cycle_dkk_per_km: Decimal | None
    source: str


def _row(since: str, until: str, high: str, low: str, cycle: str, source: str) -> Mileage:
    return Mileage(
        date.fromisoformat(since), date.fromisoformat(until) if until else None, Decimal(high), Decimal(low),
        Decimal(cycle) if cycle else None, source,
    )  # fmt: skip


MILEAGE: tuple[Mileage, ...] = (
    _row("2017-01-01", "2018-01-01", "3.53", "1.93", "", "post.revisorperdunk.dk"),
    _row("2018-01-01", "2019-01-01", "3.54", "1.94", "0.53", "post.revisorperdunk.dk"),
    _row("2019-01-01", "2020-01-01", "3.56", "1.98", "0.53", "kaagaard.com"),
    _row("2020-01-01", "2021-01-01", "3.52", "1.96", "0.54", "kaagaard.com"),
    _row("2021-01-01", "2022-01-01", "3.44", "1.90", "0.54", "sr-revision.dk"),
    _row("2022-01-01", "2022-05-01", "3.51", "1.98", "0.55", "dmogt.dk"),
    _row("2022-05-01", "2023-01-01", "3.70", "2.17", "0.55", "dmogt.dk, efterskolerne.dk"),
    _row("2023-01-01", "2024-01-01", "3.73", "2.19", "0.61", "dmogt.dk, 035.dk"),
    _row("2024-01-01", "2025-01-01", "3.79", "2.23", "0.62", "dlf.org, kreds15.org"),
    _row("2025-01-01", "2026-01-01", "3.81", "2.23", "0.63", "driversnote.dk, tekniq.dk"),
    _row("2026-01-01", "", "3.94", "2.28", "0.64", "tekniq.dk"),
)
