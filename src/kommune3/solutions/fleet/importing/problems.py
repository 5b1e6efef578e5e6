# SPDX-License-Identifier: MPL-2.0
"""What can be wrong with a file, said so that whoever sits with it knows what to do."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

Text = str | Promise
Detail = Mapping[str, str | int | float]
VALUE_LENGTH = 200
"""Longest piece of a file's own text that is kept with a problem."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong (or, as a notice, worth knowing) in a line and field of a file. Line 0 is the file itself."""

    code: str
    line: int = 0
    field: str = ""
    value: str = ""
    detail: Detail = dataclasses.field(default_factory=dict)
    is_notice: bool = False


class Unreadable(Exception):
    """The file as a whole cannot be read as trips; ``finding`` says why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.code)
        self.finding = finding


@dataclass(frozen=True, slots=True)
class Said:
    """A problem in words, and what to do about it."""

    message: str
    advice: str


_TEXTS: dict[str, tuple[Text, Text]] = {
    # The file as a whole
    "empty_file": (gettext_lazy("The file is empty."), gettext_lazy("Export the trips again and choose the new file.")),
    "no_rows": (
        gettext_lazy("The file has column names but no trips."),
        gettext_lazy("Check the period you exported, and choose a file with at least one trip."),
    ),
    "binary_file": (
        gettext_lazy("This is not a text file but %(kind)s."),
        gettext_lazy("%(what_to_do)s"),
    ),
    "unknown_encoding": (
        gettext_lazy(
            "The file's letters cannot be read: byte %(byte)s in line %(at_line)s belongs to no known encoding."
        ),
        gettext_lazy("Save the file as CSV UTF-8 and try again."),
    ),
    "too_large": (
        gettext_lazy("The file is %(megabytes)s MB; the limit is %(limit)s MB."),
        gettext_lazy("Split the file by period and import the parts one by one."),
    ),
    "broken_workbook": (
        gettext_lazy("The workbook cannot be opened."),
        gettext_lazy("It may have been cut short or be protected by a password. Save it again, or save it as CSV."),
    ),
    "no_sheet": (
        gettext_lazy("The workbook has no sheet called “%(sheet)s”."),
        gettext_lazy("Choose another sheet, or give the sheet its old name again."),
    ),
    "no_columns": (
        gettext_lazy("The first line has none of the column names we know."),
        gettext_lazy("The first line must name the columns: start, end, km and vehicle or base. See the guide."),
    ),
    "missing_column": (
        gettext_lazy("The column “%(column)s” is missing."),
        gettext_lazy("Add the column to the file's first line, with a value in each line."),
    ),
    "duplicate_column": (
        gettext_lazy("The column “%(column)s” occurs twice."),
        gettext_lazy("Remove one of the two, so that it is clear which one counts."),
    ),
    "broken_json": (
        gettext_lazy("The file starts as JSON but breaks off: %(reason)s."),
        gettext_lazy("Fetch the file again; it may have been cut short."),
    ),
    "not_an_instance": (
        gettext_lazy("The JSON file has no list of trips."),
        gettext_lazy("Use a CSV file, or a JSON file with “trips” in the format the guide describes."),
    ),
    "unclosed_quote": (
        gettext_lazy("A quotation mark that is opened here is never closed."),
        gettext_lazy("Close or remove the quotation mark in this line."),
    ),
    "unknown_column": (
        gettext_lazy("The column “%(column)s” is not known and is left out."),
        gettext_lazy("You need do nothing. If it matters, rename it to a name the guide mentions."),
    ),
    "driver_column": (
        gettext_lazy("The column “%(column)s” says who drove. It is not read and never stored."),
        gettext_lazy("You need do nothing. Better still, leave the column out next time."),
    ),
    # One line
    "wrong_field_count": (
        gettext_lazy("The line has %(found)s fields; the first line names %(expected)s."),
        gettext_lazy("Look for a separator too many or too few, or put quotation marks around text that contains one."),
    ),
    "missing_value": (gettext_lazy("The field is empty."), gettext_lazy("Fill the field in.")),
    "too_long_text": (
        gettext_lazy("The text is longer than %(limit)s characters."),
        gettext_lazy("Shorten the text; perhaps a quotation mark is missing."),
    ),
    "not_a_time": (
        gettext_lazy("This is not a date with a time."),
        gettext_lazy("Write it as 2026-03-08 09:41:00 (local time) or 2026-03-08T08:41:00Z."),
    ),
    "time_does_not_exist": (
        gettext_lazy("That time does not exist: the clocks went forward that night."),
        gettext_lazy("Write the time with its offset, for example +01:00 or +02:00."),
    ),
    "time_ambiguous": (
        gettext_lazy(
            "That hour occurred twice: the clocks went back that night, and the line does not show which it was."
        ),
        gettext_lazy("Write the time with its offset: +02:00 for the first hour (summer time), +01:00 for the second."),
    ),
    "time_resolved": (
        gettext_lazy("The hour occurred twice that night. The car's other trips show that it was %(read_as)s."),
        gettext_lazy("You need do nothing."),
    ),
    "end_before_start": (
        gettext_lazy("The trip ends before it starts (start %(start)s)."),
        gettext_lazy("Check whether start and end have been swapped, or the date is wrong."),
    ),
    "too_long": (
        gettext_lazy("The trip lasts %(days)s days; more than %(limit)s days cannot be one trip."),
        gettext_lazy("Often the vehicle's tracker fell out. Split the trip or leave it out."),
    ),
    "not_a_number": (
        gettext_lazy("This is not a number."),
        gettext_lazy("Write a number such as 12.5 or 12,5, without a unit."),
    ),
    "negative_km": (gettext_lazy("A trip cannot have negative km."), gettext_lazy("Check the odometer readings.")),
    "absurd_speed": (
        gettext_lazy("%(km)s km in %(minutes)s minutes is %(kmh)s km/h on average."),
        gettext_lazy("Check the km and the times: one of them must be wrong."),
    ),
    "not_a_percentage": (
        gettext_lazy("The state of charge must be between 0 and 100 per cent."),
        gettext_lazy("Write the charge as a number from 0 to 100, or leave the field empty."),
    ),
    "bad_segments": (
        gettext_lazy("The segments cannot be read: %(reason)s."),
        gettext_lazy(
            "Write each as start/end/km with | between them, in order and within the trip, or leave it empty."
        ),
    ),
    "unknown_base": (
        gettext_lazy("There is no base of that name where you may import trips."),
        gettext_lazy("Correct the name, or create the base under Vehicles and bases."),
    ),
    "unknown_vehicle": (
        gettext_lazy("There is no vehicle with that registration or number where you may import trips."),
        gettext_lazy("Correct it, or create the vehicle under Vehicles and bases."),
    ),
    "vehicle_can_be_created": (
        gettext_lazy("The vehicle does not exist here yet, but the file describes it."),
        gettext_lazy("Choose “Create the file's vehicles and bases”, and the line can be imported."),
    ),
    "no_base": (
        gettext_lazy("The line names neither a base nor a vehicle that has one."),
        gettext_lazy("Fill in the vehicle or the base."),
    ),
    "duplicate_id": (
        gettext_lazy("The trip number is already used in line %(other_line)s."),
        gettext_lazy("Each trip needs a number of its own. Remove the line if it is the same trip."),
    ),
    "duplicate_row": (
        gettext_lazy("The same trip stands in line %(other_line)s."),
        gettext_lazy("Remove one of the two lines."),
    ),
    "already_imported": (
        gettext_lazy("The trip has been imported before."),
        gettext_lazy("You need do nothing but leave the line out."),
    ),
    "overlap_in_file": (
        gettext_lazy("The car is already on the trip in line %(other_line)s, which lasts until %(until)s."),
        gettext_lazy("One car cannot be on two trips. Correct the times or the car in one of the lines."),
    ),
    "overlap_with_imported": (
        gettext_lazy("The car is already on an imported trip from %(since)s to %(until)s."),
        gettext_lazy("One car cannot be on two trips. Correct the times or the car, or undo the earlier import."),
    ),
}

_BINARY_KINDS: dict[str, tuple[Text, Text]] = {
    "xlsx": (
        gettext_lazy("an Excel workbook"),
        gettext_lazy("Open it in Excel, choose Save as, and choose “CSV UTF-8 (comma delimited)”."),
    ),
    "xls": (
        gettext_lazy("an old Excel workbook"),
        gettext_lazy("Open it in Excel, choose Save as, and choose “CSV UTF-8 (comma delimited)”."),
    ),
    "zip": (gettext_lazy("a zip archive"), gettext_lazy("Unpack it and choose the CSV file inside.")),
    "gz": (gettext_lazy("a compressed file (gzip)"), gettext_lazy("Unpack it and choose the file inside.")),
    "pdf": (gettext_lazy("a PDF"), gettext_lazy("Ask the fleet system for the trips as CSV instead.")),
    "picture": (gettext_lazy("a picture"), gettext_lazy("Choose the CSV file with the trips.")),
    "parquet": (gettext_lazy("a Parquet file"), gettext_lazy("Export the trips as CSV instead.")),
    "database": (gettext_lazy("a database"), gettext_lazy("Export the trips as CSV instead.")),
    "unknown": (gettext_lazy("binary data"), gettext_lazy("Choose the CSV file with the trips.")),
}

CODES = frozenset(_TEXTS)


def describe(code: str, detail: Detail) -> Said:
    """The problem ``code`` in the language in force. ``detail`` fills in its numbers and names."""
    message, advice = _TEXTS[code]
    filling: dict[str, object] = dict(detail)
    if code == "binary_file":
        kind, what_to_do = _BINARY_KINDS[str(detail["kind"])]
        filling |= {"kind": kind, "what_to_do": what_to_do}
    if code == "time_resolved":
        filling["read_as"] = _("summer time") if detail["read_as"] == "summer" else _("winter time")
    return Said(str(message) % filling, str(advice) % filling)
