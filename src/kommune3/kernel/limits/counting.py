# SPDX-License-Identifier: MPL-2.0
"""Counting calls, for all processes on the database together."""

import threading
from datetime import UTC, datetime

import structlog
from django.db import DatabaseError, connection, transaction

from kommune3.kernel.limits.models import Count
from kommune3.kernel.limits.table import Limit, limit_of
from kommune3.kernel.people import sealing

log = structlog.get_logger("limits")

# A count and its window are one row, so that counting is one statement, which no other process comes between.
_TAKE = """
INSERT INTO limits_count ("key", "window", ends_at, calls) VALUES (%s, %s, %s, %s)
ON CONFLICT ("key") DO UPDATE SET
    calls = CASE WHEN limits_count."window" = excluded."window" THEN limits_count.calls ELSE 0 END + excluded.calls,
    "window" = excluded."window", ends_at = excluded.ends_at
RETURNING calls
"""
_MOST_KEPT = 10_000

_lock = threading.Lock()
_left: dict[tuple[str, str], tuple[int, int]] = {}  # (group, who) -> window, calls this process may still let through


def refused_for(group: str, who: str, *, now: datetime) -> int | None:
    """Count a call; None where it may go on, else the seconds until the next may.

    Wide limits are taken in shares (:attr:`Limit.share`) and never exceeded; what a process has taken and not used is
    lost to the others until the window ends. Where the database cannot count, the call goes on and the log says so.
    """
    limit = limit_of(group)
    if limit is None:
        return None
    seconds = int(now.timestamp())
    window = seconds // limit.seconds
    wait = (window + 1) * limit.seconds - seconds
    with _lock:
        of_window, left = _left.get((group, who), (-1, 0))
        if of_window == window and left != 0:
            _left[group, who] = (window, left - 1 if left > 0 else left)
            return wait if left < 0 else None
    granted = _take(group, who, limit, window)
    with _lock:
        if len(_left) > _MOST_KEPT:
            _left.clear()
        _left[group, who] = (window, granted - 1 if granted else -1)
    return None if granted else wait


def _take(group: str, who: str, limit: Limit, window: int) -> int:
    """Take a share of the window's calls; how many are this process's to let through."""
    key = sealing.blind_index(f"{group}:{who}", column="limits_count.key")
    ends_at = datetime.fromtimestamp((window + 1) * limit.seconds, UTC)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_TAKE, [key, window, ends_at, limit.share])
            calls = int(cursor.fetchone()[0])
    except DatabaseError:
        log.warning("limits.not_counted", group=group)
        return limit.share
    return max(0, min(limit.share, limit.calls - (calls - limit.share)))


def forget_own() -> None:
    """Forget what this process has taken."""
    with _lock:
        _left.clear()


def purge(*, now: datetime) -> int:
    """Remove counts of windows that are over; how many."""
    return Count.objects.filter(ends_at__lt=now).delete()[0]
