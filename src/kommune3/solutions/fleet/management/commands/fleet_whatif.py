# SPDX-License-Identifier: MPL-2.0
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from kommune3.kernel.access.actor import Actor
from kommune3.solutions.fleet.management.asking import bases_named
from kommune3.solutions.fleet.management.trying import TrialCommand
from kommune3.solutions.fleet.models import Trial
from kommune3.solutions.fleet.planning.trials import WhatIfAsked
from kommune3.solutions.fleet.queries import trial_words as words
from kommune3.solutions.fleet.queries.trial_exports import case_headings, case_name, case_rows
from kommune3.solutions.fleet.queries.trials import get_whatif

_SHOWN = (2, 7, 8, 9, 10, 11, 12)
"""Of the columns of the export: vehicles, cash, social cost, CO2e, unserved, value and bound."""


class Command(TrialCommand):
    help = "What would change if all were electric, a base closed, bases shared, vehicles moved, trips grew."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--electrify", action="store_true", help="Only electric cars and bikes.")
        parser.add_argument("--charge-kw", type=float, help="What a charger gives, to estimate how many it takes.")
        parser.add_argument("--charge-source", default="", help="Where the charging power is from.")
        parser.add_argument("--close", nargs=2, metavar=("BASE", "TO"), help="Close a base; its trips move to another.")
        parser.add_argument("--share", nargs=2, metavar=("BASE", "OTHER"), help="Two bases share their vehicles.")
        parser.add_argument("--move-twice", action="store_true", help="Vehicles change base in April and October.")
        parser.add_argument("--move-dkk", type=float, help="What moving one vehicle once costs.")
        parser.add_argument("--move-source", default="", help="Where the price of a move is from.")
        parser.add_argument("--grow", type=float, metavar="PERCENT", help="So many per cent more trips.")
        parser.add_argument("--seed", type=int, default=1, help="Number for the draw of trips (default: 1).")

    def what(self, actor: Actor, options: dict[str, Any]) -> WhatIfAsked:
        for figure, source in (("charge_kw", "charge_source"), ("move_dkk", "move_source")):
            if options[figure] is not None and not options[source]:
                raise CommandError(_("Say where the figure comes from, so that others can trust it."))
        closed = [base.pk for base in bases_named(actor, options["close"])] if options["close"] else None
        share = [base.pk for base in bases_named(actor, options["share"])] if options["share"] else None
        return WhatIfAsked(
            electrify=options["electrify"], charge_kw=options["charge_kw"], charge_source=options["charge_source"],
            close_base=closed[0] if closed else None, to_base=closed[1] if closed else None,
            share=(share[0], share[1]) if share else None,
            move_twice=options["move_twice"], move_dkk=options["move_dkk"], move_source=options["move_source"],
            grow_percent=options["grow"], seed=options["seed"],
        )  # fmt: skip

    def tell(self, actor: Actor, trial: Trial) -> None:
        result = get_whatif(actor=actor, trial_id=trial.pk)
        names = {base.pk: base.name for base in result.bases}
        headings = case_headings()
        for plan, row in zip(result.plans, case_rows(result), strict=True):
            figures = ", ".join(f"{headings[at]} {'–' if row[at] is None else row[at]}" for at in _SHOWN)
            self.stdout.write(f"{case_name(plan)}: {figures}")
            for fact in words.facts_of(plan, names):
                self.stdout.write(f"  {fact}")
