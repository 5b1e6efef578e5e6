# SPDX-License-Identifier: MPL-2.0
"""Plans of home care under the same blows: a worker killed while it plans, and ten dispatchers at once."""

from typing import Any

import pytest

PLANNING = "SELECT {} FROM jobs_job WHERE queue = 'care'"


@pytest.mark.parametrize("carrier", ["rows"], indirect=True)
def test_a_plan_whose_worker_is_killed_is_made_all_the_same_and_written_once(drill: Any) -> None:
    drill.run("drill_town")
    drill.run("drill_care", "--seconds", "3")
    for _blow in range(2):
        worker = drill.start("worker", "--queues", "care")
        drill.wait_for(lambda: drill.value(PLANNING.format("state")) == "RUNNING")
        worker.kill()
        assert drill.value("SELECT count(*) FROM care_stop") == 0
    drill.start("worker", "--queues", "care")
    drill.wait_for(lambda: drill.value(PLANNING.format("state")) == "SUCCEEDED")
    assert drill.value(PLANNING.format("attempt")) >= 2
    assert drill.rows("SELECT state FROM care_plan") == [("DRAFT",)]
    assert drill.value("SELECT count(*) FROM care_stop") == 12
    assert drill.value("SELECT count(*) FROM care_visit") == 12


@pytest.mark.parametrize("carrier", ["rows"], indirect=True)
def test_ten_dispatchers_who_plan_ten_teams_at_once_get_ten_plans_each_made_once(drill: Any) -> None:
    drill.run("drill_town")
    drill.run("drill_care", "--teams", "10")
    for _worker in range(2):
        drill.start("worker", "--queues", "care")
    drill.wait_for(lambda: drill.rows("SELECT DISTINCT state FROM jobs_job WHERE queue = 'care'") == [("SUCCEEDED",)])
    assert drill.value("SELECT count(*) FROM care_plan WHERE state = 'DRAFT'") == 10
    assert drill.value("SELECT count(DISTINCT team_id) FROM care_plan") == 10
    assert drill.value("SELECT count(*) FROM care_stop") == 10 * 12
    assert drill.value(PLANNING.format("max(attempt)")) == 1
