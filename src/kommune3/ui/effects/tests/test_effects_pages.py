# SPDX-License-Identifier: MPL-2.0
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from kommune3.kernel import clock, effects
from kommune3.kernel.access import tokens
from kommune3.kernel.access.actor import system
from kommune3.kernel.people.assurance import Assurance
from kommune3.kernel.solutions import registry
from kommune3.kernel.solutions.manifest import Indicator, Manifest
from kommune3.ui.effects import figures

PAGE = "/effects/"
API = "/api/v1/effects/"


@pytest.fixture(autouse=True)
def carpool(monkeypatch) -> None:
    indicators = (Indicator("cash", "Billigere biler", "dkk_cash"), Indicator("time", "Sparet tid", "minutes"))
    manifest = Manifest("carpool", "Delebiler", "", "car", indicators=indicators)
    monkeypatch.setattr(registry, "all_manifests", lambda: [manifest])


@pytest.fixture
def recorded(persons, now):
    def record(**changes: Any) -> effects.Effect:
        values: dict[str, Any] = {
            "solution": "carpool", "indicator": "cash", "unit": persons.own_team, "source": "run-1",
            "period_start": date(2026, 1, 1), "period_end": date(2027, 1, 1), "quantity": "1234567",
            "kind": effects.Kind.PROVEN, "actor": system("tests"), "now": now,
        } | changes  # fmt: skip
        values["quantity"] = Decimal(values["quantity"])
        return effects.record(**values)

    return record


def test_kinds_stand_side_by_side_and_are_not_added(recorded, persons, browser_of) -> None:
    recorded()
    recorded(kind=effects.Kind.ESTIMATED, note="Som i fjor", quantity="1000")
    page = browser_of(persons.leader).get(PAGE)
    text = page.content.decode()
    assert "1.234.567" in text and "1.000" in text and "1.235.567" not in text
    assert [(figure.label, figure.value) for figure in page.context["figures"]] == [
        ("Kroner i kommunens kasse, bevist", "1.234.567"),
        ("Kroner i kommunens kasse, anslået", "1.000"),
    ]
    assert "Ingen gevinster er målt endnu." in text


def test_an_empty_ledger_says_what_will_come(persons, browser_of) -> None:
    page = browser_of(persons.leader).get(PAGE)
    assert page.status_code == 200
    assert page.context["figures"] == [] and page.context["chart"] is None
    assert "k3-empty" in page.content.decode()


def test_a_leader_sees_no_gain_of_another_unit(recorded, persons, browser_of) -> None:
    own, other = recorded(), recorded(unit=persons.other_unit, indicator="time", quantity="5")
    browser = browser_of(persons.leader)
    assert list(browser.get(PAGE).context["list"].table.data.data) == [own]
    assert browser.get(f"{PAGE}{own.pk}/").status_code == 200
    assert browser.get(f"{PAGE}{other.pk}/").status_code == 404
    assert browser.get(f"{API}{other.pk}/").status_code == 404


@pytest.mark.parametrize("who", ["citizen", "employee"])
def test_who_may_not_see_the_ledger_is_refused(recorded, persons, browser_of, who) -> None:
    browser = browser_of(getattr(persons, who))
    assert browser.get(PAGE).status_code == 403
    assert browser.get(API).status_code == 403


def test_nobody_known_is_sent_to_the_login(db, browser_of) -> None:
    assert browser_of(None).get(PAGE).status_code == 302
    assert browser_of(None).get(API).status_code == 401


@pytest.mark.parametrize(
    ("query", "sources"),
    [
        ("kind=ESTIMATED", ["guess"]),
        ("measure=minutes", ["clock"]),
        ("solution=carpool", ["clock", "guess", "run-1"]),
        ("period_after=2027-01-01", ["clock"]),
        ("period_before=2026-12-31", ["guess", "run-1"]),
    ],
)
def test_the_filter_narrows_rows_and_figures(recorded, persons, browser_of, query, sources) -> None:
    recorded()
    recorded(kind=effects.Kind.ESTIMATED, note="Som i fjor", source="guess")
    recorded(
        indicator="time", source="clock", unit=persons.other_unit,
        period_start=date(2027, 1, 1), period_end=date(2028, 1, 1),
    )  # fmt: skip
    page = browser_of(persons.administrator).get(f"{PAGE}?{query}")
    assert sorted(row.source for row in page.context["list"].table.data.data) == sources
    rows_in_figures = sum(int(figure.note.split()[0]) for figure in page.context["figures"])
    assert rows_in_figures == len(sources)


def test_the_unit_filter_includes_the_units_below(recorded, persons, browser_of) -> None:
    recorded()
    recorded(unit=persons.other_unit, source="other")
    page = browser_of(persons.administrator).get(f"{PAGE}?unit={persons.own_unit.pk}")
    assert [row.source for row in page.context["list"].table.data.data] == ["run-1"]


def test_a_gain_that_lies_partly_in_the_period_is_counted_only_when_asked(recorded, persons, browser_of) -> None:
    recorded(quantity="365")
    query = "period_after=2026-01-01&period_before=2026-01-31"
    page = browser_of(persons.administrator).get(f"{PAGE}?{query}")
    assert page.context["left_out"] and page.context["figures"] == []
    spread = browser_of(persons.administrator).get(page.context["spread_url"])
    assert not spread.context["left_out"]
    assert [figure.value for figure in spread.context["figures"]] == ["31"]


def test_the_chart_has_a_bar_for_each_month_with_its_figures(recorded, persons, browser_of) -> None:
    recorded(quantity="365")
    chart = browser_of(persons.administrator).get(PAGE).context["chart"]
    assert len(chart.categories) == 12
    assert [point.y for point in chart.series[0].points][:2] == [31, 28]
    assert len(chart.table().rows) == 12


def test_a_long_history_shows_the_latest_two_years(recorded) -> None:
    recorded(period_start=date(2020, 1, 1))
    sums = effects.totals(actor=system("tests"), by=("month",), pro_rata=True).sums
    chart = figures.by_month(sums, measure="dkk_cash")
    assert chart is not None and len(chart.categories) == figures.MONTHS_SHOWN


def test_a_row_shows_its_evidence_and_what_it_replaced(recorded, persons, browser_of) -> None:
    first = recorded(quantity="100", evidence=[{"label": "Plan 7", "url": "/fleet/plans/7/"}], baseline="Flåden i 2025")
    second = recorded(quantity="90", evidence=[{"label": "Plan 8", "url": "/fleet/plans/8/"}])
    browser = browser_of(persons.leader)
    new = browser.get(f"{PAGE}{second.pk}/").content.decode()
    assert "kilde: Plan 8" in new and "kilde: run-1" not in new
    assert 'href="/fleet/plans/8/"' in new and "90 " in new and "100 " in new
    old = browser.get(f"{PAGE}{first.pk}/").content.decode()
    assert f"{PAGE}{second.pk}/" in old and "Flåden i 2025" in old


def test_the_export_has_numbers_and_titles(recorded, persons, browser_of) -> None:
    recorded(quantity="1234.5", evidence=[{"label": "Plan 7", "url": "/fleet/plans/7/"}])
    response = browser_of(persons.administrator).get(f"{PAGE}?export=csv")
    lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert (
        "Billigere biler;1234,5;Kroner i kommunens kasse;" in lines[1]
        and "31-12-2026" in lines[1]
        and "Plan 7 (/fleet/plans/7/)" in lines[1]
    )


def test_the_page_takes_a_bounded_number_of_queries(
    recorded, persons, browser_of, django_assert_max_num_queries
) -> None:
    for month in range(1, 12):
        recorded(period_start=date(2026, month, 1), period_end=date(2026, month + 1, 1))
    browser = browser_of(persons.administrator)
    browser.get(PAGE)
    with django_assert_max_num_queries(12):
        browser.get(PAGE)


def test_the_api_gives_rows_sums_and_history(recorded, persons, actor_for) -> None:
    recorded(quantity="100.25")
    row = recorded(quantity="90")
    key = tokens.make_token(
        assurance=Assurance.TWO_STEP, actor=actor_for(persons.leader), name="tests", valid_days=30, now=clock.now()
    )
    bearer = Client(headers={"Authorization": f"Bearer {key}"})
    found = bearer.get(API).json()
    assert found["count"] == 1 and found["items"][0]["quantity"] == "90.0000"
    assert bearer.get(f"{API}?superseded=true").json()["count"] == 2
    assert len(bearer.get(f"{API}{row.pk}/").json()["history"]) == 2
    sums = bearer.get(f"{API}totals/?by=indicator&by=month&pro_rata=true&start=2026-01-01&end=2026-02-01").json()
    (total,) = sums["sums"]
    assert (total["indicator"], total["bucket"], total["kind"], total["is_split"]) == (
        "cash",
        "2026-01-01",
        "PROVEN",
        True,
    )
    assert bearer.get(f"{API}indicators/").json()[1] == {
        "solution": "carpool", "key": "time", "title": "Sparet tid", "measure": "minutes",
    }  # fmt: skip


@pytest.mark.parametrize("query", ["limit=0", "limit=100000", "kind=GUESSED", "start=yesterday", "unit_id=1"])
def test_the_api_refuses_what_it_cannot_read(persons, browser_of, query) -> None:
    assert browser_of(persons.administrator).get(f"{API}?{query}").status_code == 422


def test_the_api_does_not_tell_of_units_out_of_reach(persons, browser_of) -> None:
    assert browser_of(persons.leader).get(f"{API}?unit_id={persons.other_unit.pk}").status_code == 404


def test_every_page_and_operation_has_an_address(db) -> None:
    assert reverse("effects:list") == PAGE
    assert reverse("api-kernel:effects") == API
