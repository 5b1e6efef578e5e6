# SPDX-License-Identifier: MPL-2.0
"""Single visits as files: looked through line by line, imported once, and never over what has been announced."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from persons import Persons

from kommune3.kernel import clock
from kommune3.kernel.audit.models import Entry
from kommune3.kernel.people import register
from kommune3.solutions.care.models import Need, Plan, PlanOrigin, PlanState, Stop, Visit
from kommune3.solutions.care.tests.day import Day, at, make_day

HEADING = "borger_id;cpr;borger;ydelse;dato;tidligst;senest;minutter;medarbejdere;sted;prioritet;opgaver"


@pytest.fixture(autouse=True)
def stopped(now: Any, tmp_path: Any, settings: Any) -> Any:
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "kommune3.kernel.files.storage.FolderStorage",
            "OPTIONS": {"location": tmp_path / "files"},
        }
    }
    with clock.stopped(now):
        yield


@pytest.fixture
def day(persons: Persons) -> Day:
    return make_day(persons)


@pytest.fixture
def dispatcher(day: Day, browser_of: Any) -> Client:
    client: Client = browser_of(day.account)
    return client


def upload(client: Client, *lines: str, heading: str = HEADING) -> str:
    content = "\n".join((heading, *lines)).encode()
    answer = client.post("/care/data/visits/import/", {"file": SimpleUploadedFile("fil.csv", content)})
    assert answer.status_code == 302, answer.context["form"].errors
    return str(answer.headers["Location"])


def problems(client: Client, page: str) -> set[tuple[int, str, str]]:
    found = client.get(page).context["tried"].problems
    return {(problem.line, problem.field, problem.value) for problem in found}


def test_visits_are_imported_once_by_number_and_by_cpr(dispatcher: Client, day: Day) -> None:
    juhl, krogh = day.citizens["Juhl"], day.citizens["Krogh"]
    register.set_cpr(krogh.person, "010130-1234")
    krogh.person.save()
    plan = Plan.objects.create(
        team=day.team, date=day.date, origin=PlanOrigin.SEARCHED, state=PlanState.DRAFT, created_at=clock.now()
    )
    before = Visit.objects.count()
    lines = (
        f"{juhl.pk};;{juhl};PLEJE;03-03-2026;10:00;11:30;20;1;I hjemmet;almindelig;Bad",
        ";010130-1234;;MED;2026-03-05;22:30;0:30;;;;;",
    )
    for _time in range(2):
        page = upload(dispatcher, *lines)
        assert problems(dispatcher, page) == set()
        dispatcher.post(f"{page}commit/")
    assert Visit.objects.count() == before + 2
    bath = Visit.objects.get(tasks="Bad")
    assert (bath.earliest_at, bath.latest_at, bath.minutes, bath.is_acute) == (at("10:00"), at("11:30"), 20, False)
    assert plan.stops.filter(visit=bath, shift=None).exists(), "it waits for a place in the day's draft"
    night = Visit.objects.get(citizen=krogh, date="2026-03-05")
    assert night.latest_at - night.earliest_at == timedelta(hours=2)
    assert night.minutes == night.service.minutes, "the service's own minutes where the file has none"
    assert Entry.objects.filter(action="care.visit.added").count() == 2


@pytest.mark.parametrize(
    ("column", "wrong"),
    [("borger_id", "999999"), ("ydelse", "X"), ("dato", "31-02-2026"), ("dato", "01-01-2026"), ("senest", "06:00"),
     ("tidligst", "25:00"), ("minutter", "0"), ("medarbejdere", "3"), ("sted", "månen"), ("borger", "Helt Anden"),
     ("opgaver", "Ring 010130-1234")],
)  # fmt: skip
def test_a_value_that_cannot_be_is_refused_in_its_column_and_nothing_is_kept(
    dispatcher: Client, day: Day, column: str, wrong: str
) -> None:
    before = Visit.objects.count()
    line = f"{day.citizens['Juhl'].pk};;;PLEJE;03-03-2026;10:00;11:30;20;1;;;"
    values = dict(zip(HEADING.split(";"), line.split(";"), strict=True)) | {column: wrong}
    page = upload(dispatcher, ";".join(values.values()), line)
    assert {(number, name) for number, name, _value in problems(dispatcher, page)} == {(2, column)}
    dispatcher.post(f"{page}commit/")
    assert Visit.objects.count() == before, "nothing half-done"
    dispatcher.post(f"{page}commit/", {"keep_good": "1"})
    assert Visit.objects.count() == before + 1


def test_a_citizen_of_another_team_is_not_there(dispatcher: Client, day: Day, persons: Persons) -> None:
    other = make_day(persons, unit=persons.other_unit, name="Teknik").citizens["Juhl"]
    page = upload(dispatcher, f"{other.pk};;;PLEJE;03-03-2026;10:00;11:30;20;1;;;")
    assert problems(dispatcher, page) == {(2, "borger_id", str(other.pk))}


def test_what_is_taken_out_can_be_imported_again_and_changes_nothing(dispatcher: Client, day: Day) -> None:
    before = list(Visit.objects.order_by("pk").values())
    for form in ("csv", "xlsx"):
        content = dispatcher.get(f"/care/data/visits/export.{form}").content
        answer = dispatcher.post("/care/data/visits/import/", {"file": SimpleUploadedFile(f"fil.{form}", content)})
        page = str(answer.headers["Location"])
        tried = dispatcher.get(page).context["tried"]
        assert (tried.good, tried.new, tried.problems) == (8, 0, [])
        dispatcher.post(f"{page}commit/")
    assert list(Visit.objects.order_by("pk").values()) == before
    assert Entry.objects.filter(action="care.visits.exported").exists()


def test_a_visit_is_changed_where_no_plan_holds_it(dispatcher: Client, day: Day) -> None:
    visit, granted = day.visits["bath"], day.visits["wound"]
    need = Need.objects.create(
        citizen=granted.citizen, service=granted.service, minutes=20, valid_from=day.date, weekdays=[1],
        part_of_day="FORENOON", earliest="09:30", latest="10:30",
    )  # fmt: skip
    Visit.objects.filter(pk=granted.pk).update(need=need)

    def changed(of: Visit) -> str:
        line = f"{of.pk};{of.citizen_id};PLEJE;03-03-2026;09:00;11:00;50"
        return upload(dispatcher, line, heading="besøg_id;borger_id;ydelse;dato;tidligst;senest;minutter")

    assert problems(dispatcher, changed(granted)) == {(2, "besøg_id", str(granted.pk))}
    dispatcher.post(f"{changed(visit)}commit/")
    visit.refresh_from_db()
    assert visit.minutes == 50
    plan = Plan.objects.create(
        team=day.team, date=day.date, origin=PlanOrigin.SEARCHED, state=PlanState.PUBLISHED, created_at=clock.now()
    )
    Stop.objects.create(plan=plan, visit=visit)
    Visit.objects.filter(pk=visit.pk).update(minutes=45)
    assert problems(dispatcher, changed(visit)) == {(2, "besøg_id", str(visit.pk))}
