# SPDX-License-Identifier: MPL-2.0
"""``kill -9`` of server, workers and copies again and again under load: nothing acknowledged is lost, nothing is done
twice, nothing is stuck.

``make kill N=1000 SEED=7`` does it as often as wanted. The tally is printed at the end of ``make test`` as well.
"""

import os
import time
from pathlib import Path
from typing import Any

import pytest
from kill.outcome import Outcome, Tally
from kill.striking import CIRCUMSTANCES, Siege
from ports import free_port

KILLS = int(os.environ.get("KOMMUNE3_KILLS", "120"))
SEED = int(os.environ.get("KOMMUNE3_KILL_SEED", "20260302"))


@pytest.mark.slow
@pytest.mark.parametrize("carrier", ["rows"], indirect=True)
def test_however_often_it_is_killed_nothing_acknowledged_is_lost_and_nothing_is_done_twice(
    old: Any, new: Any, key: str
) -> None:
    began = time.monotonic()
    siege = Siege(old, port=free_port(), seed=SEED, key_file=Path(key))
    siege.begin()
    while siege.kills.total() < KILLS:
        siege.strike()
    siege.end()
    path, in_the_copy = siege.take_one_whole_copy()
    tally = Tally(siege, old, seed=SEED, seconds=time.monotonic() - began)
    new.run("restore", str(path), "--key-file", key)
    restored = Outcome(new, acknowledged=in_the_copy, booked=set())
    tally.lines.append(
        f"  copies: {len(siege.copies)} whole, the last restored: {len(in_the_copy)} changes acknowledged before it,"
        f" {len(restored.lost)} lost; {restored.files_missing} stored files missing"
    )
    tally.publish()
    assert tally.outcome.faults() == {}
    assert restored.lost == []
    assert restored.files_missing == 0
    if KILLS >= 100:  # so many that each circumstance has come
        assert all(siege.circumstances[when] for when in CIRCUMSTANCES), siege.circumstances
