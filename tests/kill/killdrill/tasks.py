# SPDX-License-Identifier: MPL-2.0
import os
import signal
import time
from pathlib import Path

from killdrill.models import Mark
from kommune3.kernel.jobs import JobContext, durable


@durable(max_attempts=50)
def long_mark(job: JobContext, *, label: str, until: str) -> None:
    """Works in small steps until the file ``until`` is there, then records its effect."""
    while not Path(until).exists():
        job.progress(0.5, "in the middle")
        if job.cancelled():
            return
        time.sleep(0.05)
    with job.commit():
        Mark.objects.create(label=label, attempt=job.attempt, process=os.getpid())


@durable(max_attempts=50)
def step_mark(job: JobContext, *, label: str, steps: int) -> None:
    """Works in a few small steps, then records its effect."""
    for step in range(steps):
        job.progress(step / steps, f"step {step}")
        time.sleep(0.01)
    with job.commit():
        Mark.objects.create(label=label, attempt=job.attempt, process=os.getpid())


@durable(max_attempts=50)
def sleepy_mark(job: JobContext, *, label: str, until: str) -> None:
    """The first attempt is deaf to everything until the file is there, and then tries to record its effect."""
    while job.attempt == 1 and not Path(until).exists():
        time.sleep(0.05)
    with job.commit():
        Mark.objects.create(label=label, attempt=job.attempt, process=os.getpid())


@durable(small=True, max_attempts=50)
def small_mark(job: JobContext, *, label: str) -> None:
    Mark.objects.create(label=label, attempt=job.attempt, process=os.getpid())
    time.sleep(0.002)


@durable(small=True, max_attempts=2)
def small_killer(job: JobContext, *, label: str) -> None:
    """Takes its worker down with it, each time."""
    os.kill(os.getpid(), signal.SIGKILL)
