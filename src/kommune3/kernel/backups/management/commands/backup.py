# SPDX-License-Identifier: MPL-2.0
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from kommune3.kernel import clock
from kommune3.kernel.access.actor import system
from kommune3.kernel.audit import log
from kommune3.kernel.backups import sealing, taking
from kommune3.kernel.backups.errors import BackupFailed
from kommune3.kernel.metrics import milestones


class Command(BaseCommand):
    help = "Copy the database and all stored files to one file, while the platform runs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--key-file", type=Path, help="Seal the copy with this key: 64 hexadecimal digits.")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        now = clock.now()
        try:
            key = sealing.read_key(options["key_file"]) if options["key_file"] else None
            content = taking.take(path.resolve(), key=key, now=now)
        except (BackupFailed, sealing.BadKeyFile, OSError) as error:
            raise CommandError(str(error)) from error
        try:
            log.record(
                actor=system("backups.backup"), action="backups.taken", now=now, detail={"files": len(content.members)}
            )
        except DatabaseError as error:
            raise CommandError(
                f"{path} is whole, but the audit log could not be told of it: the database cannot be written."
            ) from error
        files = len(content.members) - 1
        milestones.reached(
            milestones.BACKUP, at=now, detail={"files": files, "bytes": path.stat().st_size, "sealed": key is not None}
        )
        self.stdout.write(f"{path}: the database and {files} files, {path.stat().st_size / 1e6:.1f} MB.")
        for name in content.gone:
            self.stdout.write(f"Removed while the copy was taken, and not in it: {name}")
        self.stdout.write(f"Audit anchor, to be kept elsewhere: {content.anchor or '-'}")
        if key is None:
            self.stdout.write("The copy is not sealed. Whoever can read it can read everything but CPR numbers.")
