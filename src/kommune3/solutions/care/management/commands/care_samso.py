# SPDX-License-Identifier: MPL-2.0
from argparse import ArgumentParser
from datetime import date, datetime
from importlib import import_module
from io import StringIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from kommune3.kernel import clock
from kommune3.kernel.demo import seed as kernel_demo
from kommune3.solutions.care.errors import CareError
from kommune3.solutions.care.models import Plan, PlanState
from kommune3.ui.numbers import format_instant, format_number

WIDE, NARROW = 40, 12


class Command(BaseCommand):
    help = "A home-care day on a map's real addresses and roads, such as Samsø's, beside the same day laid by hand."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--osm", type=Path, required=True, metavar="FILE", help="OpenStreetMap file (.osm.pbf).")
        parser.add_argument("--date", type=date.fromisoformat, help="YYYY-MM-DD; otherwise the next working day.")
        parser.add_argument("--seconds", type=int, default=20, help="CPU time that the search may take.")

    def handle(self, *args: Any, osm: Path, date: date | None, seconds: int, **options: Any) -> None:
        if not settings.ROADS_FILE:
            raise CommandError(
                _("Give the day a folder of its own, and a file for its roads: "
                  "KOMMUNE3_DATA_DIR=FOLDER KOMMUNE3_ROADS_FILE=FOLDER/roads.ttg kommune3 care samso …")
            )  # fmt: skip
        now = clock.now()
        call_command("migrate", verbosity=0, interactive=False)
        try:
            found = _compared(osm, date, seconds, now)
        except kernel_demo.RealMunicipality as error:
            raise CommandError(
                _("This database holds a real municipality. Give the day a folder of its own: KOMMUNE3_DATA_DIR=FOLDER")
            ) from error
        except (OSError, CareError) as error:
            raise CommandError(str(error)) from error
        self._tell(found.by_hand, found.ours)

    def _tell(self, by_hand: Plan, ours: Plan) -> None:
        failed = next((plan for plan in (by_hand, ours) if plan.state == PlanState.FAILED), None)
        if failed is not None:
            raise CommandError(failed.failure)
        self._line(f"{ours.team}, {format_instant(ours.date)}", _("by hand"), _("ours"))
        for row in _rows(by_hand, ours):
            self._line(*row)
        for problem in ours.problems:
            self.stdout.write(problem["text"])
        self.stdout.write(f"{ours.travel_source} {ours.attribution}")
        self.stdout.write(_("See it: kommune3 serve, /care/plans/%(number)s/board/") % {"number": ours.pk})

    def _line(self, label: str, by_hand: str, ours: str) -> None:
        self.stdout.write(f"{label:<{WIDE}}{by_hand:>{NARROW}}{ours:>{NARROW}}")


def _compared(osm: Path, day: date | None, seconds: int, now: datetime) -> Any:
    # Found by name when it is asked for, as `kommune3 demo` finds it: the platform's own code imports no demo.
    samso = import_module("kommune3.solutions.care.demo.samso")
    addresses = samso.addresses_for(osm)
    call_command("roads_build", str(osm), "--out", settings.ROADS_FILE, stdout=StringIO())
    if addresses:
        kernel_demo.seed(now=now)
        samso.seed(addresses, now=now)
    return samso.compare(now=now, day=day or samso.next_working_day(clock.municipal_date(now)), seconds=seconds)


def _rows(by_hand: Plan, ours: Plan) -> list[tuple[str, str, str]]:
    """What both plans come to: what, by hand, ours."""

    def row(label: str, name: str, unit: int, decimals: int = 0) -> tuple[str, str, str]:
        one, other = (format_number(plan.figures[name] / unit, decimals) for plan in (by_hand, ours))
        return label, one, other

    return [
        row(_("Visits"), "visits", 1),
        row(_("Travel and the way home, hours"), "travel_seconds", 3600, 1),
        row(_("Travel and the way home, km"), "travel_metres", 1000),
        row(_("Late, minutes"), "late_seconds", 60),
        row(_("Left out"), "left_out", 1),
        row(_("Visits by a face that is not known"), "unknown_faces", 1),
        (_("Rules broken (independent checker)"), str(len(by_hand.violations)), str(len(ours.violations))),
    ]
