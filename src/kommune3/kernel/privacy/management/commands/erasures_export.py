# SPDX-License-Identifier: MPL-2.0
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kommune3.kernel.privacy import ledger


class Command(BaseCommand):
    help = "Write the erasure ledger to a file, to be kept away from the backups and given to 'kommune3 restore'."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            lines = ledger.merged(ledger.lines(), ledger.read_copy(ledger.path()))
            ledger.write_copy(options["file"].resolve(), lines)
        except (OSError, ledger.UnreadableLedger) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{options['file']}: {len(lines)} erasures.")
