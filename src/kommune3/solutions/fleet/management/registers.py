# SPDX-License-Identifier: MPL-2.0
"""What the commands ``fleet vehicles`` and ``fleet models`` have in common."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.translation import gettext as _

from kommune3.kernel import clock
from kommune3.kernel.access.actor import system
from kommune3.kernel.audit import log
from kommune3.solutions.fleet.errors import FleetError, NothingToImport
from kommune3.solutions.fleet.models import LineStatus, Register, RegisterImport
from kommune3.solutions.fleet.operations import register_files
from kommune3.solutions.fleet.queries.register_exports import FORMATS, written_register
from kommune3.solutions.fleet.registers.fields import field_titles, fields_of
from kommune3.solutions.fleet.registers.values import shown


class RegisterCommand(BaseCommand):
    """Export or import of a register."""

    register: Register

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["export", "import"], help="Write a file, or read one.")
        parser.add_argument("file", type=Path, help=f"Its ending decides: {', '.join(self._endings())}.")
        parser.add_argument("--template", action="store_true", help="Export: the empty template (.xlsx).")
        parser.add_argument("--keep-good", action="store_true", help="Import the good lines and leave the others out.")
        parser.add_argument("--dry-run", action="store_true", help="Import: only tell what the file would change.")
        parser.add_argument("--language", default="da", help="Language of what is told: da or en (default: da).")

    def handle(self, *args: Any, what: str, file: Path, **options: Any) -> None:
        with translation.override(options["language"]):
            if what == "export":
                self._export(file, "template" if options["template"] else file.suffix.lower().removeprefix("."))
            else:
                self._import(file, keep_good=options["keep_good"], is_dry=options["dry_run"])

    def _endings(self) -> list[str]:
        return [f".{form}" for form in FORMATS[self.register] if form != "template"]

    def _export(self, file: Path, form: str) -> None:
        if form not in FORMATS[self.register] or (form == "template" and file.suffix.lower() != ".xlsx"):
            raise CommandError(_("The file's name must end in %(endings)s.") % {"endings": ", ".join(self._endings())})
        actor, now = system("fleet.register"), clock.now()
        with file.open("wb") as target:
            written_register(actor=actor, now=now, register=self.register, form=form, target=target)
        log.record(
            actor=actor, action="fleet.register.exported", now=now,
            detail={"register": self.register.value, "format": form},
        )  # fmt: skip
        self.stdout.write(str(file))

    def _import(self, file: Path, *, keep_good: bool, is_dry: bool) -> None:
        actor = system("fleet.register")
        try:
            stream = file.open("rb")
        except OSError as error:
            raise CommandError(
                _("%(file)s cannot be opened: %(reason)s") % {"file": file, "reason": error.strerror}
            ) from error
        try:
            with stream:
                found = register_files.read_file(
                    actor=actor, now=clock.now(), register=self.register, stream=stream, file_name=file.name
                )
        except FleetError as refusal:
            raise CommandError(f"{file.name}: {refusal}") from refusal
        self._tell(found)
        if is_dry:
            register_files.discard(actor=actor, now=clock.now(), register_import_id=found.pk)
            return
        try:
            register_files.commit(actor=actor, now=clock.now(), register_import_id=found.pk, keep_good=keep_good)
        except NothingToImport:
            register_files.discard(actor=actor, now=clock.now(), register_import_id=found.pk)
            self.stdout.write(_("There is nothing to import."))
        except FleetError as refusal:
            register_files.discard(actor=actor, now=clock.now(), register_import_id=found.pk)
            raise CommandError(_("%(reason)s On the command line: --keep-good.") % {"reason": refusal}) from refusal

    def _tell(self, found: RegisterImport) -> None:
        titles = field_titles(self.register)
        fields = {field.name: field for field in fields_of(self.register)}
        for line in found.lines.exclude(status=LineStatus.UNCHANGED):
            place = ":".join([found.file_name, *([line.sheet] if line.sheet else []), str(line.line)])
            for name, value, message in line.faults:
                self.stderr.write(f"{place} {titles.get(name, name)}{f' “{value}”' if value else ''}: {message}")
            if line.status == LineStatus.NEW:
                self.stdout.write(f"{place} {line.name}: {LineStatus.NEW.label}")
            for name, old, new in line.changes:
                before, after = shown(fields[name], old) or "–", shown(fields[name], new) or "–"
                self.stdout.write(f"{place} {line.name}: {titles[name]}: {before} → {after}")
        counts = {status: found.lines.filter(status=status).count() for status in LineStatus}
        self.stdout.write(", ".join(f"{status.label}: {count}" for status, count in counts.items()))
