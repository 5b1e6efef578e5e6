# SPDX-License-Identifier: MPL-2.0
"""The register files: the columns of vehicles and models, as the code reads and writes them."""

from kommune3.solutions.fleet.models import Register
from kommune3.solutions.fleet.registers.fields import FORM_NAMES, SHEETS, Field, fields_of
from kommune3.solutions.fleet.registers.reading import LARGEST_BYTES, MODELS_FORMAT, MOST_LINES
from scripts.reference.markdown import Page, code, named, paragraphs, table


def page() -> Page:
    text = paragraphs(
        "The same file is written and read on the pages *Vehicles* and *Models*, through the API and on the "
        "command line (`kommune3 fleet vehicles export FILE`, `kommune3 fleet vehicles import FILE`, "
        "and the same with `models`).",
        f"Excel (.xlsx) or CSV (comma, semicolon or tab; UTF-8, UTF-16 or Windows-1252); models also as JSON. At most "
        f"{MOST_LINES:,} lines and {LARGEST_BYTES // 1_000_000} MB.",
        "## How it is read",
        "- The first line names the columns, in any order, in Danish or English; capitals and spaces do not matter.\n"
        "- A column that is not there is left as it is. An empty cell empties the field.\n"
        "- Lines that are not there are left as they are. A file never deletes anything.\n"
        "- Dates as `2026-03-01` or `01-03-2026`; numbers with decimal comma or point. `12.500` is refused where it "
        "may be twelve and a half or twelve thousand five hundred.\n"
        "- Nothing is changed before it has been shown what is new, changed and unchanged. A line with a fault is told "
        "with sheet, line, column and value; then the whole file is imported, or its good lines, or nothing.\n"
        "- Where somebody changed the register in between, nothing is imported.",
        f"## Vehicles (sheet {SHEETS[Register.VEHICLES]})",
        _table(fields_of(Register.VEHICLES)),
        f"## Models (sheet {SHEETS[Register.MODELS]})",
        _table(fields_of(Register.MODELS)),
        "## Models as JSON",
        f"An object with `format` (`{MODELS_FORMAT}`), `version` (1), `from` and `written_at` (both for "
        "the reader only) and `models`: a list of objects with the columns above as names. Numbers are numbers, "
        "dates are texts, words "
        "are lists, and `sources` is an object from figure to source. A name that is left out is left as it is; `null` "
        "empties the field.",
    )
    return Page(
        "register-files.md",
        "Register files",
        "Vehicles and vehicle models as files: to fetch, change and import again, and to share the catalogue between "
        "municipalities.",
        text,
    )


def _table(fields: tuple[Field, ...]) -> str:
    return table(
        ("Column", "In Danish", "Needed for a new line", "Holds", "What it means"),
        [
            (
                code(field.name), field.danish, "yes" if field.required else "", named(FORM_NAMES[field.form]),
                named(field.help) if field.help else "",
            )
            for field in fields
        ],
    )  # fmt: skip
