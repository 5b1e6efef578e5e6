# SPDX-License-Identifier: MPL-2.0
"""The trip file: its columns, the names they may have, and everything that can be wrong with it."""

from kommune3.solutions.fleet.importing import columns, problems
from scripts.reference.markdown import Page, code, named, paragraphs, table

# What each field means. A field that is missing here stops the making of the page.
MEANING = {
    "trip_id": "The trip's number in the system it comes from; each once. At most 64 characters.",
    "base": "Name of the base the round trip starts from and ends at. May be left out where the vehicle is known.",
    "vehicle": "Registration of the vehicle, or its number in the fleet system. May be left out where the base is "
    "given.",
    "start": "When the vehicle leaves. With an offset (`2026-03-02T07:00:00Z`), or local time (`2026-03-02 08:00`, "
    "`02-03-2026 08:00`).",
    "end": "When it is back; later than the start.",
    "km": "Kilometres driven: `12.5` or `12,5`.",
    "segments": "The drives within the trip: `start/end/km`, separated by `|`.",
    "soc_start": "State of charge at the start, per cent.",
    "soc_end": "State of charge at the end, per cent.",
    "needs": "Fittings the vehicle must have, separated by `|` or `;`.",
    "shift": "Trips with the same word are driven by one vehicle, which nobody else takes in between. At most 40 "
    "characters.",
}


def page() -> Page:
    rows = [
        (code(field), "yes" if field in columns.REQUIRED else "", MEANING[field], ", ".join(map(code, names)))
        for field, names in columns.NAMES.items()
    ]
    errors = [(code(key), named(message), named(advice)) for key, (message, advice) in sorted(problems._TEXTS.items())]
    text = paragraphs(
        "## Columns",
        "The first line names the columns, in any order. A vehicle or a base is needed, or both. In the names, "
        "capitals, spaces, hyphens and underscores make no difference.",
        table(("Field", "Needed", "What it is", "Names it is known by"), rows),
        "A column that says who drove is never read: "
        + ", ".join(map(code, sorted(columns.DRIVER_NAMES)))
        + ". Other unknown columns are left out, and the import says so.",
        "## How it may be written",
        "A workbook (.xlsx): the first sheet. CSV: UTF-8 (with or without a byte-order mark), UTF-16 or Windows-1252. "
        "Columns separated by comma, semicolon or "
        "tab. Numbers with a decimal point or a decimal comma. Times without an offset are local time in Denmark; in "
        "the hour that comes twice when the clocks go back, the car's other trips settle which one it was, or the line "
        "is kept back.",
        "## What can be wrong, and what to do",
        "The code is what the API and the command line give; the words are shown in the reader's language. A word in "
        "*italics* stands for the value in question.",
        table(("Code", "What is wrong", "What to do"), errors),
    )
    return Page(
        "trip-file.md",
        "The trip file",
        "A CSV file or an Excel workbook with one line per round trip: a vehicle leaves its base, and comes back. "
        "The same file is read on "
        "the page, through the API and on the command line.",
        text,
    )
