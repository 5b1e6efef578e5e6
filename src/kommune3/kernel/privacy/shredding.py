# SPDX-License-Identifier: MPL-2.0
"""Erasing a person: what would be done, and doing it, in steps that can be taken again after a crash.

The person's own row goes last, in one transaction with what says that it is done: whoever is killed before finds the
person again and goes on.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import ForeignKey, ProtectedError, QuerySet

from kommune3.kernel import files
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.inventory import ERASED_NAME, Record, Subject, Way, records
from kommune3.kernel.people.models import Account, Person
from kommune3.kernel.privacy import contents, texts
from kommune3.kernel.privacy.people import namesakes, subject_of

LAST = ("people.Account", "people.Person")


@dataclass(frozen=True)
class Preview:
    """What erasing a person does, as JSON keeps it.

    ``parts``: model, way and rows of each declared line that the person has rows in. ``texts``: rows of other models
    whose text names the person. ``files``: id and name of stored files that name them. ``final``: rows that are written
    once and name them in a text. ``namesakes``: others of the same name.
    """

    parts: list[dict[str, Any]]
    texts: dict[str, int]
    files: list[dict[str, str]]
    final: dict[str, int]
    namesakes: int

    @property
    def counts(self) -> dict[str, Any]:
        """How many rows of which model, for the ledger: no personal data."""
        found: dict[str, Any] = {}
        for part in self.parts:
            rows = found.get(part["model"], {"rows": 0})["rows"] + part["rows"]
            found[part["model"]] = {"way": part["way"], "rows": rows}
        return found


def look_through(person: Person) -> Preview:
    """What erasing the person would do. Reads every text and every stored file: for a job, not for a page."""
    subject = subject_of(person)
    parts = [
        {"model": line.model, "way": str(line.way), "rows": rows}
        for line in records()
        if line.finds_people and (rows := line.rows_of(subject).count())
    ]
    spoken = {model._meta.label: texts.mentions(model, subject) for model in texts.searched_models()}
    final = {model._meta.label: texts.mentions(model, subject) for model in texts.final_models()}
    return Preview(
        parts=parts,
        texts={label: rows for label, rows in spoken.items() if rows},
        files=[{"id": str(file.pk), "name": file.name} for file in contents.naming(subject)],
        final={label: rows for label, rows in final.items() if rows},
        namesakes=namesakes(person),
    )


Step = Callable[[], AbstractContextManager[Any]]


def shred(
    person: Person, *, actor: Actor, now: datetime, step: Step = transaction.atomic, finish: Step = transaction.atomic,
    on_progress: Callable[[float], None] = lambda fraction: None,
) -> Counter[str]:  # fmt: skip
    """Erase the person; returns how many rows of which model were deleted or changed.

    ``step`` is the transaction of each step but the last, ``finish`` that of the last, in which the person's row goes.
    """
    subject = subject_of(person)
    done: Counter[str] = Counter()
    steps = list(_steps(subject, actor=actor, now=now))
    for place, (label, act) in enumerate(steps):
        on_progress(place / (len(steps) + 1))
        with step():
            done[label] += act()
    with finish():
        shared = [(line, list(line.rows_of(subject).values_list("pk", flat=True))) for line in records() if line.shared]
        done["people.Account"] += Account.objects.filter(person_id=subject.person_id).delete()[0]
        done["people.Person"] += Person.objects.filter(pk=subject.person_id).delete()[1].get("people.Person", 0)
        for line, keys in shared:
            for key in keys:
                done[line.model] += _delete_if_unused(line, key)
    return +done


def _steps(subject: Subject, *, actor: Actor, now: datetime) -> Iterator[tuple[str, Callable[[], int]]]:
    """Files first: they are found by words that later steps remove from the rows."""
    for file in contents.naming(subject):
        yield "files.StoredFile", partial(_remove_file, file, actor=actor, now=now)
    for model in texts.searched_models():
        yield model._meta.label, partial(texts.redact, model, subject)
    for line in reversed(records()):
        if not line.finds_people or line.shared or line.model in LAST:
            continue
        if line.way == Way.DELETE:
            yield line.model, partial(_delete, line, subject)
        elif line.way == Way.ANONYMISE:
            yield line.model, partial(_anonymise, line, subject)


def _remove_file(file: Any, *, actor: Actor, now: datetime) -> int:
    files.remove(file=file, actor=actor, now=now)
    return 1


def _delete(line: Record, subject: Subject) -> int:
    deleted: int = line.rows_of(subject, by_name=False).delete()[0]
    return deleted


def _anonymise(line: Record, subject: Subject) -> int:
    """Empty what leads to the person, field by field: a row may be about two people, and the other one stays."""
    count = 0
    manager = line.model_class._base_manager
    for lookups, own in ((line.person, subject.person_id), (line.account, subject.account_id)):
        for lookup in lookups:
            if own is not None:
                count += manager.filter(**{lookup: own}).update(**{lookup: None, **line.emptied})
    for name in line.names:
        if subject.name:
            count += manager.filter(**{name: subject.name}).update(**{name: ERASED_NAME})
    for name in line.usernames:
        if subject.username:
            count += manager.filter(**{name: subject.username}).update(**{name: ERASED_NAME})
    return count


def _delete_if_unused(line: Record, key: Any) -> int:
    rows: QuerySet[Any] = line.model_class._base_manager.filter(pk=key)
    for relation in line.model_class._meta.related_objects:
        other: Any = relation.related_model
        if isinstance(relation.field, ForeignKey) and other._base_manager.filter(**{relation.field.name: key}).exists():
            return 0
    try:
        with transaction.atomic():
            return rows.delete()[0]
    except ProtectedError:
        return 0
