# SPDX-License-Identifier: MPL-2.0
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.translation import gettext as _

from kommune3.kernel import clock
from kommune3.kernel.access.actor import system
from kommune3.solutions.fleet import fetching
from kommune3.solutions.fleet.errors import FleetError
from kommune3.solutions.fleet.importing import describe
from kommune3.solutions.fleet.models import (
    ColumnMapping,
    DeliveryState,
    GpsSource,
    ImportState,
    LegDelivery,
    TripImport,
    Vehicle,
)
from kommune3.solutions.fleet.operations import imports, mappings

SHOWN_PROBLEMS = 20


class Command(BaseCommand):
    help = "Import a file with trips, a track file (--vehicle), or what a connected fleet system has got (--source)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file", type=Path, nargs="?",
            help="CSV file or Excel workbook with trips, a JSON file that describes its vehicles, or a GPX file.",
        )  # fmt: skip
        parser.add_argument("--mapping", metavar="NAME", help="Saved column mapping to read the file with.")
        parser.add_argument("--vehicle", metavar="REGISTRATION", help="The file is a GPX track of this vehicle.")
        parser.add_argument("--source", metavar="NAME", help="Fetch from this fleet system instead of a file.")
        parser.add_argument("--keep-good", action="store_true", help="Import the good lines and leave the others out.")
        parser.add_argument(
            "--keep-overlaps", action="store_true",
            help="Import trips whose car was on another trip too, without naming the car.",
        )  # fmt: skip
        parser.add_argument(
            "--create-vehicles", action="store_true", help="Create the vehicles and bases that a JSON file describes."
        )
        parser.add_argument("--dry-run", action="store_true", help="Only tell what the file holds.")
        parser.add_argument("--language", default="da", help="Language of what is told: da or en (default: da).")

    def handle(self, *args: Any, file: Path | None, **options: Any) -> None:
        with translation.override(options["language"]):
            if (file is None) == (options["source"] is None):
                raise CommandError(_("Give either a file, or --source with the name of a fleet system."))
            if options["source"] is not None:
                self._fetch(options["source"])
            elif file is not None and options["vehicle"] is not None:
                self._read_track(file, options["vehicle"])
            elif file is not None:
                self._import(file, **options)

    def _fetch(self, name: str) -> None:
        source = GpsSource.objects.filter(name=name).first()
        if source is None:
            raise CommandError(_("There is no fleet system called %(name)s.") % {"name": name})
        delivery = fetching.start_fetch(actor=system("fleet.import"), now=clock.now(), source_id=source.pk)
        self._tell_delivery(delivery)

    def _read_track(self, file: Path, registration: str) -> None:
        vehicle = Vehicle.objects.filter(registration=registration).first()
        if vehicle is None:
            raise CommandError(_("There is no vehicle with the registration %(name)s.") % {"name": registration})
        with self._opened(file) as stream:
            delivery = fetching.start_reading_tracks(
                actor=system("fleet.import"), now=clock.now(), vehicle_id=vehicle.pk, content=stream,
                file_name=file.name,
            )  # fmt: skip
        self._tell_delivery(delivery)

    def _tell_delivery(self, delivery: LegDelivery) -> None:
        fetching.see_through(delivery)
        if delivery.state != DeliveryState.DONE:
            raise CommandError(delivery.problem or _("The work was stopped before it was done."))
        self.stdout.write(
            _("%(read)s movements read, %(new)s of them new; %(trips)s new trips.")
            % {"read": delivery.legs_read, "new": delivery.legs_new, "trips": delivery.trips_new}
        )

    def _opened(self, file: Path) -> Any:
        try:
            return file.open("rb")
        except OSError as error:
            raise CommandError(
                _("%(file)s cannot be opened: %(reason)s") % {"file": file, "reason": error.strerror}
            ) from error

    def _import(self, file: Path, **options: Any) -> None:
        actor, now = system("fleet.import"), clock.now()
        mapping = self._mapping(options["mapping"])
        with self._opened(file) as stream:
            found = imports.open_import(
                actor=actor, now=now, file_name=file.name, create_vehicles=options["create_vehicles"]
            )
            if mapping is not None:
                mappings.use_mapping(found, actor=actor, now=now, mapping_id=mapping.pk)
            imports.stage_file(found, stream, actor=actor, on_progress=self._progress)
        self._tell_problems(found)
        if found.state == ImportState.REFUSED:
            raise CommandError(_("Nothing was imported."))
        self.stdout.write(
            _("%(read)s lines read, %(good)s can be imported, %(bad)s have faults.")
            % {"read": found.rows_read, "good": found.rows_good, "bad": found.rows_bad}
        )
        if options["dry_run"]:
            imports.discard_import(actor=actor, now=clock.now(), import_id=found.pk)
            return
        try:
            done = imports.commit_import(
                actor=actor, now=clock.now(), import_id=found.pk,
                keep_good=options["keep_good"], keep_overlaps=options["keep_overlaps"],
            )  # fmt: skip
        except FleetError as refusal:
            imports.discard_import(actor=actor, now=clock.now(), import_id=found.pk)
            raise CommandError(
                _("%(reason)s On the command line: --keep-good, and --keep-overlaps for cars on two trips.")
                % {"reason": refusal}
            ) from refusal
        self.stdout.write(_("%(count)s trips have been imported.") % {"count": done.rows_good})

    def _mapping(self, name: str | None) -> ColumnMapping | None:
        if name is None:
            return None
        found = ColumnMapping.objects.filter(name=name).first()
        if found is None:
            known = ", ".join(ColumnMapping.objects.values_list("name", flat=True))
            raise CommandError(
                _("There is no column mapping called %(name)s. Saved: %(known)s.")
                % {"name": name, "known": known or "–"}
            )
        return found

    def _progress(self, fraction: float, line: int) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r{fraction:4.0%}  {line}", ending="")
            self.stderr.flush()

    def _tell_problems(self, found: TripImport) -> None:
        problems = found.problems.filter(is_notice=False)
        for problem in problems[:SHOWN_PROBLEMS]:
            said = describe(problem.code, problem.detail)
            place = ":".join([found.file_name, *([str(problem.line)] if problem.line else [])])
            field = f" {problem.field}" if problem.field else ""
            value = f" “{problem.value}”" if problem.value else ""
            self.stderr.write(f"{place}{field}{value}: {said.message} {said.advice}")
        more = problems.count() - SHOWN_PROBLEMS
        if more > 0:
            self.stderr.write(_("… and %(count)s more problems.") % {"count": more})
