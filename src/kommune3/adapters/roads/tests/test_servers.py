# SPDX-License-Identifier: MPL-2.0
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import translation

from kommune3.adapters.beeline.travel import great_circle_km
from kommune3.adapters.roads import servers
from kommune3.adapters.roads.tests.route_servers import RouteServer, running
from kommune3.kernel.places import travel
from kommune3.kernel.places.geometry import Point
from kommune3.kernel.places.travel import Mode, NoAnswer

GRENAA, AUNING, SKAGEN = Point(56.415, 10.876), Point(56.432, 10.378), Point(57.72, 10.58)


@pytest.fixture(params=["osrm", "valhalla"])
def server(request: pytest.FixtureRequest, settings: Any) -> Iterator[RouteServer]:
    servers.forget()
    with running() as found, translation.override("en"):
        settings.TRAVEL_PROVIDER = f"kommune3.adapters.roads.{request.param}"
        settings.TRAVEL_SERVER = f"http://127.0.0.1:{found.port}/"
        settings.OUTGOING_INTERNAL_HOSTS = [f"127.0.0.1:{found.port}"]
        yield found
    servers.forget()


def test_a_table_is_what_the_server_says_and_nobody_takes_anothers_way(server, now) -> None:
    table = travel.table(points=[GRENAA, SKAGEN, AUNING], mode=Mode.BICYCLE, now=now)
    km = great_circle_km(GRENAA, AUNING)
    assert table.metres[0][2] == pytest.approx(km * 1000, abs=2) and table.seconds[2][0] == pytest.approx(
        km * 60, abs=1
    )
    assert table.seconds[0][1] is None and table.metres[1][2] is None and table.seconds[1][1] == 0
    assert not table.is_estimate and table.attribution == "© OpenStreetMap contributors"


def test_a_large_table_comes_in_squares_the_server_bears_and_no_pair_twice(server, now) -> None:
    points = [Point(56 + number / 1000, 10.5) for number in range(120)]
    first = travel.table(points=points, mode=Mode.CAR, now=now)
    assert first.metres[0][119] == pytest.approx(great_circle_km(points[0], points[119]) * 1000, abs=2)
    assert sum(server.pairs) == 120 * 120
    assert travel.table(points=list(reversed(points)), mode=Mode.CAR, now=now).metres[119][0] == first.metres[0][119]
    assert sum(server.pairs) == 120 * 120
    travel.table(points=[*points, GRENAA], mode=Mode.CAR, now=now)
    assert sum(server.pairs) == 120 * 120 + 241


def test_a_leg_and_a_line_are_asked_too(server, now) -> None:
    leg = travel.minutes_and_km(origin=GRENAA, destination=AUNING, mode=Mode.CAR, now=now)
    assert leg.minutes == pytest.approx(leg.km, abs=0.05) and not leg.is_estimate
    assert travel.minutes_and_km(origin=GRENAA, destination=SKAGEN, mode=Mode.CAR, now=now).minutes is None
    way = travel.route(origin=Point(56.0, 10.5), destination=Point(56.1, 10.7), mode=Mode.WALK, now=now)
    assert [(round(each.latitude, 5), round(each.longitude, 5)) for each in way.line] == [(56.0, 10.5), (56.1, 10.7)]
    assert way.attribution == "© OpenStreetMap contributors"
    assert travel.route(origin=GRENAA, destination=SKAGEN, mode=Mode.CAR, now=now).line == ()


@pytest.mark.parametrize(
    ("refusal", "reason"),
    [
        (
            {"code": "InvalidOptions", "message": "Coordinates are invalid", "error": "Coordinates are invalid"},
            "invalid",
        ),
        (b"<html>", "does not answer"),
        ([], "400"),
    ],
)
def test_a_server_that_refuses_says_why(server, now, refusal, reason) -> None:
    server.refusal = refusal
    for ask in (
        lambda: travel.table(points=[GRENAA, AUNING], mode=Mode.CAR, now=now),
        lambda: travel.route(origin=GRENAA, destination=AUNING, mode=Mode.CAR, now=now),
    ):
        with pytest.raises(NoAnswer, match=reason):
            ask()


def test_a_server_that_is_not_set_or_not_let_out_to_is_no_answer(server, now, settings) -> None:
    settings.OUTGOING_INTERNAL_HOSTS = []
    with pytest.raises(NoAnswer, match="KOMMUNE3_OUTGOING"):
        travel.table(points=[GRENAA, AUNING], mode=Mode.CAR, now=now)
    settings.TRAVEL_SERVER = ""
    with pytest.raises(NoAnswer, match="KOMMUNE3_TRAVEL_SERVER"):
        travel.table(points=[GRENAA, AUNING], mode=Mode.CAR, now=now)
