# SPDX-License-Identifier: MPL-2.0
"""What is promised of jobs when processes are killed."""

import json
import random
import signal
from pathlib import Path
from typing import Any

import pytest
from kill.processes import ASKED_FOR

RUNNING = f"SELECT count(*) FROM {ASKED_FOR} WHERE state = 'RUNNING' AND progress > 0"


def test_a_job_whose_worker_is_killed_is_finished_by_the_next_one_and_its_effect_is_recorded_once(
    drill: Any, let_go: Path
) -> None:
    drill.run("drill_wish", "long", "--task", "long_mark", "--kwargs", json.dumps({"until": str(let_go)}))
    first = drill.start_worker()
    drill.wait_for(lambda: drill.value(RUNNING))
    first.kill()
    assert drill.marks() == []

    let_go.touch()
    drill.start_worker()
    drill.wait_for(lambda: drill.states() == {"SUCCEEDED": 1})
    assert drill.marks() == ["long-0"]
    assert drill.value(f"SELECT attempt FROM {ASKED_FOR}") >= 2


def test_a_stopped_worker_that_wakes_up_after_another_finished_its_job_writes_nothing(drill: Any, let_go: Path) -> None:
    drill.run("drill_wish", "sleepy", "--task", "sleepy_mark", "--kwargs", json.dumps({"until": str(let_go)}))
    sleeper = drill.start_worker()
    drill.wait_for(lambda: drill.states() == {"RUNNING": 1})
    drill.pause(sleeper)
    other = drill.start_worker()
    # the broker may hand the next message to the stopped worker as well; a minute later it is sent again
    drill.wait_for(lambda: drill.states() == {"SUCCEEDED": 1})
    finished = drill.rows(f"SELECT state, fence, worker, finished_at FROM {ASKED_FOR}")

    let_go.touch()
    sleeper.send_signal(signal.SIGCONT)
    drill.wait_for(lambda: "jobs.lease.lost" in sleeper.complained())
    assert drill.rows("SELECT label, process FROM killdrill_mark") == [("sleepy-0", other.pid)]
    assert drill.rows(f"SELECT state, fence, worker, finished_at FROM {ASKED_FOR}") == finished


def test_two_workers_never_hold_one_lease(drill: Any) -> None:
    drill.settings["JOB_LEASE_SECONDS"] = 600  # nobody is so slow that a lease runs out
    workers = [drill.start_worker() for _ in range(2)]
    wished = 0
    took_part: set[int] = set()
    while took_part != {worker.pid for worker in workers}:  # until both have had their share
        drill.run("drill_wish", f"both{wished}", "--count", "30", "--task", "step_mark", "--kwargs", '{"steps": 3}')
        wished += 30
        drill.wait_for(lambda wished=wished: drill.states() == {"SUCCEEDED": wished})
        took_part = {process for (process,) in drill.rows("SELECT DISTINCT process FROM killdrill_mark")}
        assert wished < 3000, f"only {took_part} of two workers work"
    assert len(set(drill.marks())) == len(drill.marks()) == wished
    assert drill.rows(f"SELECT DISTINCT attempt, fence FROM {ASKED_FOR}") == [(1, 1)]


def test_with_enqueuers_and_workers_killed_nothing_is_lost_nothing_is_done_twice_and_nothing_is_stuck(
    drill: Any, carrier: str
) -> None:
    chance = random.Random(20_260_302)
    pause = {"rows": "0.01", "celery": "0.1"}[carrier]  # a message brings one job, a claim many
    enqueuers = [drill.start("drill_wish", f"e{number}", "--count", "100000", "--pause", pause) for number in range(2)]
    workers = [drill.start_worker() for _ in range(2)]
    killed = 0
    while killed < 5 or drill.value("SELECT count(*) FROM killdrill_wish") < 250:
        done = drill.value("SELECT count(*) FROM killdrill_mark")
        drill.wait_for(lambda done=done: drill.value("SELECT count(*) FROM killdrill_mark") > done + 10)
        victim = chance.randrange(2)
        workers[victim].kill()
        workers[victim] = drill.start_worker()
        killed += 1
    for enqueuer in enqueuers:
        enqueuer.kill()

    acknowledged = {label for enqueuer in enqueuers for label in enqueuer.lines()}
    assert len(acknowledged) >= 200
    # A server of its own may still commit what a killed client sent last, so both are asked again.
    drill.wait_for(lambda: drill.states() == {"SUCCEEDED": drill.value("SELECT count(*) FROM killdrill_wish")})
    wishes = {label for (label,) in drill.rows("SELECT label FROM killdrill_wish")}
    assert acknowledged <= wishes
    assert drill.marks() == sorted(wishes)


def test_a_small_job_that_kills_its_worker_fails_alone(drill: Any) -> None:
    drill.run("drill_wish", "killer", "--task", "small_killer")
    drill.run("drill_wish", "neighbour", "--count", "10")
    for _ in range(2):
        worker = drill.start_worker()
        assert worker.wait() == -signal.SIGKILL
    drill.start_worker()
    drill.wait_for(lambda: drill.states() == {"SUCCEEDED": 10, "FAILED": 1})
    assert len(drill.marks()) == 10
    assert drill.rows(f"SELECT title, attempt FROM {ASKED_FOR} WHERE state = 'FAILED'") == [("killer-0", 2)]


@pytest.mark.parametrize("carrier", ["rows"], indirect=True)  # Celery lets its jobs finish instead
def test_a_worker_told_to_stop_hands_a_long_job_back_without_using_up_an_attempt(drill: Any, let_go: Path) -> None:
    drill.settings["JOB_LEASE_SECONDS"] = 600
    drill.run("drill_wish", "long", "--task", "long_mark", "--kwargs", json.dumps({"until": str(let_go)}))
    worker = drill.start_worker()
    drill.wait_for(lambda: drill.value(RUNNING))
    worker.terminate()
    assert worker.wait() == 0
    assert drill.rows(f"SELECT state, attempt FROM {ASKED_FOR}") == [("QUEUED", 0)]
    assert drill.marks() == []


def test_an_event_committed_before_a_kill_reaches_its_handler_once_after_the_restart(drill: Any) -> None:
    wisher = drill.start("drill_wish", "event", "--count", "100000", "--task", "event", "--pause", "0.02")
    drill.wait_for(lambda: drill.value("SELECT count(*) FROM killdrill_wish") >= 20)
    wisher.kill()
    assert drill.marks() == []

    worker = drill.start_worker()
    drill.wait_for(lambda: drill.value("SELECT count(*) FROM killdrill_mark") >= 1)
    worker.kill()
    drill.start_worker()
    drill.wait_for(lambda: drill.states() == {"SUCCEEDED": drill.value("SELECT count(*) FROM killdrill_wish")})
    wishes = [label for (label,) in drill.rows("SELECT label FROM killdrill_wish ORDER BY label")]
    assert drill.marks() == wishes
    assert drill.value("SELECT count(*) FROM events_event") == len(wishes)
