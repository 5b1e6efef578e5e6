# SPDX-License-Identifier: MPL-2.0
"""Following jobs as they run: all streams of this process share one query a second and one thread."""

import asyncio
import contextvars
from collections.abc import AsyncIterator
from contextlib import suppress
from uuid import UUID
from weakref import WeakKeyDictionary

import structlog
from asgiref.sync import sync_to_async
from django.db import Error as DatabaseError
from django.db import close_old_connections, connection

from kommune3.kernel.jobs import queries
from kommune3.kernel.jobs.queries import Snapshot

log = structlog.get_logger("jobs.live")

LOOK_EVERY_SECONDS = 1.0
KEEP_ALIVE_SECONDS = 15.0
MOST_FOLLOWERS = 200  # in one process; whoever comes later asks now and then instead


class Watch:
    """The jobs that somebody follows, and where to tell of them."""

    def __init__(self) -> None:
        self._followers: dict[UUID, set[asyncio.Queue[Snapshot]]] = {}
        self._looking: asyncio.Task[None] | None = None

    @property
    def is_full(self) -> bool:
        return sum(len(queues) for queues in self._followers.values()) >= MOST_FOLLOWERS

    async def follow(self, first: Snapshot) -> AsyncIterator[Snapshot | None]:
        """``first`` and then each change, up to the one in which the job has finished; None when all is quiet."""
        yield first
        if first.is_finished:
            return
        queue: asyncio.Queue[Snapshot] = asyncio.Queue()
        self._followers.setdefault(first.id, set()).add(queue)
        if self._looking is None or self._looking.done():
            # a context of its own: the task outlives the request that happened to come first
            self._looking = asyncio.get_running_loop().create_task(self._look(), context=contextvars.Context())
        last = first
        try:
            while not last.is_finished:
                news: Snapshot | None = None
                with suppress(TimeoutError):
                    news = await asyncio.wait_for(queue.get(), KEEP_ALIVE_SECONDS)
                if news is None or news != last:
                    yield news
                last = news or last
        finally:
            queues = self._followers[first.id]
            queues.discard(queue)
            if not queues:
                del self._followers[first.id]

    async def _look(self) -> None:
        while self._followers:
            await asyncio.sleep(LOOK_EVERY_SECONDS)
            try:
                found = await sync_to_async(_read)(list(self._followers))
            except DatabaseError as error:
                log.warning("jobs.live.database_away", error=type(error).__qualname__)
                continue
            for job_id, snapshot in found.items():
                for queue in self._followers.get(job_id, ()):
                    queue.put_nowait(snapshot)


def _read(job_ids: list[UUID]) -> dict[UUID, Snapshot]:
    if not connection.in_atomic_block:
        close_old_connections()
    return queries.get_snapshots(job_ids)


_watches: WeakKeyDictionary[asyncio.AbstractEventLoop, Watch] = WeakKeyDictionary()


def watch() -> Watch:
    """The one of the running event loop."""
    return _watches.setdefault(asyncio.get_running_loop(), Watch())
