# SPDX-License-Identifier: MPL-2.0
import time
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from kommune3.kernel import clock, jobs
from kommune3.kernel.access.actor import system
from kommune3.kernel.jobs.worker import Worker
from kommune3.solutions.care.errors import CareError
from kommune3.solutions.care.making import QUEUE
from kommune3.solutions.care.models import Plan, PlanOrigin, PlanState, Team
from kommune3.solutions.care.operations import plans

WAIT_SECONDS = 0.2


class Command(BaseCommand):
    help = "Make a plan of a team's day."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--team", required=True, help="The team's name.")
        parser.add_argument("--date", required=True, type=date.fromisoformat, help="The day, YYYY-MM-DD.")
        parser.add_argument("--seconds", type=int, default=10, help="CPU time that the search may take.")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--baseline", action="store_true", help="Nearest visit first, to compare with.")
        parser.add_argument("--queue", action="store_true", help="Leave the making of it to a worker.")

    def handle(self, *args: Any, **options: Any) -> None:
        team = Team.objects.filter(name=options["team"]).first()
        if team is None:
            names = ", ".join(Team.objects.values_list("name", flat=True)) or "-"
            raise CommandError(
                _("There is no team “%(team)s”. Teams: %(names)s.") % {"team": options["team"], "names": names}
            )
        try:
            plan = plans.start(
                actor=system("care.plan"), now=clock.now(), team_id=team.pk, date=options["date"],
                origin=PlanOrigin.BASELINE if options["baseline"] else PlanOrigin.SEARCHED,
                seconds=options["seconds"], seed=options["seed"],
            )  # fmt: skip
        except CareError as refusal:
            raise CommandError(str(refusal)) from refusal
        if options["queue"]:
            self.stdout.write(_("Plan %(number)s is in the queue.") % {"number": plan.pk})
            return
        job = _work_off(plan)
        plan.refresh_from_db()
        if plan.state != PlanState.DRAFT:
            raise CommandError(plan.failure or (job.error or {}).get("message") or str(job.get_state_display()))
        self._tell(plan)

    def _tell(self, plan: Plan) -> None:
        figures = plan.figures
        self.stdout.write(
            _("Plan %(number)s: %(visits)s visits, %(left_out)s left out, %(travel)s minutes of travel, %(km)s km, "
              "%(late)s minutes late, %(faces)s unknown faces, %(points)s points.")
            % {
                "number": plan.pk, "visits": figures["visits"], "left_out": figures["left_out"],
                "travel": figures["travel_seconds"] // 60, "km": round(figures["travel_metres"] / 1000),
                "late": figures["late_seconds"] // 60, "faces": figures["unknown_faces"], "points": figures["cost"],
            }
        )  # fmt: skip
        for problem in plan.problems:
            self.stdout.write(problem["text"])


def _work_off(plan: Plan) -> jobs.Job:
    """See the plan's job to its end: as a worker, or waiting where another worker has it already."""
    assert plan.job_id is not None
    worker = Worker(queues=[QUEUE])
    while not (job := jobs.Job.objects.get(pk=plan.job_id)).is_finished:
        if not worker.step():
            time.sleep(WAIT_SECONDS)
    return job
