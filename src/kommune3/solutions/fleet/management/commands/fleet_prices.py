# SPDX-License-Identifier: MPL-2.0
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.translation import gettext as _

from kommune3.kernel import clock
from kommune3.kernel.access.actor import system
from kommune3.solutions.fleet.errors import UnreadablePrices
from kommune3.solutions.fleet.operations.prices import import_prices


class Command(BaseCommand):
    help = "Import spot prices of electricity from a CSV file of Energi Data Service. All of it, or nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="The file: data set Elspotprices or DayAheadPrices.")
        parser.add_argument("--language", default="da", help="Language of what is told: da or en (default: da).")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        with translation.override(options["language"]):
            try:
                content = file.read_bytes()
            except OSError as error:
                raise CommandError(str(error)) from None
            try:
                found = import_prices(
                    actor=system("fleet.prices"), now=clock.now(), content=content, file_name=file.name
                )
            except UnreadablePrices as refusal:
                for line, field, value, why in refusal.faults:
                    where = _("line %(line)s") % {"line": line} if line is not None else _("the file")
                    self.stderr.write(f"{file.name}, {where}: {field} {value!r}: {why}")
                raise CommandError(str(refusal)) from None
            self.stdout.write(_("%(count)s prices have been imported.") % {"count": found.prices})
