# SPDX-License-Identifier: MPL-2.0
"""Units and employees from CSV files, through the command line as an administrator of the machine runs it."""

import csv
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from persons import Persons

from kommune3.kernel.access.importing import table
from kommune3.kernel.audit.models import Entry
from kommune3.kernel.organisation.models import Employment, Unit
from kommune3.kernel.people import register
from kommune3.kernel.people.models import Person

DEPARTMENT, TEAM, NIGHT = (f"aaaaaaaa-0000-4000-8000-00000000000{n}" for n in (1, 2, 3))
ADA, BENT = (f"bbbbbbbb-0000-4000-8000-00000000000{n}" for n in (1, 2))
UNITS = ("uuid", "navn", "overordnet_uuid", "kle", "fra", "til")
PEOPLE = ("uuid", "fornavn", "efternavn", "email", "telefon", "cpr", "enhed_uuid", "stilling", "leder", "fra", "til")
UNKNOWN_COLUMN = (
    "ORGANISATION.csv:1 “farve”: Der findes ingen kolonne med dette navn. "
    "Kolonnerne er: uuid, navn, overordnet_uuid, kle, fra, til."
)

pytestmark = pytest.mark.usefixtures("persons")


@pytest.fixture
def run(tmp_path):
    """Run the import ``command`` on a file with this content; what was said and what was complained of."""

    def run_it(command, content, *, encoding="utf-8"):
        path = tmp_path / f"{command.split('_')[0].upper()}.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        out, complaints = StringIO(), StringIO()
        try:
            call_command(command, path, stdout=out, stderr=complaints)
        except CommandError as error:
            assert str(error) == "Intet er importeret."
        return out.getvalue().strip(), complaints.getvalue().splitlines()

    return run_it


def written(headings, *rows, delimiter=";"):
    text = StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
    writer.writerows([headings, *rows])
    return text.getvalue()


ORGANISATION = written(
    UNITS,
    (NIGHT, "Nattevagten", TEAM, "", "", ""),  # before the unit it belongs to
    (TEAM, "Hjemmepleje Øst", DEPARTMENT, "27.36", "01-02-2026", "2030-01-01"),
    (DEPARTMENT, "Ældre", "", "27", "2020-01-01", ""),
)


def person(uuid=ADA, unit=TEAM, **more):
    row = dict(zip(PEOPLE, (uuid, "Ada", "Lov", "ada@example.dk", "", "", unit, "Leder", "ja", "2026-02-01", ""),
                   strict=True))  # fmt: skip
    return tuple({**row, **more}.values())


def test_units_come_in_any_order_and_with_danish_letters(run, persons: Persons):
    assert run("organisation_import", ORGANISATION, encoding="utf-8-sig") == ("3 nye, 0 ændrede, 0 som før.", [])
    night, team, department = (Unit.objects.get(pk=pk) for pk in (NIGHT, TEAM, DEPARTMENT))
    assert (night.parent, team.parent, department.parent) == (team, department, persons.root)
    assert (team.name, team.kle, str(team.valid_from), str(team.valid_to)) == (
        "Hjemmepleje Øst", "27.36", "2026-02-01", "2030-01-01",
    )  # fmt: skip
    assert {line.actor_name for line in Entry.objects.all()} == {"organisation.import"}


def test_the_same_file_again_changes_nothing_and_a_new_one_updates(run):
    run("organisation_import", ORGANISATION)
    before = Entry.objects.count()
    assert run("organisation_import", ORGANISATION) == ("0 nye, 0 ændrede, 3 som før.", [])
    assert Entry.objects.count() == before
    again = written(("uuid", "name", "parent_uuid"), (NIGHT, "Natten", DEPARTMENT), delimiter=",")
    assert run("organisation_import", again) == ("0 nye, 1 ændrede, 0 som før.", [])
    night = Unit.objects.get(pk=NIGHT)
    assert (night.name, night.path.startswith(Unit.objects.get(pk=DEPARTMENT).path)) == ("Natten", True)


def test_the_top_unit_is_updated_where_the_file_knows_it(run, persons: Persons):
    assert run("organisation_import", written(UNITS, (persons.root.pk, "Anholt Kommune", "", "", "", "")))[1] == []
    persons.root.refresh_from_db()
    assert (persons.root.name, persons.root.parent) == ("Anholt Kommune", None)


def test_two_units_change_places(run):
    run("organisation_import", ORGANISATION)
    turned = written(UNITS, (TEAM, "Øst", NIGHT, "", "", ""), (NIGHT, "Nat", DEPARTMENT, "", "", ""))
    assert run("organisation_import", turned) == ("0 nye, 2 ændrede, 0 som før.", [])
    assert Unit.objects.get(pk=TEAM).path.startswith(Unit.objects.get(pk=NIGHT).path)


def test_each_problem_of_units_names_file_line_field_and_value_and_nothing_is_kept(run):
    said, complaints = run(
        "organisation_import",
        written(
            UNITS,
            (DEPARTMENT, "Ældre", "", "2", "", ""),
            (DEPARTMENT, "Ældre igen", "", "", "", ""),
            ("abc", "Uden", "", "", "", ""),
            (TEAM, "", ADA, "", "i går", ""),
            (NIGHT, "Nat", "", "", "2026-02-01", "2026-02-01"),
        ),
    )
    assert said == ""
    assert complaints == [
        "ORGANISATION.csv:2 kle “2”: Et KLE-nummer skrives 27, 27.36 eller 27.36.00.",
        f"ORGANISATION.csv:3 uuid “{DEPARTMENT}”: Linje 2 har samme UUID.",
        "ORGANISATION.csv:4 uuid “abc”: Det er ikke et UUID, fx 2f1c6c6e-1f0a-4b52-9b1e-0d5f7f6f3a10.",
        "ORGANISATION.csv:5 navn: Her mangler en værdi.",
        "ORGANISATION.csv:5 fra “i går”: Det er ikke en dato. Skriv den som 2026-03-01 eller 01-03-2026.",
        f"ORGANISATION.csv:5 overordnet_uuid “{ADA}”: Ingen enhed har dette UUID, hverken i filen eller i Kommune3.",
        "ORGANISATION.csv:6 til “2026-02-01”: Perioden skal slutte senere, end den begynder.",
    ]
    assert not Unit.objects.filter(pk__in=[DEPARTMENT, TEAM, NIGHT]).exists()
    assert not Entry.objects.exists()


def test_units_that_belong_to_each_other_are_refused(run, persons: Persons):
    circle = written(UNITS, (TEAM, "A", NIGHT, "", "", ""), (NIGHT, "B", TEAM, "", "", ""))
    message = "Her hører enheder til hinanden i ring."
    assert run("organisation_import", circle)[1] == [
        f"ORGANISATION.csv:2 overordnet_uuid “{NIGHT}”: {message}",
        f"ORGANISATION.csv:3 overordnet_uuid “{TEAM}”: {message}",
    ]
    with_known = written(UNITS, (persons.own_unit.pk, "Sundhed", persons.own_team.pk, "", "", ""))
    assert "flyttes ind under sig selv" in run("organisation_import", with_known)[1][0]


def test_employees_are_employed_and_the_same_file_again_changes_nothing(run):
    run("organisation_import", ORGANISATION)
    content = written(
        PEOPLE,
        person(cpr="010190-1234"),
        person(unit=NIGHT, cpr="010190-1234", leder="nej"),
        person(BENT, fornavn="Bent, jr.", til="01-03-2026"),
        delimiter=",",
    )
    assert run("people_import", content) == ("3 nye, 0 ændrede, 0 som før.", [])
    ada = Person.objects.get(pk=ADA)
    assert (str(ada), ada.email, register.open_cpr(ada)) == ("Ada Lov", "ada@example.dk", "0101901234")
    assert {(str(row.unit_id), row.is_leader) for row in ada.employments.all()} == {(TEAM, True), (NIGHT, False)}
    bent = Person.objects.get(pk=BENT)
    assert (bent.given_name, str(bent.employments.get().valid_to)) == ("Bent, jr.", "2026-03-01")
    before = Entry.objects.count()
    assert run("people_import", content) == ("0 nye, 0 ændrede, 3 som før.", [])
    assert Entry.objects.count() == before


def test_a_later_file_updates_what_it_has_columns_for(run):
    run("organisation_import", ORGANISATION)
    run("people_import", written(PEOPLE, person(cpr="010190-1234")))
    fewer = ("uuid", "given_name", "family_name", "unit_uuid", "title", "from")
    later = written(fewer, (ADA, "Ada", "Lovelace", TEAM, "Chef", "2026-02-01"))
    assert run("people_import", later) == ("0 nye, 1 ændrede, 0 som før.", [])
    ada = Person.objects.get(pk=ADA)
    held = ada.employments.get()
    assert (str(ada), ada.email, register.open_cpr(ada)) == ("Ada Lovelace", "ada@example.dk", "0101901234")
    assert (held.title, held.is_leader, held.pk) == ("Chef", True, ada.employments.get().pk)


def test_each_problem_of_employees_names_file_line_field_and_value_and_nothing_is_kept(run):
    run("organisation_import", ORGANISATION)
    said, complaints = run(
        "people_import",
        written(
            PEOPLE,
            person(),
            person(unit=NIGHT, efternavn="Love"),
            person(fra="2026-05-01"),
            person(BENT, unit=BENT, leder="måske", email="bent"),
            person(BENT, stilling="", cpr="999999-1234"),
            person(BENT, email="bent"),
        ),
    )
    assert said == ""
    assert complaints == [
        "PEOPLE.csv:3 efternavn “Love”: Linje 2 siger noget andet om den samme person.",
        "PEOPLE.csv:4 fra “2026-05-01”: Personen er allerede ansat i denne enhed i en del af perioden.",
        f"PEOPLE.csv:5 enhed_uuid “{BENT}”: Ingen enhed har dette UUID. Importér enhederne først.",
        "PEOPLE.csv:5 leder “måske”: Skriv ja eller nej.",
        "PEOPLE.csv:6 stilling: Her mangler en værdi.",
        "PEOPLE.csv:7 email “bent”: Indtast en gyldig e-mail-adresse.",
    ]
    assert not Person.objects.filter(pk__in=[ADA, BENT]).exists()
    assert not Employment.objects.filter(unit__in=[TEAM, NIGHT]).exists()


def test_a_wrong_cpr_number_is_told_without_repeating_it(run):
    run("organisation_import", ORGANISATION)
    (complaint,) = run("people_import", written(PEOPLE, person(cpr="999999-1234")))[1]
    assert complaint.startswith("PEOPLE.csv:2 cpr: ")
    assert "1234" not in complaint


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "ORGANISATION.csv: Filen er tom."),
        (b"\x00\x01\x02", "ORGANISATION.csv: Det er ikke en tekstfil. Gem den som CSV UTF-8, og prøv igen."),
        ("uuid;navn;overordnet_uuid\n1;Ældre;\n".encode("cp1252"),
         "ORGANISATION.csv:2: Filen er ikke UTF-8. Gem den som CSV UTF-8, og prøv igen."),
        (b'uuid;navn;overordnet_uuid\n1;"A;\n',
         "ORGANISATION.csv:2: Et anførselstegn er ikke afsluttet, eller det står midt i et felt."),
        (b"uuid;navn;overordnet_uuid\n\n1;2\n", "ORGANISATION.csv:3: Linjen har 2 felter, men overskriften har 3."),
        (b"uuid;navn\n", "ORGANISATION.csv:1 overordnet_uuid: Filen mangler denne kolonne."),
        (b"uuid;navn;overordnet_uuid;uuid\n", "ORGANISATION.csv:1 uuid: Kolonnen er der to gange."),
        (b"uuid;navn;overordnet_uuid;farve\n", UNKNOWN_COLUMN),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_refused_as_a_whole(run, content, complaint):
    assert run("organisation_import", content) == ("", [complaint])


def test_a_file_larger_than_the_limit_is_refused(run, monkeypatch):
    monkeypatch.setattr(table, "MOST_BYTES", 10)
    assert "større end" in run("organisation_import", ORGANISATION)[1][0]


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(CommandError, match=r"findes-ikke\.csv kan ikke åbnes"):
        call_command("people_import", tmp_path / "findes-ikke.csv")
