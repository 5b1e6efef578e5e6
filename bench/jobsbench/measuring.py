# SPDX-License-Identifier: MPL-2.0
"""The measurements themselves, the same for each subject."""

import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.management import call_command
from django.db import connection, transaction

from jobsbench.models import Mark

IDLE_JOBS = 40


@dataclass(frozen=True)
class Subject:
    """What is measured: how it enqueues job ``number``, its worker's command, and when its jobs began and ended."""

    name: str
    enqueue: Callable[[int], object]
    worker: Sequence[str]
    unfinished: Callable[[], int]
    span: Callable[[], tuple[datetime, datetime]]
    clear: Callable[[], object]


def measure_all(subject: Subject, jobs: int) -> None:
    """Print a line "subject,figure,value,unit" for each figure."""
    call_command("migrate", run_syncdb=True, verbosity=0, skip_checks=True)
    with connection.cursor() as cursor:
        modes = [cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")]
    assert modes == ["wal", 2], modes

    few = min(500, jobs)
    began = time.perf_counter()
    for number in range(few):
        subject.enqueue(number)
    _print(subject, "enqueued, one transaction each", few / (time.perf_counter() - began), "jobs/s")
    subject.clear()

    for workers in (1, 2):
        began = time.perf_counter()
        for start in range(0, jobs, 100):
            with transaction.atomic():
                for number in range(start, min(start + 100, jobs)):
                    subject.enqueue(number)
        if workers == 1:
            _print(subject, "enqueued, 100 to a transaction", jobs / (time.perf_counter() - began), "jobs/s")
        _with_workers(subject, workers, lambda: _wait_until_done(subject))
        assert Mark.objects.count() == jobs
        first, last = subject.span()
        _print(subject, f"claimed and completed, {workers} worker(s)", jobs / (last - first).total_seconds(), "jobs/s")
        subject.clear()
        Mark.objects.all().delete()

    waits: list[float] = []
    _with_workers(subject, 1, lambda: waits.extend(_idle_waits(subject)))
    cuts = statistics.quantiles(waits, n=20)
    _print(subject, "commit to start in an idle worker, p50", 1000 * statistics.median(waits), "ms")
    _print(subject, "commit to start in an idle worker, p95", 1000 * cuts[18], "ms")


def _print(subject: Subject, figure: str, value: float, unit: str) -> None:
    print(f"{subject.name},{figure.replace(',', ';')},{value:.2f},{unit}", flush=True)


def _with_workers(subject: Subject, count: int, work: Callable[[], object]) -> None:
    processes = [subprocess.Popen([sys.executable, *subject.worker]) for _ in range(count)]
    try:
        work()
    finally:
        for process in processes:
            process.kill()
            process.wait()


def _wait_until_done(subject: Subject) -> None:
    while subject.unfinished():
        time.sleep(0.2)


def _idle_waits(subject: Subject) -> list[float]:
    """Seconds from commit to start, for jobs that each find the worker idle."""
    chance = random.Random(1)
    subject.enqueue(-1)
    _wait_until_done(subject)  # the worker has started
    waits = []
    for number in range(IDLE_JOBS):
        time.sleep(0.2 + chance.random())
        subject.enqueue(number)
        committed = time.time()
        while (at := Mark.objects.filter(number=number).values_list("at", flat=True).first()) is None:
            time.sleep(0.02)
        waits.append(at - committed)
    return waits
