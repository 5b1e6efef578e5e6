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
from kommune3.solutions.fleet.management.wishes import add_counts, with_counts
from kommune3.solutions.fleet.models import Run, RunState
from kommune3.solutions.fleet.queries import headlines
from kommune3.solutions.fleet.queries.results import get_result


class Command(BaseCommand):
    help = "Set the number of vehicles by hand and see how the same trips would have been driven."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_question(parser)
        add_counts(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override(options["language"]):
            try:
                self._simulate(**options)
            except FleetError as refusal:
                raise CommandError(str(refusal)) from refusal

    def _simulate(self, **options: Any) -> None:
        actor, now = system("fleet.simulate"), clock.now()
        asked = with_counts(asked_of(actor, options), actor, options)
        run = tasks.start_run(actor=actor, now=now, asked=asked)
        if options["queue"]:
            self.stdout.write(_("Optimisation %(number)s is in the queue.") % {"number": run.pk})
            return
        assert run.job_id is not None
        job = tasks.work_off(run.job_id)
        run.refresh_from_db()
        if run.state != RunState.FINISHED:
            raise CommandError(run.failure or (job.error or {}).get("message") or str(job.get_state_display()))
        self._tell(actor, run)

    def _tell(self, actor: Actor, run: Run) -> None:
        result = get_result(actor=actor, run_id=run.pk)
        self.stdout.write(f"{run.title} ({run.pk})")
        self.stdout.write(headlines.headline(result))
        if bound := headlines.bound_sentence(result):
            self.stdout.write(bound)
        for plan in result.plans:
            self.stdout.write(headlines.plan_line(result.name_of(plan), plan, with_figures=not run.unknown_figures))
