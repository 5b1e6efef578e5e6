# SPDX-License-Identifier: MPL-2.0
"""Instants as whole microseconds since 1970 UTC, exact for every datetime."""

from datetime import UTC, datetime, timedelta

HOUR_US = 3_600_000_000
DAY_US = 24 * HOUR_US
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def microseconds(instant: datetime) -> int:
    """Whole microseconds since 1970 UTC."""
    return (instant - _EPOCH) // MICROSECOND


def instant(us: int) -> datetime:
    """The UTC instant of ``us`` microseconds since 1970."""
    return _EPOCH + int(us) * MICROSECOND
