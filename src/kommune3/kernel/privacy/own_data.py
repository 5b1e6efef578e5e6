# SPDX-License-Identifier: MPL-2.0
"""A person's data as a zip file: data.json for systems, index.html for people, and the files that are about them."""

import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db.models import Field, Model
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from kommune3.kernel import files
from kommune3.kernel.audit.models import Entry
from kommune3.kernel.files import purposes
from kommune3.kernel.files.models import StoredFile
from kommune3.kernel.inventory import Record, Subject, records
from kommune3.kernel.organisation.models import Unit
from kommune3.kernel.people import register
from kommune3.kernel.people.models import Account, Person
from kommune3.kernel.privacy.access import EXPORT_FILE
from kommune3.kernel.privacy.people import namesakes, subject_of

_LOG = "audit.Entry"
_CHUNK = 1024 * 1024


@dataclass(frozen=True)
class Part:
    """Rows of one line of the inventory: headings by field, and the rows as plain values."""

    line: Record
    headings: dict[str, str]
    rows: list[dict[str, Any]]


def parts(person: Person) -> Iterator[Part]:
    """What is kept about the person, line by line; nothing where there is nothing. Others in the rows are not named."""
    subject = subject_of(person)
    by_name = namesakes(person) == 0
    for line in records():
        if not line.finds_people or line.model == _LOG:
            continue
        rows = line.rows_of(subject, by_name=by_name)
        plain = [_plain(row, line, subject) for row in rows.order_by("pk").iterator(chunk_size=500)]
        if plain:
            yield Part(line, {name: _heading(line, name) for name in line.fields}, plain)


def look_ups(person: Person) -> list[dict[str, Any]]:
    """When, for what purpose and from which unit others looked the person up; never who (Datatilsynet 2024-32-0283)."""
    lines = Entry.objects.filter(citizen_id=person.pk).order_by("number")
    own = Account.objects.filter(person=person).values_list("pk", flat=True).first()
    if own is not None:
        lines = lines.exclude(actor_id=own)
    units = dict(Unit.objects.values_list("pk", "name"))
    return [
        {
            "at": line.at.isoformat(),
            "purpose": line.purpose,
            "unit": units.get(line.unit_id, "") if line.unit_id else "",
        }
        for line in lines.iterator(chunk_size=2000)
    ]


def own_files(subject: Subject) -> Iterator[StoredFile]:
    """The stored files that are about the person, such as what a citizen has sent in."""
    about = [code for code, purpose in purposes.declared().items() if purpose.personal and code != EXPORT_FILE]
    if subject.account_id is not None:
        yield from StoredFile.objects.filter(created_by=subject.account_id, purpose__in=about).order_by("created_at")


def write(path: Path, person: Person, *, now: datetime, on_progress: Callable[[float], None]) -> int:
    """Write the zip file; returns how many rows are in it."""
    found = []
    total = len(records())
    for number, part in enumerate(parts(person)):
        on_progress(0.8 * number / total)
        found.append(part)
    seen = look_ups(person)
    kept = list(own_files(subject_of(person)))
    content = {
        "format": "kommune3.person/1",
        "taken_at": now.isoformat(),
        "person": str(person.pk),
        "data": [
            {
                "model": part.line.model, "what": str(part.line.what), "purpose": str(part.line.purpose),
                "basis": str(part.line.basis), "seen_by": str(part.line.seen_by), "kept": str(part.line.kept),
                "rows": part.rows,
            }
            for part in found
        ],
        "look_ups": seen,
        "files": [{"name": file.name, "path": _inside(file)} for file in kept],
    }  # fmt: skip
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.json", json.dumps(content, ensure_ascii=False, indent=1))
        page = {"parts": [_table(part) for part in found], "person": person, "now": now}
        page |= {"look_ups": seen, "files": content["files"]}
        archive.writestr("index.html", render_to_string("privacy/export.html", page))
        for file in kept:
            with files.open_file(file) as source, archive.open(_inside(file), "w") as target:
                while chunk := source.read(_CHUNK):
                    target.write(chunk)
    return sum(len(part.rows) for part in found)


def _inside(file: StoredFile) -> str:
    return f"files/{file.pk.hex[:8]}-{file.name}"


def _table(part: Part) -> dict[str, Any]:
    """A part as a page shows it."""
    return {
        "line": part.line,
        "headings": list(part.headings.values()),
        "rows": [["" if row[name] is None else row[name] for name in part.headings] for row in part.rows],
    }


def _heading(line: Record, name: str) -> str:
    if name == "cpr":
        return _("CPR number")
    return str(getattr(line.model_class._meta.get_field(name), "verbose_name", name))


def _plain(row: Model, line: Record, subject: Subject) -> dict[str, Any]:
    return {name: _value(row, name, subject, line) for name in line.fields}


def _value(row: Model, name: str, subject: Subject, line: Record) -> Any:
    if name == "cpr" and isinstance(row, Person):
        return register.open_cpr(row)
    field: Field[Any, Any] = row._meta.get_field(name)  # type: ignore[assignment]  # declared names are of fields
    value = getattr(row, field.attname)
    if value is None:
        return None
    if field.is_relation:
        if field.related_model in (Person, Account):
            return _("you") if value in (subject.person_id, subject.account_id) else _("another person")
        return str(getattr(row, name))
    if name in line.names and value != subject.name:
        return _("another person") if value else ""
    if field.choices:
        return str(getattr(row, f"get_{name}_display")())
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, UUID | Decimal):
        return str(value)
    return value
