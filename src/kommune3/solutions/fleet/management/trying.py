# SPDX-License-Identifier: MPL-2.0
"""What the commands that start a trial have in common."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.translation import gettext as _

from kommune3.kernel import clock
from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor, system
from kommune3.solutions.fleet import tasks
from kommune3.solutions.fleet.errors import FleetError
from kommune3.solutions.fleet.management.asking import add_question, asked_of
from kommune3.solutions.fleet.models import Run, RunState, Trial
from kommune3.solutions.fleet.operations.trials import AskedTrial
from kommune3.solutions.fleet.planning.trials import HoldoutAsked, WhatIfAsked


class TrialCommand(BaseCommand):
    """Starts a trial of a finished run, or of a question of its own, and tells its result."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--run", type=int, help="Number of a finished optimisation to make the trial of.")
        add_question(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override(options["language"]):
            try:
                self._try(options)
            except FleetError as refusal:
                raise CommandError(str(refusal)) from refusal

    def what(self, actor: Actor, options: dict[str, Any]) -> HoldoutAsked | WhatIfAsked:
        """What is asked of the trial."""
        raise NotImplementedError

    def tell(self, actor: Actor, trial: Trial) -> None:
        """Write the result."""
        raise NotImplementedError

    def _try(self, options: dict[str, Any]) -> None:
        actor, now = system("fleet.trial"), clock.now()
        trial = tasks.start_trial(actor=actor, now=now, asked=self._asked(actor, options))
        if options["queue"]:
            self.stdout.write(_("Trial %(number)s is in the queue.") % {"number": trial.pk})
            return
        assert trial.job_id is not None
        job = tasks.work_off(trial.job_id)
        trial.refresh_from_db()
        if trial.state != RunState.FINISHED:
            raise CommandError(trial.failure or (job.error or {}).get("message") or str(job.get_state_display()))
        self.stdout.write(f"{trial.title} ({trial.pk})")
        self.tell(actor, trial)
        if trial.violations:
            raise CommandError(_("The independent checker found violations. Do not use these figures."))

    def _asked(self, actor: Actor, options: dict[str, Any]) -> AskedTrial:
        what = self.what(actor, options)
        if options["run"] is None:
            return AskedTrial(question=asked_of(actor, options), what=what, title=options["title"])
        run = reach.visible(actor, Run).filter(pk=options["run"]).first()
        if run is None:
            raise CommandError(_("There is no optimisation with the number %(number)s.") % {"number": options["run"]})
        last = options["period_last"]
        return AskedTrial(
            run=run, what=what, title=options["title"], period_start=options["period_start"],
            period_end=last + timedelta(days=1) if last else None,
        )  # fmt: skip
