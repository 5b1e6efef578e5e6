# SPDX-License-Identifier: MPL-2.0
"""Numbers and instants as the reader's language writes them."""

from datetime import UTC, date, datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.formats import date_format, number_format

Number = int | float | Decimal


def format_number(value: Number, decimals: int | None = None) -> str:
    """``1234.5`` -> ``1.234,5`` in Danish.

    ``decimals`` fixes the digits after the comma; None keeps what there are, at most two.
    """
    if decimals is None:
        rounded = round(Decimal(str(value)), 2)
        text = number_format(rounded, use_l10n=True, force_grouping=True)
        return (
            text.rstrip("0").rstrip(",.")
            if rounded != rounded.to_integral()
            else number_format(int(rounded), use_l10n=True, force_grouping=True)
        )
    # Rounded here: number_format itself cuts the digits off.
    rounded = round(Decimal(str(value)), decimals)
    return number_format(rounded, decimal_pos=decimals, use_l10n=True, force_grouping=True)


def format_instant(value: datetime | date) -> str:
    """An instant in Danish municipal time, or a day."""
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value), "SHORT_DATETIME_FORMAT")
    return date_format(value, "SHORT_DATE_FORMAT")


def epoch_seconds(value: datetime) -> int:
    """Seconds since 1970 (UTC) of an aware instant; raises ``ValueError`` for a naive one."""
    if timezone.is_naive(value):
        raise ValueError("a naive instant has no place on a time axis")
    return int(value.astimezone(UTC).timestamp())
