# SPDX-License-Identifier: MPL-2.0
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.translation import gettext as _

from kommune3.kernel import clock
from kommune3.kernel.access.actor import system
from kommune3.kernel.access.reach import NotVisible
from kommune3.kernel.audit import log
from kommune3.solutions.fleet.queries import exports
from kommune3.solutions.fleet.queries.results import assignments_of, get_result
from kommune3.solutions.fleet.queries.workbook import write_workbook


class Command(BaseCommand):
    help = "Write the result of an optimisation to a file: a workbook (.xlsx), or who drives what (.csv)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("run", type=int, help="Number of the optimisation.")
        parser.add_argument("file", type=Path, help="File to write; its ending decides: .xlsx or .csv.")
        parser.add_argument("--language", default="da", help="Language of the headings: da or en (default: da).")

    def handle(self, *args: Any, run: int, file: Path, **options: Any) -> None:
        with translation.override(options["language"]):
            self._export(run, file)

    def _export(self, run: int, file: Path) -> None:
        actor = system("fleet.export")
        try:
            result = get_result(actor=actor, run_id=run)
        except NotVisible:
            raise CommandError(_("There is no optimisation with the number %(number)s.") % {"number": run}) from None
        if result.proposal is None:
            raise CommandError(_("The optimisation has no plan to export."))
        if file.suffix.lower() not in (".xlsx", ".csv"):
            raise CommandError(_("The file's name must end in .xlsx or .csv."))
        assignments = assignments_of(actor=actor, run_id=run)
        with file.open("wb") as target:
            if file.suffix.lower() == ".csv":
                target.writelines(exports.write_csv(assignments))
            else:
                write_workbook(result, assignments, target)
        log.record(
            actor=actor, action="fleet.run.exported", now=clock.now(), object=result.run, unit_id=result.run.unit_id,
            detail={"format": file.suffix.lower().removeprefix(".")},
        )  # fmt: skip
        self.stdout.write(str(file))
