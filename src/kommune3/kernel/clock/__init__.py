# SPDX-License-Identifier: MPL-2.0
"""The time. Pages, commands and jobs ask here and hand ``now`` down; the domain never asks."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

MUNICIPAL_ZONE = ZoneInfo("Europe/Copenhagen")

_stopped_at: ContextVar[datetime | None] = ContextVar("stopped_at", default=None)


def now() -> datetime:
    """The instant, in UTC."""
    return _stopped_at.get() or datetime.now(UTC)


@contextmanager
def stopped(at: datetime) -> Iterator[None]:
    """Hold the clock at ``at`` (an aware instant): for tests and for seeding a past year."""
    token = _stopped_at.set(at.astimezone(UTC))
    try:
        yield
    finally:
        _stopped_at.reset(token)


def municipal_date(at: datetime) -> date:
    """The day it is in the town hall at the instant ``at``."""
    return at.astimezone(MUNICIPAL_ZONE).date()


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """The half-open interval [start, end) in UTC of a municipal day; 23 or 25 hours when the clocks change."""
    start = datetime.combine(day, time.min, MUNICIPAL_ZONE)
    end = datetime.combine(day + timedelta(days=1), time.min, MUNICIPAL_ZONE)
    return start.astimezone(UTC), end.astimezone(UTC)


@lru_cache(maxsize=64)
def _holidays_of(year: int) -> holidays.HolidayBase:
    return holidays.country_holidays("DK", years=year)


def is_working_day(day: date) -> bool:
    """Monday to Friday and not a Danish public holiday (from the library ``holidays``)."""
    return day.weekday() < 5 and day not in _holidays_of(day.year)
