# SPDX-License-Identifier: MPL-2.0
"""What pages show of privacy, as plain data."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.audit import log
from kommune3.kernel.inventory import ERASED_NAME, Record, Rule, Way, records, rules
from kommune3.kernel.jobs.models import Job
from kommune3.kernel.people.models import Person
from kommune3.kernel.privacy.access import READ
from kommune3.kernel.privacy.models import Erasure, Hold, LedgerEntry, Period, PurgeLine
from kommune3.kernel.privacy.people import subject_of
from kommune3.kernel.solutions import registry

Text = str | Promise


@dataclass(frozen=True)
class Activity:
    """A line of the record of processing activities, in words. ``cells``: in the order of the exported columns."""

    part: str
    model: str
    line: Record
    fields: str
    about: str
    category: str

    @property
    def cells(self) -> list[str]:
        line = self.line
        texts = (line.what, self.fields, self.about, self.category, line.purpose, line.basis, line.seen_by, line.kept)
        return [self.part, self.model, *(str(text) for text in texts), str(line.way.label), str(line.reason)]


def record_of_processing(actor: Actor) -> list[Activity]:
    """Every declared line, by part of the platform. Raises Forbidden."""
    reach.require(actor, READ)
    return [
        Activity(
            part=_part(line),
            model=line.model,
            line=line,
            fields=", ".join(_field_name(line, name) for name in line.fields),
            about=", ".join(str(each.label) for each in line.about),
            category=", ".join(str(each.label) for each in line.category),
        )
        for line in records()
    ]


def by_part(rows: list[Activity]) -> dict[str, list[Activity]]:
    """The lines under the part of the platform each belongs to."""
    found: dict[str, list[Activity]] = {}
    for row in rows:
        found.setdefault(row.part, []).append(row)
    return found


def note_record_export(*, actor: Actor, now: datetime, form: str) -> None:
    """Put on record that somebody took a copy of the record of processing activities."""
    log.record(actor=actor, action="privacy.record.exported", now=now, detail={"format": form})


def _part(line: Record) -> str:
    """The solution's title, or what the kernel's own packages are together."""
    label = line.model.split(".")[0]
    titles = {manifest.key: str(manifest.title) for manifest in registry.all_manifests()}
    return titles.get(label, _("Common to all solutions"))


def _field_name(line: Record, name: str) -> str:
    if name == "cpr":
        return _("CPR number")
    return str(getattr(apps.get_model(line.model)._meta.get_field(name), "verbose_name", name))


@dataclass(frozen=True)
class Kept:
    """What is kept about somebody, of one kind: ``rows`` of them."""

    line: Record
    rows: int


def kept_about(actor: Actor) -> list[Kept]:
    """What is kept about the actor, of each kind that there is something of."""
    person = Person.objects.filter(pk__in=[actor.person_id]).first()
    if person is None:
        return []
    subject = subject_of(person)
    found = [Kept(line, line.rows_of(subject).count()) for line in records() if line.finds_people]
    return [kept for kept in found if kept.rows]


def job_of(actor: Actor, job_id: UUID | None) -> Job | None:
    """A job that the actor may see."""
    return reach.visible(actor, Job).filter(pk__in=[job_id]).first()


def newest_purges(actor: Actor) -> QuerySet[PurgeLine]:
    """What the retention clock has removed, newest first."""
    return reach.visible(actor, PurgeLine).order_by("-at", "-pk")


def rule_here(rule_key: str) -> Rule | None:
    """A rule whose period is decided here; None for others."""
    rule = rules().get(rule_key)
    return rule if rule is not None and rule.period is None else None


def periods_of(actor: Actor, rule_key: str) -> list[Period]:
    """The periods of a rule, newest first."""
    rows = reach.visible(actor, Period).filter(rule=rule_key)
    return sorted(rows, key=lambda row: row.valid_from or date.min, reverse=True)


@dataclass(frozen=True)
class HoldShown:
    """A hold as a page shows it. ``is_late``: past the day it was to be looked at again."""

    row: Hold
    what: Text
    is_late: bool


def holds(actor: Actor, *, on: date) -> list[HoldShown]:
    """The holds in force and those that were released, these last."""
    rows = reach.visible(actor, Hold).select_related("person", "placed_by__person", "released_by__person")
    titles: dict[str, Text] = {manifest.key: manifest.title for manifest in registry.all_manifests()}
    shown = [
        HoldShown(
            row=row,
            what=str(row.person) if row.person else titles.get(row.solution, row.solution),
            is_late=row.released_at is None and row.review_date <= on,
        )
        for row in rows.order_by("-placed_at")
    ]
    return sorted(shown, key=lambda each: each.row.released_at is not None)


@dataclass(frozen=True)
class ErasureShown:
    """An erasure as a list shows it."""

    row: Erasure
    name: str


def erasures(actor: Actor) -> list[ErasureShown]:
    """The erasures, newest first."""
    rows = list(reach.visible(actor, Erasure).select_related("asked_by__person").order_by("-asked_at")[:200])
    return [ErasureShown(row, name_in(actor, row)) for row in rows]


def name_in(actor: Actor, erasure: Erasure) -> str:
    """Whom an erasure is about; a word instead once they are erased."""
    person = Person.objects.filter(pk__in=[erasure.person_id]).first() if actor.may(READ) else None
    return str(person) if person is not None else ERASED_NAME


def ledger(actor: Actor) -> QuerySet[LedgerEntry]:
    """The erasure ledger, newest first."""
    return reach.visible(actor, LedgerEntry).order_by("-erased_at", "pk")


@dataclass(frozen=True)
class PreviewShown:
    """What an erasure does: lines with their rows by what becomes of them, and what else."""

    deleted: list[Kept]
    anonymised: list[Kept]
    kept: list[Kept]
    texts: int
    files: list[str]
    final: int
    namesakes: int


def preview(erasure: Erasure) -> PreviewShown | None:
    """The preview in words; None while it is being made."""
    kept: dict[str, Any] | None = erasure.preview
    if kept is None:
        return None
    by_way: dict[str, list[Kept]] = {way: [] for way in Way.values}
    for part in kept["parts"]:
        line = next((each for each in records() if (each.model, each.way) == (part["model"], part["way"])), None)
        if line is not None:
            by_way[line.way].append(Kept(line, part["rows"]))
    return PreviewShown(
        deleted=by_way[Way.DELETE],
        anonymised=by_way[Way.ANONYMISE],
        kept=by_way[Way.KEEP],
        texts=sum(kept["texts"].values()),
        files=[file["name"] for file in kept["files"]],
        final=sum(kept["final"].values()),
        namesakes=kept["namesakes"],
    )
