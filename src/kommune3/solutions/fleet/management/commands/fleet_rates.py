# SPDX-License-Identifier: MPL-2.0
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation
from django.utils.translation import gettext as _

from kommune3.kernel import clock
from kommune3.kernel.access.actor import system
from kommune3.solutions.fleet.models import RateKind
from kommune3.solutions.fleet.planning.rates import rates_in_force
from kommune3.solutions.fleet.queries.rates import rate_sets


class Command(BaseCommand):
    help = "Show the rates in force on a day, with their sources, and which are missing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--on", type=date.fromisoformat, help="The day, YYYY-MM-DD (default: today).")
        parser.add_argument("--language", default="da", help="Language of what is told: da or en (default: da).")

    def handle(self, *args: Any, on: date | None, **options: Any) -> None:
        day = on or clock.municipal_date(clock.now())
        with translation.override(options["language"]):
            for rate_set in rate_sets(actor=system("fleet.rates")):
                self.stdout.write(f"{rate_set.name} ({day:%d-%m-%Y})")
                found = rates_in_force(rate_set.rates.all(), day)
                for kind in RateKind:
                    rate = found.get(kind)
                    value, source = _("missing"), ""
                    if rate is not None and rate.value is not None:
                        value, source = f"{rate.value.normalize():f}", f" ({rate.source})" if rate.source else ""
                    self.stdout.write(f"  {kind.label}: {value}{source}")
