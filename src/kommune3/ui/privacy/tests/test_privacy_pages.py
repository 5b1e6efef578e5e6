# SPDX-License-Identifier: MPL-2.0
"""The pages of privacy: one's own data, the record of processing, and erasing with four eyes."""

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook
from persons import NOW, Persons, grant, make_account

from kommune3.kernel import clock
from kommune3.kernel.access import standard
from kommune3.kernel.audit.models import Entry
from kommune3.kernel.inventory import records
from kommune3.kernel.jobs import leases
from kommune3.kernel.jobs.models import Job, State
from kommune3.kernel.jobs.running import run
from kommune3.kernel.notify.models import Notification
from kommune3.kernel.people.models import Account, Person
from kommune3.kernel.privacy import ledger
from kommune3.kernel.privacy.models import Erasure, ErasureState, Hold, LedgerEntry, PersonExport

BrowserOf = Callable[[Account | None], Client]
REASON = "Sag 26/1234"


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Any, settings: Any) -> None:
    settings.DATA_DIR = tmp_path
    settings.ERASURES_FILE = ""
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "kommune3.kernel.files.storage.FolderStorage",
            "OPTIONS": {"location": tmp_path / "files"},
        }
    }


@pytest.fixture
def officer(persons: Persons) -> Account:
    """The data protection officer."""
    account = make_account("dpo", given_name="Dina")
    grant(account, standard.DATA_PROTECTION)
    return account


def work() -> None:
    """Do the jobs that wait."""
    for job in Job.objects.filter(state=State.QUEUED):
        claimed = leases.claim_one(job.pk, worker="test", now=clock.now())
        assert claimed
        run(claimed)
        job.refresh_from_db()
        assert job.state == State.SUCCEEDED, job.error


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content)


# --- One's own data --------------------------------------------------------------------------------------------------


def test_a_citizen_sees_what_is_kept_and_gets_it_in_a_file(persons: Persons, browser_of: BrowserOf) -> None:
    Notification.objects.create(person=persons.citizen.person, key="x", title="Hilsen fra os", sent_at=NOW)
    browser = browser_of(persons.citizen)
    shown = browser.get("/privacy/mine/").content.decode()
    assert "Beskeder til en person" in shown and "Hjemmel" in shown
    browser.post("/privacy/mine/")
    browser.post("/privacy/mine/")
    assert PersonExport.objects.count() == 1, "one at a time"
    work()
    export = PersonExport.objects.get()
    assert f"/privacy/exports/{export.pk}/" in browser.get("/privacy/mine/").content.decode()
    response = browser.get(f"/privacy/exports/{export.pk}/")
    assert "attachment" in response["Content-Disposition"]
    data = json.loads(zipfile.ZipFile(io.BytesIO(body(response))).read("data.json"))
    assert "Hilsen fra os" in json.dumps(data, ensure_ascii=False)
    actions = list(Entry.objects.filter(citizen_id=persons.citizen.person_id).values_list("action", flat=True))
    assert actions == ["privacy.export.asked", "privacy.export.made", "privacy.export.fetched"]


def test_nobody_else_fetches_somebody_s_export_not_even_an_administrator(
    persons: Persons, browser_of: BrowserOf
) -> None:
    browser_of(persons.citizen).post("/privacy/mine/")
    work()
    export = PersonExport.objects.get()
    for account in (persons.administrator, persons.employee, persons.leader):
        assert browser_of(account).get(f"/privacy/exports/{export.pk}/").status_code == 404
        assert browser_of(account).get(f"/files/{export.file_id}/").status_code == 404
    assert browser_of(persons.citizen).get(f"/files/{export.file_id}/").status_code == 200


def test_an_export_is_gone_after_its_days(persons: Persons, browser_of: BrowserOf) -> None:
    from kommune3.kernel.access.actor import system
    from kommune3.kernel.files import sweeping

    browser = browser_of(persons.citizen)
    browser.post("/privacy/mine/")
    work()
    export = PersonExport.objects.get()
    assert export.expires_date is not None
    later = clock.now() + (export.expires_date - clock.municipal_date(clock.now()))
    sweeping.sweep(actor=system("test"), now=later)
    assert browser.get(f"/privacy/exports/{export.pk}/").status_code == 404
    assert f"/privacy/exports/{export.pk}/" not in browser.get("/privacy/mine/").content.decode()


def test_staff_have_a_person_s_data_put_together_with_a_purpose(
    persons: Persons, browser_of: BrowserOf, officer: Account
) -> None:
    browser, address = browser_of(officer), f"/privacy/people/{persons.citizen.person_id}/"
    assert "mindst 5" in browser.post(address, {"purpose": "x"}).content.decode()
    browser.post(address, {"purpose": "Anmodning om indsigt, sag 7"})
    work()
    export = PersonExport.objects.get()
    assert browser.get(f"/privacy/exports/{export.pk}/").status_code == 200
    assert browser_of(persons.citizen).get(f"/privacy/exports/{export.pk}/").status_code == 200
    made = Entry.objects.get(action="privacy.export.asked")
    assert (made.citizen_id, made.purpose) == (persons.citizen.person_id, "Anmodning om indsigt, sag 7")
    assert browser_of(persons.leader).get(address).status_code == 403


# --- The record of processing ----------------------------------------------------------------------------------------


def test_the_record_of_processing_is_shown_and_taken_along(
    persons: Persons, browser_of: BrowserOf, officer: Account
) -> None:
    browser = browser_of(officer)
    shown = browser.get("/privacy/record/").content.decode()
    assert all(line.model in shown for line in records())
    as_json = json.loads(browser.get("/privacy/record/?export=json").content)
    as_csv = browser.get("/privacy/record/?export=csv").content.decode("utf-8-sig").splitlines()
    sheet = load_workbook(io.BytesIO(browser.get("/privacy/record/?export=xlsx").content)).active
    assert sheet is not None
    assert len(as_json) == len(records()) == len(as_csv) - 1 == sheet.max_row - 1
    assert Entry.objects.filter(action="privacy.record.exported").count() == 3
    assert browser_of(persons.employee).get("/privacy/record/").status_code == 403


def test_a_period_is_decided_on_its_page_and_shown_with_its_source(
    persons: Persons, browser_of: BrowserOf, officer: Account
) -> None:
    browser = browser_of(officer)
    shown = browser.get("/privacy/retention/").content.decode()
    assert "Beskeder" in shown and "/privacy/retention/notify.notifications/" in shown
    assert "/privacy/retention/fleet.trips/" not in shown and "/fleet/limits/" in shown
    address = "/privacy/retention/notify.notifications/"
    today = clock.municipal_date(clock.now())
    browser.post(address, {"days": "90", "valid_from": str(today), "source": "Byrådet 12. marts"})
    assert "Byrådet 12. marts" in browser.get("/privacy/retention/").content.decode()
    assert "Byrådet 12. marts" in browser.get(address).content.decode()
    assert browser.get("/privacy/retention/fleet.trips/").status_code == 404, "it is set among the fleet's limits"


# --- Erasing ---------------------------------------------------------------------------------------------------------


def proposed(browser: Client, person: Person) -> Erasure:
    browser.post(f"/privacy/people/{person.pk}/erase/", {"ground": "NOT_NEEDED", "reason": REASON})
    erasure = Erasure.objects.get(person_id=person.pk)
    work()
    erasure.refresh_from_db()
    return erasure


def test_a_person_is_erased_when_another_approves_what_was_previewed(
    persons: Persons, browser_of: BrowserOf, officer: Account, django_capture_on_commit_callbacks: Any
) -> None:
    citizen = persons.citizen.person
    assert citizen is not None
    Notification.objects.create(person=citizen, key="x", title="x", sent_at=NOW)
    erasure = proposed(browser_of(persons.administrator), citizen)
    address = f"/privacy/erasures/{erasure.pk}/"
    shown = browser_of(officer).get(address).content.decode()
    assert "Slettes" in shown and "Bevares" in shown and "Beskeder til en person" in shown
    browser_of(persons.administrator).post(f"{address}approve/")
    erasure.refresh_from_db()
    assert erasure.state == ErasureState.PROPOSED, "who proposed does not approve"
    browser_of(officer).post(f"{address}approve/")
    with django_capture_on_commit_callbacks(execute=True):
        work()
    erasure.refresh_from_db()
    assert (erasure.state, erasure.person_id) == (ErasureState.DONE, None)
    assert not Person.objects.filter(pk=citizen.pk).exists()
    entry = LedgerEntry.objects.get()
    assert entry.digest == ledger.digest_of(citizen.pk) and str(citizen.pk) not in json.dumps(entry.counts)
    assert (entry.asked_by, entry.decided_by, entry.ground) == (persons.administrator.pk, officer.pk, "NOT_NEEDED")
    assert entry.counts["notify.Notification"] == {"way": "DELETE", "rows": 1}
    assert [line.digest for line in ledger.read_copy(ledger.path())] == [entry.digest]
    assert "Bo Prøve" not in browser_of(officer).get("/privacy/erasures/").content.decode()
    assert browser_of(officer).get(address).status_code == 200


def test_the_ledger_is_written_once(persons: Persons) -> None:
    from django.db import DatabaseError, transaction

    erasure = Erasure(person_id=persons.citizen.person_id, ground="DUTY")
    entry = ledger.enter(erasure, now=NOW, counts={})
    assert ledger.enter(erasure, now=NOW, counts={"other": 1}).pk == entry.pk
    for change in (lambda: LedgerEntry.objects.update(ground="CONSENT"), lambda: LedgerEntry.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_nothing_is_erased_before_the_preview_is_ready_or_once_it_is_declined(
    persons: Persons, browser_of: BrowserOf, officer: Account
) -> None:
    citizen = persons.citizen.person
    assert citizen is not None
    browser = browser_of(persons.administrator)
    browser.post(f"/privacy/people/{citizen.pk}/erase/", {"ground": "NOT_NEEDED", "reason": REASON})
    erasure = Erasure.objects.get()
    address = f"/privacy/erasures/{erasure.pk}/"
    browser_of(officer).post(f"{address}approve/")
    erasure.refresh_from_db()
    assert erasure.state == ErasureState.PROPOSED
    work()
    browser_of(officer).post(f"{address}decline/")
    browser_of(officer).post(f"{address}approve/")
    work()
    erasure.refresh_from_db()
    assert erasure.state == ErasureState.DECLINED and Person.objects.filter(pk=citizen.pk).exists()


def test_a_person_on_hold_is_neither_proposed_nor_approved_and_the_page_says_why(
    persons: Persons, browser_of: BrowserOf, officer: Account
) -> None:
    citizen = persons.citizen.person
    assert citizen is not None
    browser = browser_of(officer)
    hold = {"kind": "COURT", "reason": "Retssag 12", "review_date": "2099-01-01"}
    erasure = proposed(browser_of(persons.administrator), citizen)
    browser.post(f"/privacy/holds/new/{citizen.pk}/", hold)
    assert "Retssag 12" in browser.get("/privacy/holds/").content.decode()
    told = browser.post(f"/privacy/erasures/{erasure.pk}/approve/", follow=True).content.decode()
    assert "Retssag 12" in told
    browser.post(f"/privacy/erasures/{erasure.pk}/decline/")
    again = browser.post(f"/privacy/people/{citizen.pk}/erase/", {"ground": "DUTY", "reason": REASON}).content.decode()
    assert "Retssag 12" in again
    browser.post(f"/privacy/holds/{Hold.objects.get().pk}/release/")
    browser.post(f"/privacy/people/{citizen.pk}/erase/", {"ground": "DUTY", "reason": REASON})
    assert Erasure.objects.filter(state=ErasureState.PROPOSED).count() == 1


def test_nobody_proposes_themselves(persons: Persons, browser_of: BrowserOf) -> None:
    own = persons.administrator.person_id
    browser_of(persons.administrator).post(f"/privacy/people/{own}/erase/", {"ground": "DUTY", "reason": REASON})
    assert not Erasure.objects.exists()
