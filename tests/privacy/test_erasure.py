# SPDX-License-Identifier: MPL-2.0
"""Everything about a person is found, given to them, and gone when they are erased; and nothing about anybody else."""

import json
import zipfile
from io import BytesIO
from typing import Any

import pytest
from django.apps import apps
from django.core.files.storage import default_storage
from django.db import connection
from persons import NOW, Persons
from privacy import planting
from privacy.planting import TOLD, WORDS, make_person, plant_everywhere

from kommune3.kernel import files
from kommune3.kernel.access.actor import system
from kommune3.kernel.audit import log
from kommune3.kernel.events.models import Event
from kommune3.kernel.inventory import ERASED_NAME, Way, records
from kommune3.kernel.jobs.models import Job
from kommune3.kernel.notify.models import Notification
from kommune3.kernel.people.models import Person
from kommune3.kernel.places.models import Address
from kommune3.kernel.privacy import own_data, shredding
from kommune3.kernel.privacy.people import subject_of


@pytest.fixture(autouse=True)
def own_files(tmp_path: Any, settings: Any) -> None:
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "kommune3.kernel.files.storage.FolderStorage", "OPTIONS": {"location": tmp_path / "files"}
        }
    }  # fmt: skip


def tell_everywhere(persons: Persons) -> None:
    """Free texts of others that speak of the person, wherever the platform keeps such."""
    other = persons.employee.person
    Notification.objects.create(person=other, key=f"k:{planting.EMAIL}", title=TOLD[:200], body=TOLD, sent_at=NOW)
    Event.objects.create(name="test", payload={"a": [TOLD, {planting.EMAIL: 1}], "b": 2}, published_at=NOW)
    planting.make(Job, title=TOLD[:200], message=TOLD[:300], kwargs={"text": TOLD}, result=[TOLD], queue="default",
                  requested_by=persons.employee, task="x", run_after=NOW, max_attempts=1)  # fmt: skip
    vehicle = planting.make(apps.get_model("fleet.Vehicle"), notes=TOLD)
    planting.make(apps.get_model("fleet.Change"), vehicle=vehicle, old=TOLD, new="", by_name="Ada Prøve")
    planting.make(apps.get_model("fleet.Run"), title=f"For {planting.GIVEN} {planting.FAMILY}", note=TOLD.upper())
    planting.make(apps.get_model("organisation.Unit"), name="Enheden", path="/x/")


def store(content: bytes, name: str) -> None:
    files.store(content=content, name=name, purpose="test", actor=system("test"), now=NOW)


def stored_texts() -> str:
    """Everything in the database as text: each column of each table."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                for value in row:
                    if isinstance(value, bytes | memoryview):
                        found.append(bytes(value).decode("latin-1"))
                    else:
                        found.append(str(value))
    return "\n".join(found)


def readings(text: str) -> list[str]:
    """The text as it is, and as JSON writes it."""
    return [text, json.dumps(text)[1:-1]]


def kept_files() -> list[bytes]:
    _folders, _names = default_storage.listdir("")
    found = []
    for folder in _folders:
        for name in default_storage.listdir(folder)[1]:
            with default_storage.open(f"{folder}/{name}") as file:
                found.append(file.read())
    return found


def workbook_with(text: str) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", f"<t>{text}</t>")
    return target.getvalue()


def test_a_person_with_rows_in_every_table_is_nowhere_once_they_are_erased(
    persons: Persons, django_capture_on_commit_callbacks: Any
) -> None:
    person = make_person()
    tables = plant_everywhere(person)
    assert len(set(tables)) >= 25
    tell_everywhere(persons)
    store(TOLD.encode(), "brev.txt")
    store(workbook_with(TOLD), "ark.xlsx")
    store(TOLD.encode("utf-16-le"), "gammelt.txt")
    store(b"about the weather", f"{planting.EMAIL}.txt")
    before = stored_texts()
    assert all(
        any(form in before for form in readings(word)) for word in WORDS if word not in (planting.CPR, "010190-4321")
    )

    with django_capture_on_commit_callbacks(execute=True):
        done = shredding.shred(person, actor=system("test"), now=NOW)

    after = stored_texts()
    left = [word for word in WORDS for form in {*readings(word), word.upper()} if form in after]
    assert left == []
    assert [word for content in kept_files() for word in WORDS if word.encode() in content] == []
    assert len(kept_files()) == 2, "files that do not name the person stay"
    assert done["people.Person"] == 1 and done["files.StoredFile"] >= 3
    assert not Address.objects.filter(street=planting.STREET).exists()
    assert log.verify() is None, "the audit log is whole"


def test_every_line_of_the_inventory_does_what_it_says_when_somebody_is_erased(persons: Persons) -> None:
    person = make_person()
    plant_everywhere(person)
    subject = subject_of(person)
    before = {line.model: line.model_class._base_manager.count() for line in records()}
    theirs = {place: line.rows_of(subject).count() for place, line in enumerate(records()) if line.finds_people}
    assert [records()[place].model for place, rows in theirs.items() if not rows] == []
    sessions = [line for line in records() if line.model == "sessions.Session"]

    shredding.shred(person, actor=system("test"), now=NOW)

    for line in records():
        if not line.finds_people or line in sessions:
            continue
        ways = {each.way for each in records() if each.model == line.model}
        if line.way != Way.KEEP:
            assert not line.rows_of(subject).exists(), line.model
        if Way.DELETE not in ways:
            rows = line.model_class._base_manager.count()
            assert rows >= before[line.model], f"{line.model}: rows stay, and lead to nobody"


def test_nobody_else_loses_anything(persons: Persons) -> None:
    other = planting.make(Person, given_name="Ærlinda", family_name="Øst")
    flat = Address.objects.create(street="Fællesvej 2", postcode="8500", town="Grenaa")
    person = make_person()
    Person.objects.filter(pk__in=[person.pk, other.pk]).update(address=flat)
    person.refresh_from_db()
    kept = Notification.objects.create(
        person=other, key="x", title="Ærlinda Øst bor på Fællesvej 2", body=f"Ring til {planting.PHONE}1", sent_at=NOW
    )
    shredding.shred(person, actor=system("test"), now=NOW)
    kept.refresh_from_db()
    assert (kept.title, kept.body) == ("Ærlinda Øst bor på Fællesvej 2", f"Ring til {planting.PHONE}1")
    assert Person.objects.get(pk=other.pk).address == flat, "an address that others live at stays"


def test_a_text_about_several_keeps_what_is_not_about_the_person(persons: Persons) -> None:
    person = make_person()
    row = Notification.objects.create(
        person=persons.leader.person,
        key="x",
        title="x",
        body=f"Mødet: {person}, Eva Prøve og {planting.EMAIL}",
        sent_at=NOW,
    )
    shredding.shred(person, actor=system("test"), now=NOW)
    row.refresh_from_db()
    assert row.body == f"Mødet: {ERASED_NAME}, Eva Prøve og {ERASED_NAME}"


def test_an_erasure_that_is_broken_off_is_taken_up_again_and_ends_the_same(persons: Persons) -> None:
    person = make_person()
    plant_everywhere(person)
    tell_everywhere(persons)
    broken = 0
    while Person.objects.filter(pk=person.pk).exists():
        steps = 0

        class Killed(Exception):
            pass

        def count(fraction: float, limit: int = 5 + broken * 20) -> None:
            nonlocal steps
            steps += 1
            if steps > limit:
                raise Killed

        try:
            shredding.shred(Person.objects.get(pk=person.pk), actor=system("test"), now=NOW, on_progress=count)
        except Killed:
            broken += 1
    assert broken > 1
    after = stored_texts()
    assert [word for word in WORDS if any(form in after for form in readings(word))] == []


def test_the_preview_tells_what_is_then_done(persons: Persons) -> None:
    person = make_person()
    plant_everywhere(person)
    tell_everywhere(persons)
    store(TOLD.encode(), "brev.txt")
    preview = shredding.look_through(person)
    assert {part["model"] for part in preview.parts} == {line.model for line in records() if line.finds_people}
    assert {"events.Event", "fleet.Vehicle", "notify.Notification"} <= preview.texts.keys()
    assert [file["name"] for file in preview.files] == ["brev.txt"]
    assert Person.objects.filter(pk=person.pk).exists(), "a preview changes nothing"
    counts = json.dumps(preview.counts)
    assert not [word for word in WORDS if word in counts]


# --- Given to the person ---------------------------------------------------------------------------------------------


def written(person: Person, tmp_path: Any) -> zipfile.ZipFile:
    own_data.write(tmp_path / "out.zip", person, now=NOW, on_progress=lambda fraction: None)
    return zipfile.ZipFile(tmp_path / "out.zip")


def test_an_export_has_the_rows_of_every_table_of_the_inventory(persons: Persons, tmp_path: Any) -> None:
    person = make_person()
    plant_everywhere(person)
    archive = written(person, tmp_path)
    data = json.loads(archive.read("data.json"))
    expected = {line.model for line in records() if line.finds_people} - {"audit.Entry"}
    assert {part["model"] for part in data["data"]} == expected
    assert all(part["rows"] for part in data["data"])
    own = next(part for part in data["data"] if part["model"] == "people.Person")["rows"][0]
    assert (own["given_name"], own["email"], own["cpr"]) == (planting.GIVEN, planting.EMAIL, planting.CPR)
    page = archive.read("index.html").decode()
    assert planting.STREET in page and "<script" not in page


def test_an_export_tells_when_and_why_one_was_looked_up_and_from_where_but_not_by_whom(
    persons: Persons, tmp_path: Any, actor_for: Any
) -> None:
    person = make_person()
    log.record(actor=actor_for(persons.leader), action="people.person.read", now=NOW, citizen_id=person.pk,
               purpose="Behandling af ansøgning", unit_id=persons.own_unit.pk)  # fmt: skip
    log.record(
        actor=actor_for(persons.leader), action="x", now=NOW, citizen_id=persons.citizen.person_id, purpose="En anden"
    )
    text = written(person, tmp_path).read("data.json").decode()
    assert json.loads(text)["look_ups"] == [
        {"at": NOW.isoformat(), "purpose": "Behandling af ansøgning", "unit": "Sundhed"}
    ]
    assert "Lene" not in text and str(persons.leader.pk) not in text and "En anden" not in text


def test_an_export_names_nobody_else(persons: Persons, tmp_path: Any) -> None:
    person = make_person()
    booking = apps.get_model("fleet.Booking")
    planting.make(booking, person=person, booked_by=persons.leader.person)
    planting.make(apps.get_model("fleet.Run"), created_by_name=str(person), accepted_by_name="Lene Prøve")
    text = written(person, tmp_path).read("data.json").decode()
    assert "Lene" not in text and str(persons.leader.person_id) not in text
    assert "Prøve Kommune" not in [str(part) for part in json.loads(text)["data"]]


def test_what_only_a_shared_name_tells_is_left_out(persons: Persons, tmp_path: Any) -> None:
    person = make_person()
    planting.make(Person, given_name=planting.GIVEN, family_name=planting.FAMILY)
    planting.make(apps.get_model("fleet.Run"), created_by_name=str(person))
    data = json.loads(written(person, tmp_path).read("data.json"))
    assert "fleet.Run" not in {part["model"] for part in data["data"]}
