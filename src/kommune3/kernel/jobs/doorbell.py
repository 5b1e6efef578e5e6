# SPDX-License-Identifier: MPL-2.0
"""How an idle worker hears that the database changed, without asking the tables.

SQLite: ``PRAGMA data_version`` changes when another connection has committed; reading it costs microseconds.
PostgreSQL: LISTEN and NOTIFY, which is delivered at commit. Elsewhere the worker looks once a second.
"""

import contextlib
import time

from django.db import connection

CHANNEL = "kommune3_jobs"
GLANCE_SECONDS = 0.05


def ring() -> None:
    """Tell idle workers, at commit, that there may be work."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, '')", [CHANNEL])


class Doorbell:
    """Waits for the next change, on the connection of this thread."""

    def __init__(self) -> None:
        self._seen = self._data_version() if connection.vendor == "sqlite" else 0
        self._listening: object = None

    def wait(self, seconds: float) -> None:
        """Return when something may have changed, or after ``seconds``."""
        if connection.vendor == "postgresql":
            self._wait_for_notification(seconds)
            return
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            time.sleep(min(GLANCE_SECONDS, left))
            if connection.vendor == "sqlite" and (version := self._data_version()) != self._seen:
                self._seen = version
                return

    @staticmethod
    def _data_version() -> int:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA data_version")
            return int(cursor.fetchone()[0])

    def _wait_for_notification(self, seconds: float) -> None:
        connection.ensure_connection()
        raw = connection.connection
        if self._listening is not raw:
            with connection.cursor() as cursor:
                cursor.execute(f"LISTEN {CHANNEL}")  # nosemgrep: sql-by-hand  a constant
            self._listening = raw
        with contextlib.closing(raw.notifies(timeout=seconds, stop_after=1)) as notes:
            for _note in notes:
                return
