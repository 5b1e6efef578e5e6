# SPDX-License-Identifier: MPL-2.0
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.translation import gettext as _

from kommune3.kernel import clock
from kommune3.kernel.access.actor import Actor, system
from kommune3.solutions.fleet import tasks
from kommune3.solutions.fleet.errors import FleetError
from kommune3.solutions.fleet.management.asking import add_question, asked_of
from kommune3.solutions.fleet.management.wishes import add_wishes, with_wishes
from kommune3.solutions.fleet.models import Run, RunState
from kommune3.solutions.fleet.queries import headlines
from kommune3.solutions.fleet.queries.results import get_result


class Command(BaseCommand):
    help = "Find the best fleet for the trips of some bases in a period, with proof."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_question(parser)
        add_wishes(parser)
        parser.add_argument("--no-front", action="store_true", help="Do not compute what less CO2e would cost.")
        parser.add_argument("--accept", action="store_true", help="Enter the effect of a valid plan in the ledger.")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override(options["language"]):
            try:
                self._optimise(**options)
            except FleetError as refusal:
                raise CommandError(str(refusal)) from refusal

    def _optimise(self, **options: Any) -> None:
        actor, now = system("fleet.optimise"), clock.now()
        run = tasks.start_run(actor=actor, now=now, asked=with_wishes(asked_of(actor, options), actor, options))
        if options["queue"]:
            self.stdout.write(_("Optimisation %(number)s is in the queue.") % {"number": run.pk})
            return
        assert run.job_id is not None
        job = tasks.work_off(run.job_id)
        run.refresh_from_db()
        if run.state != RunState.FINISHED:
            message = run.failure or (job.error or {}).get("message") or str(job.get_state_display())
            raise CommandError(message)
        self._tell(actor, run)

    def _tell(self, actor: Actor, run: Run) -> None:
        result = get_result(actor=actor, run_id=run.pk)
        self.stdout.write(f"{run.title} ({run.pk})")
        self.stdout.write(headlines.headline(result))
        if result.binding is not None:
            self.stdout.write(
                headlines.proof_sentence(result.binding, changeover_minutes=float(run.changeover_minutes))
            )
        if bound := headlines.bound_sentence(result):
            self.stdout.write(bound)
        for line in headlines.figures(result):
            self.stdout.write(line)
        if run.accepted_at is not None:
            self.stdout.write(_("The plan has been accepted, and its effect is in the ledger."))
