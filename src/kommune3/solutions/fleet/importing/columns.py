# SPDX-License-Identifier: MPL-2.0
"""The columns of the trip schema, and the names they may have."""

import csv
from dataclasses import dataclass

from kommune3.solutions.fleet.importing.problems import Finding, Unreadable

# Field of the schema -> the names it is known by, in lower case without spaces, hyphens and underscores.
NAMES: dict[str, tuple[str, ...]] = {
    "trip_id": ("tripid", "id", "turid", "tur", "turnummer"),
    "base": ("base", "hjemsted", "lokation", "location"),
    "vehicle": ("vehicle", "køretøj", "bil", "registration", "registreringsnummer", "nummerplade", "regnr"),
    "start": ("start", "startat", "starttid", "starttidspunkt", "fra"),
    "end": ("end", "endat", "slut", "sluttid", "sluttidspunkt", "til"),
    "km": ("km", "distancekm", "kilometer", "afstandkm", "afstand"),
    "segments": ("segments", "delture"),
    "soc_start": ("socstart", "opladningstart"),
    "soc_end": ("socend", "opladningslut"),
    "needs": ("needs", "krav", "behov"),
    "shift": ("shift", "vagt", "vagtlag"),
}
DRIVER_NAMES = frozenset(
    ("driver", "drivername", "chauffør", "fører", "medarbejder", "employee", "initialer", "navn", "name", "cpr")
)
REQUIRED = ("start", "end", "km")
_FIELD_OF = {name: field for field, names in NAMES.items() for name in names}
DELIMITERS = ";,\t"


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each field of the schema stands in a line, how long a line is, and what is worth telling."""

    position: dict[str, int]
    width: int
    notices: tuple[Finding, ...]


def find_delimiter(header: str) -> str:
    """The separator that splits the header line into most known columns."""

    def known(delimiter: str) -> int:
        return sum(plain_name(name) in _FIELD_OF for name in next(csv.reader([header], delimiter=delimiter), []))

    # Of columns that are all unknown the separator is the one that is there most often; comma where there is none.
    return max(DELIMITERS, key=lambda each: (known(each), header.count(each), each == ","))


def find_columns(header: list[str], line: int) -> Columns:
    """Read the header line. Raises :class:`Unreadable` for a missing or doubled column."""
    position: dict[str, int] = {}
    notices = []
    for index, name in enumerate(header):
        field = _FIELD_OF.get(plain_name(name))
        if field is None:
            if plain_name(name):
                code = "driver_column" if plain_name(name) in DRIVER_NAMES else "unknown_column"
                shown = name.strip()[:60]
                notices.append(Finding(code, line, shown, detail={"column": shown}, is_notice=True))
        elif field in position:
            raise Unreadable(Finding("duplicate_column", line, field, name.strip()[:60], {"column": name.strip()[:60]}))
        else:
            position[field] = index
    if not position:
        raise Unreadable(Finding("no_columns", line, value=" ".join(header)[:100]))
    for field in REQUIRED:
        if field not in position:
            raise Unreadable(Finding("missing_column", line, field, detail={"column": field}))
    if "vehicle" not in position and "base" not in position:
        raise Unreadable(Finding("missing_column", line, "vehicle", detail={"column": "vehicle"}))
    return Columns(position, len(header), tuple(notices))


def field_named(name: str) -> str | None:
    """The field of the schema that a column of this name is."""
    return _FIELD_OF.get(plain_name(name))


def plain_name(name: str) -> str:
    """A column's name without what makes no difference."""
    return name.strip().strip("\ufeff").casefold().replace(" ", "").replace("_", "").replace("-", "")
