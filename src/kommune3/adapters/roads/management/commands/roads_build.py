# SPDX-License-Identifier: MPL-2.0
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.translation import gettext as _
from traveltimes import Box, NoRoads, UnreadableMap, read_pbf


class Command(BaseCommand):
    help = "Make the file of roads from an OpenStreetMap file, such as Denmark's from download.geofabrik.de."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="OpenStreetMap file (.osm.pbf).")
        parser.add_argument("--box", metavar="W,S,E,N", help="Only this part of the map, in degrees.")
        parser.add_argument(
            "--out", type=Path, help="Where to write; otherwise KOMMUNE3_ROADS_FILE, or the data folder."
        )
        parser.add_argument("--language", default="da", help="Language of what is told: da or en (default: da).")

    def handle(self, *args: Any, file: Path, box: str | None, out: Path | None, **options: Any) -> None:
        with translation.override(options["language"]):
            target = out or Path(settings.ROADS_FILE or settings.DATA_DIR / "roads.ttg")
            area = None if box is None else _box(box)
            try:
                roads = read_pbf(file, area)
                roads.save(target)
            except UnreadableMap as error:
                raise CommandError(
                    _("%(file)s is no OpenStreetMap file that can be read: %(reason)s")
                    % {"file": file, "reason": error.reason}
                ) from error
            except NoRoads as error:
                raise CommandError(
                    _("%(file)s has no roads in the part you chose. The box is west,south,east,north in degrees.")
                    % {"file": file}
                ) from error
            except OSError as error:
                raise CommandError(str(error)) from error
            for mode, counts in roads.info()["modes"].items():
                self.stdout.write(f"{mode}: {counts['junctions']} / {counts['points']}")
            self.stdout.write(_("The roads are in %(file)s.") % {"file": target})
            if not settings.ROADS_FILE:
                self.stdout.write(_("Set KOMMUNE3_ROADS_FILE=%(file)s to use them.") % {"file": target.resolve()})


def _box(text: str) -> Box:
    try:
        return Box(*(float(part) for part in text.split(",")))
    except (ValueError, TypeError) as error:
        raise CommandError(
            _("--box %(box)s: expected west,south,east,north in degrees, such as 10.4,56.2,11.0,56.6.") % {"box": text}
        ) from error
