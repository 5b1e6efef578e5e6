# SPDX-License-Identifier: MPL-2.0
import pytest

from kommune3.kernel.access.actor import system
from kommune3.kernel.audit import log
from kommune3.kernel.audit.models import Entry

PAGE = "/audit/"


@pytest.fixture
def lines(persons, actor_for, now) -> None:
    log.record(actor=system("tests.night"), action="fleet.trips.imported", now=now, detail={"count": 7})
    log.record(actor=actor_for(persons.leader), action="people.cpr.revealed", now=now, purpose="Opkrævning")


def test_an_administrator_reads_who_did_what_and_why(lines, persons, browser_of) -> None:
    text = browser_of(persons.administrator).get(PAGE).content.decode()
    assert "tests.night" in text and "leader" in text and "Opkrævning" in text
    detail = browser_of(persons.administrator).get(f"{PAGE}1/").content.decode()
    assert "fleet.trips.imported" in detail and "&quot;count&quot;: 7" in detail
    assert browser_of(persons.administrator).get(f"{PAGE}99/").status_code == 404


@pytest.mark.parametrize("who", ["leader", "digitalisation_lead", "employee", "citizen"])
def test_nobody_else_reads_the_log(lines, persons, browser_of, who) -> None:
    browser = browser_of(getattr(persons, who))
    assert [browser.get(PAGE).status_code, browser.get(f"{PAGE}1/").status_code] == [403, 403]
    assert browser.post(f"{PAGE}verify/").status_code == 403


def test_searching_the_log_is_in_the_log(lines, persons, browser_of) -> None:
    page = browser_of(persons.administrator).get(f"{PAGE}?who=leader")
    assert [entry.action for entry in page.context["list"].table.data.data] == ["people.cpr.revealed"]
    newest = Entry.objects.order_by("-number").first()
    assert (newest.action, newest.actor_id) == ("audit.searched", persons.administrator.pk)


def test_an_export_has_the_filtered_lines_and_is_in_the_log(lines, persons, browser_of) -> None:
    response = browser_of(persons.administrator).get(f"{PAGE}?export=csv&action=cpr")
    rows = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
    assert len(rows) == 2 and "people.cpr.revealed" in rows[1]
    assert Entry.objects.filter(action="audit.exported", detail={"format": "csv"}).exists()


def test_a_whole_log_verifies_and_gives_an_anchor_that_verifies_later(lines, persons, browser_of) -> None:
    browser = browser_of(persons.administrator)
    page = browser.post(f"{PAGE}verify/")
    assert page.context["broken"] is None and not page.context["unguarded"]
    anchor = page.context["head"]
    assert str(anchor) in page.content.decode()
    assert browser.post(f"{PAGE}verify/", {"anchor": str(anchor)}).context["broken"] is None
    assert Entry.objects.filter(action="audit.verified", outcome="OK").count() == 2


def test_a_changed_line_is_shown_and_noted(lines, persons, browser_of, append_only_lifted) -> None:
    with append_only_lifted():
        Entry.objects.filter(number=1).update(detail={"count": 8})
    page = browser_of(persons.administrator).post(f"{PAGE}verify/")
    assert page.context["broken"] == log.Broken(1, "changed")
    assert 'class="alert alert-error"' in page.content.decode()
    assert Entry.objects.filter(action="audit.verified", outcome="BROKEN").exists()


def test_a_cut_off_end_is_shown_with_an_anchor(lines, persons, browser_of, append_only_lifted) -> None:
    anchor = log.head()
    with append_only_lifted():
        Entry.objects.filter(number=2).delete()
    page = browser_of(persons.administrator).post(f"{PAGE}verify/", {"anchor": str(anchor)})
    assert page.context["broken"] == log.Broken(2, "missing")


def test_an_anchor_that_is_not_one_is_refused_with_a_reason(lines, persons, browser_of) -> None:
    page = browser_of(persons.administrator).post(f"{PAGE}verify/", {"anchor": "abc"})
    assert page.context["form"].errors and "is_verified" not in page.context


def test_the_list_takes_a_bounded_number_of_queries(lines, persons, browser_of, django_assert_max_num_queries) -> None:
    browser = browser_of(persons.administrator)
    browser.get(PAGE)
    with django_assert_max_num_queries(12):
        browser.get(PAGE)
