# SPDX-License-Identifier: MPL-2.0
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _
from fleetplan import Split

from kommune3.kernel.access.actor import Actor
from kommune3.solutions.fleet.management.trying import TrialCommand
from kommune3.solutions.fleet.models import Trial
from kommune3.solutions.fleet.planning.trials import HoldoutAsked
from kommune3.solutions.fleet.queries import trial_words as words
from kommune3.solutions.fleet.queries.trial_exports import SAVING_TITLES
from kommune3.solutions.fleet.queries.trials import get_holdout
from kommune3.ui.numbers import format_number


class Command(TrialCommand):
    help = "Choose a fleet on some weeks, try it on others: service, saving with its interval, fleet sizes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--split", choices=[split.value for split in Split],
            help="Which weeks it is chosen on (default: given with --run, else random).",
        )  # fmt: skip
        parser.add_argument("--train-weeks", type=int, default=4, help="Weeks to choose on (default: 4).")
        parser.add_argument("--seed", type=int, default=1, help="Number for the draws (default: 1).")
        parser.add_argument(
            "--levels", default="95,99,100", help="Per cent of trips to find fleet sizes for; empty: none."
        )

    def what(self, actor: Actor, options: dict[str, Any]) -> HoldoutAsked:
        try:
            levels = tuple(float(part) / 100 for part in options["levels"].split(",") if part.strip())
        except ValueError as wrong:
            raise CommandError(_("Levels are per cent with commas between, such as 95,99,100.")) from wrong
        default = Split.GIVEN.value if options["run"] else Split.RANDOM.value
        return HoldoutAsked(
            split=Split(options["split"] or default), train_weeks=options["train_weeks"], seed=options["seed"],
            levels=levels,
        )  # fmt: skip

    def tell(self, actor: Actor, trial: Trial) -> None:
        result = get_holdout(actor=actor, trial_id=trial.pk)
        for line in (
            words.headline(result), words.service_sentence(result), words.saving_sentence(result),
            words.certainty_sentence(result), words.unseen_sentence(result),
        ):  # fmt: skip
            if line:
                self.stdout.write(line)
        if not trial.unknown_figures:
            for name, title in SAVING_TITLES.items():
                if name in result.saving:
                    figure = result.saving[name]
                    self.stdout.write(f"{title}: {format_number(figure.value, 0)} ({words.interval(figure)})")
        for size in result.sizes:
            vehicles = str(size.plan.vehicles) if size.plan else _("More than were tried")
            level = _("Vehicles for %(percent)s %% of the trips") % {"percent": f"{100 * size.level:g}"}
            self.stdout.write(f"{level}: {vehicles} ({words.size_interval(size)})")
