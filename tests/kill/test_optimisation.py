# SPDX-License-Identifier: MPL-2.0
"""The main job under the same blows: a fleet optimisation whose worker is killed."""

import os
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("KOMMUNE3_SHARED_DATA", ROOT / ".." / "shared" / "data"))
TRIPS = SHARED / "fleet" / "own10x14.json"


@pytest.mark.parametrize("carrier", ["rows"], indirect=True)
@pytest.mark.skipif(not TRIPS.exists(), reason=f"{TRIPS} is not there; set KOMMUNE3_SHARED_DATA")
def test_an_optimisation_whose_worker_is_killed_finishes_and_its_effect_is_recorded_once(drill: Any) -> None:
    drill.run("drill_town")
    drill.run("fleet_import", str(TRIPS.resolve()), "--create-vehicles", "--keep-good", "--skip-checks")
    drill.run("fleet_optimise", "--accept", "--queue", "--rates", "Sammenligning 2022", "--skip-checks")
    optimisation = "SELECT {} FROM jobs_job WHERE queue = 'optimisation'"
    killed = 0
    while not killed or drill.value(optimisation.format("state")) != "SUCCEEDED":
        worker = drill.start_worker()
        drill.wait_for(lambda: drill.value(optimisation.format("state")) != "QUEUED")
        if killed < 3:  # each at another point of its way, since each attempt waits for a lease that has run out
            worker.kill()
            killed += 1
        else:
            drill.wait_for(lambda: drill.value(optimisation.format("state")) == "SUCCEEDED")
    assert drill.value(optimisation.format("attempt")) >= 2, "the first attempt was killed in the middle"
    effects = drill.rows("SELECT indicator, count(*) FROM effects_effect GROUP BY indicator")
    assert effects
    assert {count for _indicator, count in effects} == {1}
    assert drill.value("SELECT count(*) FROM audit_entry WHERE action = 'fleet.plan.accepted'") == 1
    assert drill.value("SELECT count(*) FROM events_event WHERE name = 'fleet.plan.accepted'") == 1
