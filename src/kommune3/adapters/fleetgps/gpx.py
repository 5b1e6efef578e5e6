# SPDX-License-Identifier: MPL-2.0
"""Track files in GPX, the format every GPS device can write (https://www.topografix.com/gpx.asp)."""

import re
from datetime import UTC, datetime
from typing import IO

import gpxpy
import gpxpy.gpx
from django.utils.translation import gettext as _
from fleetplan.tracks import Fix, Leg, legs_of, place_at

LARGEST_BYTES = 50_000_000
"""A GPX file is read as a whole; a tracker that reports every second fills this in about a week of driving."""
_DECLARED = re.compile(rb"""<\?xml[^>]*\bencoding\s*=\s*["']([\w.-]+)["']""")


class NotGpx(Exception):
    """The file cannot be used. ``str()`` tells the user why; ``line`` is where (0: the file as a whole)."""

    def __init__(self, message: str, *, line: int = 0) -> None:
        super().__init__(message)
        self.line = line


def read_gpx(stream: IO[bytes], *, vehicle: str) -> tuple[tuple[Leg, ...], int]:
    """The legs of a GPX file's tracks, and the number of points left out because they have no time.

    Times without an offset are UTC, as the format says. Raises :class:`NotGpx`.
    """
    text = _text(stream)
    try:
        document = gpxpy.parse(text)
    except (gpxpy.gpx.GPXException, ValueError) as error:
        lines = re.findall(r"line (\d+)", str(error))  # the last is where the reader stopped
        raise NotGpx(
            _("The file is not GPX, or it has been cut short."), line=int(lines[-1]) if lines else 0
        ) from error
    fixes: list[Fix] = []
    untimed = 0
    for point in document.walk(only_points=True):
        if point.time is None:
            untimed += 1
            continue
        fixes.append(Fix(vehicle, _in_utc(point.time), place_at(point.latitude, point.longitude)))
    if not fixes and untimed:
        raise NotGpx(_("The file's points have no times, so nobody can tell when the vehicle drove."))
    if not fixes:
        raise NotGpx(_("The file has no track points. Export a track, not a route or waypoints."))
    return legs_of(fixes), untimed


def _text(stream: IO[bytes]) -> str:
    content = stream.read(LARGEST_BYTES + 1)
    if len(content) > LARGEST_BYTES:
        raise NotGpx(_("The file is larger than %(mb)s MB. Split it by period.") % {"mb": LARGEST_BYTES // 1_000_000})
    declared = _DECLARED.search(content[:200])
    encoding = declared.group(1).decode("ascii") if declared else "utf-8-sig"
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    try:
        text = content.decode("utf-8-sig" if encoding.lower() == "utf-8" else encoding)
    except (UnicodeDecodeError, LookupError) as error:
        raise NotGpx(_("The file's letters cannot be read. Export it again as UTF-8.")) from error
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        # A GPX file has neither; they are how an XML file makes its reader read others or swell without end. Looked for
        # in the text, since in UTF-16 or UTF-7 they are spelled with other bytes.
        raise NotGpx(_("The file is not GPX, or it has been cut short."))
    return re.sub(r"<\?xml.*?\?>", "", text, count=1).strip()


def _in_utc(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
