# SPDX-License-Identifier: MPL-2.0
import io

from openpyxl import load_workbook
from persons import Persons

from kommune3.kernel.access.models import Grant
from kommune3.kernel.audit.models import Entry
from kommune3.kernel.rights.models import Round


def open_round(persons: Persons, browser_of) -> Round:
    answer = browser_of(persons.administrator).post(
        "/administration/reviews/start/", {"unit": str(persons.own_unit.pk)}
    )
    assert answer.status_code == 302
    return Round.objects.get()


def test_a_leader_decides_saves_and_signs_on_one_page(persons: Persons, browser_of):
    made = open_round(persons, browser_of)
    address = f"/administration/reviews/{made.pk}/"
    leader, administrator = browser_of(persons.leader), browser_of(persons.administrator)
    page = leader.get(address).content.decode()
    assert "Eva Prøve" in page
    assert "En anden skal tage stilling" in page, "the leader's own right"
    line = made.lines.get(account=persons.employee)
    assert leader.post(address, {f"decision-{line.pk}": "CHANGE"}).status_code == 200, "a note is needed"
    answer = leader.post(address, {f"decision-{line.pk}": "END", f"note-{line.pk}": "Har skiftet job"})
    assert answer.status_code == 302
    assert leader.post(f"{address}sign/").status_code == 302
    assert Round.objects.get().signed_at is None, "the leader's own right has no decision"
    administrator.post(f"{address}keep/")
    leader.post(f"{address}sign/")
    signed = Round.objects.get()
    assert signed.digest in leader.get(address).content.decode()
    assert Grant.objects.get(account=persons.employee).valid_to is not None
    assert "Har skiftet job" in leader.get(address).content.decode()


def test_a_signed_round_is_taken_out_as_csv_and_xlsx_on_record(persons: Persons, browser_of):
    made = open_round(persons, browser_of)
    leader = browser_of(persons.leader)
    browser_of(persons.administrator).post(f"/administration/reviews/{made.pk}/keep/")
    leader.post(f"/administration/reviews/{made.pk}/sign/")
    address = f"/administration/reviews/{made.pk}/lines/"
    text = b"".join(leader.get(address, {"export": "csv"}).streaming_content).decode("utf-8-sig")
    assert "Eva Prøve;employee;Medarbejder;Hjemmeplejen" in text
    assert "Behold" in text
    book = load_workbook(io.BytesIO(b"".join(leader.get(address, {"export": "xlsx"}).streaming_content)))
    assert "Eva Prøve" in {row[0].value for row in book.active.iter_rows(min_row=2)}
    assert Entry.objects.filter(action="access.review.exported", object_id=str(made.pk)).count() == 2


def test_the_round_of_another_unit_does_not_exist(persons: Persons, browser_of):
    made = open_round(persons, browser_of)
    other = browser_of(persons.other_leader)
    for address in ("", "lines/"):
        assert other.get(f"/administration/reviews/{made.pk}/{address}").status_code == 404
    for address in ("", "keep/", "sign/"):
        assert other.post(f"/administration/reviews/{made.pk}/{address}").status_code == 404
    assert "Sundhed" not in other.get("/administration/reviews/").content.decode()


def test_somebody_elses_line_is_not_decided_through_ones_own_round(persons: Persons, browser_of):
    made = open_round(persons, browser_of)
    browser_of(persons.administrator).post("/administration/reviews/start/", {"unit": str(persons.other_unit.pk)})
    line = Round.objects.get(unit=persons.other_unit).lines.get(account=persons.other_employee)
    answer = browser_of(persons.leader).post(f"/administration/reviews/{made.pk}/", {f"decision-{line.pk}": "END"})
    assert answer.status_code == 404
    line.refresh_from_db()
    assert line.decision == ""
