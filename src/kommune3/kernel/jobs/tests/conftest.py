# SPDX-License-Identifier: MPL-2.0
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # tasks are found by their dotted name


@pytest.fixture(autouse=True)
def _nothing_written_yet(db: None) -> Iterator[None]:
    import job_examples

    job_examples.written.clear()
    yield


@pytest.fixture
def work(now: datetime) -> Callable[..., int]:
    """``work()`` claims and runs everything that is due at ``now``; returns how many claims that took."""
    from kommune3.kernel import clock
    from kommune3.kernel.jobs.worker import Worker

    def run(at: datetime = now, **options: Any) -> int:
        with clock.stopped(at):
            worker, claims = Worker(**options), 0
            while worker.step():
                claims += 1
            return claims

    return run


@pytest.fixture
def later(now: datetime) -> datetime:
    """Long enough for every pause and lease to be over."""
    return now + timedelta(hours=2)
