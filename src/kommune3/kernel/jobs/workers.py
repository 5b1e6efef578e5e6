# SPDX-License-Identifier: MPL-2.0
"""Which worker processes there are: each says every few seconds that it is there."""

import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from kommune3 import __version__
from kommune3.kernel.jobs.models import Job, State, WorkerProcess

BEAT_SECONDS = 10.0
_FORGOTTEN_AFTER = timedelta(days=1)


@dataclass(frozen=True)
class Seen:
    """A worker process as it last spoke up. ``is_silent``: for so long that it has most likely ended."""

    name: str
    host: str
    process_id: int
    version: str
    queues: list[str]
    is_dispatcher: bool
    started_at: datetime
    seen_at: datetime
    is_silent: bool


def silent_after() -> timedelta:
    """A worker that has not been heard of for so long counts as gone."""
    return timedelta(seconds=max(60, 2 * settings.JOB_LEASE_SECONDS))


def beat(*, name: str, queues: Sequence[str], is_dispatcher: bool, now: datetime) -> None:
    """Say that this process is there. Its first beat also clears away those not heard of for a day."""
    if WorkerProcess.objects.filter(name=name).update(seen_at=now):
        return
    WorkerProcess.objects.filter(seen_at__lt=now - _FORGOTTEN_AFTER).delete()
    WorkerProcess.objects.create(
        name=name, host=socket.gethostname()[:100], process_id=os.getpid(), version=__version__, queues=list(queues),
        is_dispatcher=is_dispatcher, started_at=now, seen_at=now,
    )  # fmt: skip


def gone(name: str) -> None:
    """The process has ended."""
    WorkerProcess.objects.filter(name=name).delete()


def all_seen(*, now: datetime) -> list[Seen]:
    """Every worker process that has not said goodbye, by host and start. A running job counts as well."""
    running = Job.objects.filter(state=State.RUNNING, heartbeat_at__isnull=False)
    heard = dict(running.order_by("heartbeat_at").values_list("worker", "heartbeat_at"))
    found = []
    for row in WorkerProcess.objects.order_by("host", "started_at", "name"):
        seen_at = max(row.seen_at, heard.get(row.name) or row.seen_at)
        found.append(
            Seen(
                name=row.name,
                host=row.host,
                process_id=row.process_id,
                version=row.version,
                queues=row.queues,
                is_dispatcher=row.is_dispatcher,
                started_at=row.started_at,
                seen_at=seen_at,
                is_silent=now - seen_at > silent_after(),
            )  # fmt: skip
        )
    return found
