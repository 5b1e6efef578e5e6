# SPDX-License-Identifier: MPL-2.0
"""Everything that is counted and measured, in Prometheus's text format.

What is in the database is read when it is asked for, so it holds for all processes and machines together. What the web
server counts of requests is its own since it started.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

import structlog
from django.db import DatabaseError
from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from kommune3 import __version__
from kommune3.kernel.access.row_security.session import as_platform
from kommune3.kernel.jobs import workers
from kommune3.kernel.jobs.models import State
from kommune3.kernel.metrics import milestones, tallying
from kommune3.kernel.metrics.figures import WEB
from kommune3.kernel.operation import storage, versions, work

log = structlog.get_logger("operation")

_PROCESS = CollectorRegistry()
ProcessCollector(registry=_PROCESS)
PlatformCollector(registry=_PROCESS)
GCCollector(registry=_PROCESS)


def exposition(*, now: datetime) -> bytes:
    """The whole text. Answers also while the database does not: then ``kommune3_database_up`` is 0."""
    registry = CollectorRegistry()
    registry.register(_Measured(now))
    return generate_latest(registry) + generate_latest(WEB) + generate_latest(_PROCESS)


class _Measured(Collector):
    def __init__(self, now: datetime) -> None:
        self._now = now

    def describe(self) -> list[Metric]:
        return []  # else registering would ask the database

    def collect(self) -> Iterator[Metric]:
        up = GaugeMetricFamily("kommune3_database_up", "Whether the database answers.")
        try:
            with as_platform():  # of all units: these are figures, and nobody's rows
                found = list(_from_database(self._now))
            up.add_metric([], 1)
        except DatabaseError as error:
            log.error("operation.figures_without_database", error=type(error).__name__)
            found = []
            up.add_metric([], 0)
        yield up
        yield from found


def _from_database(now: datetime) -> Iterator[Metric]:
    yield from _versions()
    yield from _jobs(now)
    yield from _storage()
    yield from _milestones()
    yield from tallying.shared()


def _gauge(name: str, documentation: str, value: float) -> Metric:
    return GaugeMetricFamily(name, documentation, value=value)


def _versions() -> Iterator[Metric]:
    info = InfoMetricFamily("kommune3_build", "What runs.")
    info.add_metric([], {"version": __version__, "database": versions.database()})
    yield info
    missing = len(versions.missing_migrations())
    yield _gauge("kommune3_migrations_missing", "Changes of the tables that are not done yet.", missing)


def _jobs(now: datetime) -> Iterator[Metric]:
    queues = work.queues(now=now)
    jobs = GaugeMetricFamily("kommune3_jobs", "Jobs by queue and state.", labels=["queue", "state"])
    oldest = GaugeMetricFamily(
        "kommune3_jobs_oldest_wait_seconds", "How long the job that waited longest could have run.", labels=["queue"]
    )
    for queue in queues:
        for state in State:
            jobs.add_metric([queue.name, state.value], queue.counts.get(state, 0))
        oldest.add_metric([queue.name], (queue.oldest or timedelta()).total_seconds())
    yield jobs
    yield oldest
    waiting = next((queue.counts.get(State.QUEUED, 0) for queue in queues if queue.name == work.OUTBOX), 0)
    yield _gauge("kommune3_outbox_waiting", "Events that a handler has not been told of yet.", waiting)
    seen = workers.all_seen(now=now)
    processes = GaugeMetricFamily(
        "kommune3_workers", "Worker processes by whether they are heard of.", labels=["state"]
    )
    processes.add_metric(["awake"], sum(not worker.is_silent for worker in seen))
    processes.add_metric(["silent"], sum(worker.is_silent for worker in seen))
    yield processes
    late = GaugeMetricFamily(
        "kommune3_schedule_overdue_seconds", "How long a schedule should have made its job by now.", labels=["schedule"]
    )
    for plan in work.schedules():
        late.add_metric([plan.name], plan.overdue(now).total_seconds())
    yield late


def _storage() -> Iterator[Metric]:
    try:
        found = storage.measured()
    except OSError as error:
        log.error("operation.disk_unreadable", error=type(error).__name__)
        return
    yield _gauge("kommune3_database_bytes", "Size of the database.", found.database_size)
    yield _gauge("kommune3_database_log_bytes", "Size of SQLite's write-ahead log.", found.log_size)
    yield _gauge("kommune3_files", "Stored files.", found.files_count)
    yield _gauge("kommune3_files_bytes", "Size of stored files.", found.files_size)
    yield _gauge("kommune3_disk_free_bytes", "Room on the disk of the data folder.", found.disk_free)
    yield _gauge("kommune3_disk_bytes", "Size of the disk of the data folder.", found.disk_total)


def _milestones() -> Iterator[Metric]:
    at = GaugeMetricFamily(
        "kommune3_last_timestamp_seconds", "When it last happened, in seconds since 1970.", labels=["what"]
    )
    good = GaugeMetricFamily("kommune3_last_succeeded", "Whether the last time went well.", labels=["what"])
    for kind in (milestones.BACKUP, milestones.RESTORE, milestones.AUDIT_VERIFIED):
        if (last := milestones.last(kind)) is not None:
            at.add_metric([kind], last.at.timestamp())
            good.add_metric([kind], last.outcome == "OK")
    yield at
    yield good
