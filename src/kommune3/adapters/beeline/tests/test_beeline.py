# SPDX-License-Identifier: MPL-2.0
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from kommune3.adapters.beeline import operations
from kommune3.adapters.beeline.models import Assumption
from kommune3.adapters.beeline.travel import great_circle_km
from kommune3.kernel.access.actor import system
from kommune3.kernel.audit.models import Entry
from kommune3.kernel.places import travel
from kommune3.kernel.places.geometry import Point
from kommune3.kernel.places.travel import Mode

GRENAA, AARHUS = Point(56.415, 10.876), Point(56.156, 10.203)
points = st.builds(Point, st.floats(-90, 90), st.floats(-180, 180))


def ask(mode: Mode = Mode.CAR, at: datetime = datetime(2026, 3, 2, tzinfo=UTC)) -> travel.Leg:
    return travel.minutes_and_km(origin=GRENAA, destination=AARHUS, mode=mode, now=at)


@pytest.mark.parametrize(
    ("one", "other", "km"),
    [
        (Point(0, 0), Point(0, 180), 20015.1),  # half the equator
        (Point(0, 0), Point(90, 0), 10007.6),  # a quarter of a meridian
        (Point(56, 10), Point(57, 10), 111.195),  # a degree of latitude
        (Point(56, 10), Point(56, 11), 62.179),  # a degree of longitude: cos 56° of it, a little less along the circle
    ],
)
def test_known_distances(one, other, km) -> None:
    assert great_circle_km(one, other) == pytest.approx(km, rel=1e-4)


@given(points, points)
def test_it_is_as_far_there_as_back_and_never_further_than_half_round(one, other) -> None:
    there, back = great_circle_km(one, other), great_circle_km(other, one)
    assert there == pytest.approx(back, abs=1e-6) and 0 <= there <= 20015.2
    assert great_circle_km(one, one) == 0


@pytest.mark.django_db
def test_the_published_figures_give_an_estimate_that_names_its_sources() -> None:
    leg = ask()
    straight = great_circle_km(GRENAA, AARHUS)
    assert leg.is_estimate
    assert leg.km == pytest.approx(straight * 1.47)
    assert leg.minutes == pytest.approx(leg.km / 38.5 * 60)
    assert "Mikrozensus" in leg.source


@pytest.mark.django_db
@pytest.mark.parametrize("mode", [Mode.BICYCLE, Mode.WALK])
def test_a_figure_nobody_has_established_gives_the_straight_line_and_no_minutes(mode) -> None:
    Assumption.objects.filter(mode=mode).update(detour_factor=None, detour_source="")
    leg = ask(mode)
    assert leg.km == pytest.approx(great_circle_km(GRENAA, AARHUS))
    assert leg.minutes is None and leg.is_estimate
    table = travel.table(points=[GRENAA, AARHUS], mode=mode, now=datetime(2026, 3, 2, tzinfo=UTC))
    assert table.seconds[0][1] is None and table.metres[0][1] == pytest.approx(leg.km * 1000, abs=1)


@pytest.mark.django_db
def test_a_table_and_a_line_are_rounded_up_and_say_the_same_as_the_leg(now) -> None:
    found = travel.table(points=[GRENAA, AARHUS], mode=Mode.CAR, now=now)
    leg = ask(at=now)
    assert found.is_estimate and found.source == leg.source and found.attribution == ""
    assert found.metres[0][0] == found.seconds[1][1] == 0
    assert leg.minutes is not None and 0 <= found.seconds[0][1] - leg.minutes * 60 <= 1.1  # type: ignore[operator]
    assert 0 <= found.metres[1][0] - leg.km * 1000 < 1  # type: ignore[operator]
    drawn = travel.route(origin=GRENAA, destination=AARHUS, mode=Mode.CAR, now=now)
    assert (drawn.seconds, drawn.metres, drawn.line) == (found.seconds[0][1], found.metres[0][1], (GRENAA, AARHUS))
    walked = travel.table(points=[GRENAA, AARHUS], mode=Mode.WALK, now=now)
    assert walked.seconds[0][1] > found.seconds[0][1] and "Samsø" in walked.source  # type: ignore[operator]


@pytest.mark.django_db
def test_figures_hold_from_their_day_on(now) -> None:
    operations.assume(
        mode="CAR", valid_from=date(2026, 3, 1), detour_factor=Decimal("1.3"), detour_source="Egen måling",
        speed_km_h=None, speed_source="", actor=system("tests"), now=now,
    )  # fmt: skip
    straight = great_circle_km(GRENAA, AARHUS)
    assert ask(at=datetime(2026, 2, 28, 22, 59, tzinfo=UTC)).km == pytest.approx(straight * 1.47)
    later = ask(at=datetime(2026, 2, 28, 23, 1, tzinfo=UTC))
    assert later.km == pytest.approx(straight * 1.3) and later.minutes is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"detour_factor": Decimal("0.9")}, "detour_factor"),
        ({"speed_km_h": Decimal(0)}, "speed_km_h"),
        ({"detour_source": " "}, "detour_source"),
        ({"speed_source": ""}, "speed_source"),
    ],
)
def test_a_figure_that_cannot_be_or_has_no_source_is_refused(changes, field, now) -> None:
    figures = {
        "mode": "CAR", "valid_from": date(2026, 3, 1), "detour_factor": Decimal("1.3"), "detour_source": "a",
        "speed_km_h": Decimal(40), "speed_source": "b", "actor": system("tests"), "now": now,
    }  # fmt: skip
    with pytest.raises(operations.InvalidAssumption) as refusal:
        operations.assume(**(figures | changes))
    assert refusal.value.field == field


@pytest.mark.django_db
def test_the_database_refuses_a_figure_without_a_source() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Assumption.objects.create(mode="CAR", valid_from=date(2026, 3, 1), speed_km_h=40)


def test_only_who_may_changes_the_figures_and_it_is_noted(persons, actor_for, now) -> None:
    figures = {
        "mode": "WALK", "valid_from": date(2026, 3, 1), "detour_factor": Decimal("1.2"), "detour_source": "a",
        "speed_km_h": Decimal(5), "speed_source": "b", "now": now,
    }  # fmt: skip
    with pytest.raises(PermissionDenied):
        operations.assume(**figures, actor=actor_for(persons.leader))
    operations.assume(**figures, actor=actor_for(persons.administrator))
    assert Entry.objects.filter(action="travel.assumptions.changed").count() == 1
    assert ask(Mode.WALK).minutes is not None


def test_the_page_shows_the_figures_and_takes_new_ones(persons, browser_of) -> None:
    page = "/administration/travel/"
    browser = browser_of(persons.administrator)
    assert "Mikrozensus" in browser.get(page).content.decode()
    figures = {"mode": "WALK", "valid_from": "2026-03-01", "detour_factor": "1,25", "detour_source": "Målt"}
    assert browser.post(page, figures).status_code == 302
    assert Assumption.objects.get(mode="WALK", valid_from=date(2026, 3, 1)).detour_factor == Decimal("1.25")
    refused = browser.post(page, figures | {"detour_source": ""})
    assert refused.context["form"].errors.keys() == {"detour_source"}
    assert browser_of(persons.leader).get(page).status_code == 403
