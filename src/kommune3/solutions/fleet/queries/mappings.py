# SPDX-License-Identifier: MPL-2.0
"""A file as it would be read with a mapping, before anything is kept."""

from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import IO

from kommune3.solutions.fleet.importing import Finding, Known, Mapping, Row, Unreadable, describe, read_file
from kommune3.solutions.fleet.models import Base, Vehicle

LINES = 10


@dataclass(frozen=True)
class PreviewedLine:
    """A line of the file: as understood, or what is wrong with it. Instants are UTC."""

    line: int
    start_at: datetime | None
    end_at: datetime | None
    km: float | None
    vehicle: str
    base: str
    problems: tuple[str, ...]


@dataclass(frozen=True)
class Preview:
    """The first lines with a mapping, or why none can be read."""

    lines: tuple[PreviewedLine, ...] = ()
    refusal: str = ""


def preview(stream: IO[bytes], *, mapping: Mapping, known: Known) -> Preview:
    """Read the first lines of ``stream`` with ``mapping``."""
    read: list[tuple[int, Row | None, tuple[str, ...]]] = []
    try:
        for line, row, findings in islice(read_file(stream, known=known, mapping=mapping).lines, LINES):
            read.append((line, row, tuple(_said(finding) for finding in findings)))
    except Unreadable as refusal:
        return Preview(refusal=_said(refusal.finding))
    vehicles = dict(
        Vehicle.objects.filter(pk__in=[row.vehicle for _, row, _ in read if row]).values_list("pk", "registration")
    )
    bases = dict(Base.objects.filter(pk__in=[row.base for _, row, _ in read if row]).values_list("pk", "name"))
    return Preview(
        tuple(
            PreviewedLine(line, None, None, None, "", "", problems)
            if row is None
            else PreviewedLine(
                line, row.start_at, row.end_at, row.km,
                vehicles.get(row.vehicle or 0, ""), bases.get(row.base or 0, ""), problems,
            )
            for line, row, problems in read
        )
    )  # fmt: skip


def _said(finding: Finding) -> str:
    said = describe(finding.code, finding.detail)
    value = f" “{finding.value}”" if finding.value else ""
    return f"{finding.field}{value}: {said.message} {said.advice}".lstrip(": ")
