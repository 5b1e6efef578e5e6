# SPDX-License-Identifier: MPL-2.0
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kommune3.kernel import clock
from kommune3.kernel.access.actor import system
from kommune3.kernel.audit import log
from kommune3.kernel.backups import restoring, sealing
from kommune3.kernel.backups.errors import BackupFailed, RestoreRefused
from kommune3.kernel.metrics import milestones


class Command(BaseCommand):
    help = "Put back the database and all stored files from a copy that 'kommune3 backup' took."
    requires_system_checks = []
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--key-file", type=Path, help="The key that the copy was sealed with.")
        parser.add_argument(
            "--replace", action="store_true", help="Move what is there aside, and put the copy in its place."
        )
        parser.add_argument(
            "--erasures", type=Path, metavar="LEDGER", help="A copy of the erasure ledger: who is in it is erased anew."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        now = clock.now()
        try:
            key = sealing.read_key(options["key_file"]) if options["key_file"] else None
            content = restoring.restore(
                options["file"], key=key, replace=options["replace"], now=now,
                erasures=options["erasures"],
                tell=lambda step: self.stdout.write(f"… {step}"),
            )  # fmt: skip
        except (RestoreRefused, BackupFailed, sealing.BadKeyFile, OSError) as error:
            raise CommandError(str(error)) from error
        log.record(
            actor=system("backups.restore"), action="backups.restored", now=now, detail={"taken_at": content.taken_at}
        )
        milestones.reached(milestones.RESTORE, at=now, detail={"taken_at": content.taken_at})
        files = len(content.members) - 1
        self.stdout.write(f"Restored as of {content.taken_at}: the database and {files} files. The audit log is whole.")
