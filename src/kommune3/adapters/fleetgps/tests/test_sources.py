# SPDX-License-Identifier: MPL-2.0
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import translation
from fleetplan.tracks import Leg, Place

from kommune3.adapters.fleetgps import Access, Device, Kind, SourceError, open_source
from kommune3.adapters.fleetgps.tests.fleet_systems import (
    ACCOUNT,
    SECRET,
    USER,
    FleetSystem,
    running,
    skyhost_trip,
    traccar_trip,
)


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


SINCE = datetime(2026, 3, 1, tzinfo=UTC)
UNTIL = datetime(2026, 3, 29, tzinfo=UTC)


@pytest.fixture(params=["TRACCAR", "SKYHOST"])
def system(request: pytest.FixtureRequest, settings: Any) -> Iterator[FleetSystem]:
    with running(request.param) as found:
        settings.OUTGOING_INTERNAL_HOSTS = [f"127.0.0.1:{found.port}"]
        if found.kind == "TRACCAR":
            found.devices = [
                {"id": 1, "name": "Bil 1", "uniqueId": "358639", "status": "online",
                 "lastUpdate": "2026-03-02T07:10:00.000+00:00"},
                {"id": 2, "name": "Bil 2", "uniqueId": "358640", "status": "offline", "lastUpdate": None},
            ]  # fmt: skip
        else:
            found.devices = [
                {"id": "1", "externalId": "358639", "description": "Bil 1", "details": {"regNo": "AB12345"}},
                {"id": "2", "externalId": "358640", "description": "Bil 2"},
                {"id": "3", "externalId": "358641", "description": "Bil 3", "details": None},
            ]
        yield found


def trip(system: FleetSystem, start: str, end: str, metres: Any = 4000, **more: Any) -> dict[str, Any]:
    return (traccar_trip if system.kind == "TRACCAR" else skyhost_trip)(start, end, metres, **more)


def access(system: FleetSystem) -> Access:
    if system.kind == "TRACCAR":
        return Access(system.address, USER, SECRET)
    return Access(system.address, ACCOUNT, "token-1")


def devices(system: FleetSystem, **limits: Any) -> tuple[Device, ...]:
    with open_source(Kind(system.kind), access(system), **limits) as source:
        return source.devices()


def legs(system: FleetSystem, since: datetime = SINCE, until: datetime = UNTIL) -> tuple[list[Leg], int]:
    with open_source(Kind(system.kind), access(system)) as source:
        parts = list(source.legs(Device("1", "Bil 1"), since=since, until=until))
    return [leg for part in parts for leg in part.legs], sum(part.unreadable for part in parts)


def test_devices_are_told_with_the_names_they_are_known_by(system: FleetSystem) -> None:
    found = devices(system)
    assert [device.key for device in found] == [str(raw["id"]) for raw in system.devices]
    assert {"358639", "Bil 1"} <= set(found[0].names)


def test_a_registration_in_skyhost_is_one_of_the_names(system: FleetSystem) -> None:
    expected = "AB12345" in str(system.devices)
    assert ("AB12345" in devices(system)[0].names) is expected


def test_legs_have_times_places_and_km_and_no_driver(system: FleetSystem) -> None:
    system.trips["1"] = [trip(system, "2026-03-02T07:00:00.000+0000", "2026-03-02T07:10:00.000+0000", 4321.5)]
    ((leg,), unreadable) = legs(system)
    assert leg == Leg(
        "1", datetime(2026, 3, 2, 7, tzinfo=UTC), datetime(2026, 3, 2, 7, 10, tzinfo=UTC), 4.322,
        Place(56.4158, 10.8783), Place(56.4350, 10.8900),
    )  # fmt: skip
    assert unreadable == 0
    assert "Anna" not in repr(leg)


def test_every_page_and_every_week_is_fetched(system: FleetSystem) -> None:
    system.trips["1"] = [
        trip(system, f"2026-03-{day:02}T07:00:00Z", f"2026-03-{day:02}T07:10:00Z") for day in range(1, 28)
    ]
    found, _ = legs(system)
    assert {leg.start.day for leg in found} == set(range(1, 28))
    assert len(system.asked) > 3


def test_an_instant_between_two_weeks_is_in_neither_twice_nor_missed(system: FleetSystem) -> None:
    system.trips["1"] = [trip(system, "2026-03-07T23:50:00Z", "2026-03-08T00:10:00Z")]
    found, _ = legs(system)
    assert {(leg.start, leg.end) for leg in found} == {
        (datetime(2026, 3, 7, 23, 50, tzinfo=UTC), datetime(2026, 3, 8, 0, 10, tzinfo=UTC))
    }


def test_fractions_of_a_second_of_any_length_are_read(system: FleetSystem) -> None:
    system.trips["1"] = [trip(system, "2026-03-02T07:00:00.1234567Z", "2026-03-02T07:10:00.9Z")]
    ((leg,), _) = legs(system)
    assert (leg.start.microsecond, leg.end.microsecond) == (123456, 900000)


def test_local_times_in_the_hour_that_comes_twice_follow_the_order_of_the_legs(system: FleetSystem) -> None:
    system.trips["1"] = [
        trip(system, "2026-10-25T02:10:00", "2026-10-25T02:50:00"),
        trip(system, "2026-10-25T02:05:00", "2026-10-25T02:40:00"),
        trip(system, "2026-10-25T03:05:00", "2026-10-25T03:10:00"),
    ]
    night = datetime(2026, 10, 24, 20, tzinfo=UTC)
    found, _ = legs(system, night, night + timedelta(days=1))
    assert [leg.start.strftime("%H:%M") for leg in found] == ["00:10", "01:05", "02:05"]
    assert all(one.end <= two.start for one, two in zip(found, found[1:], strict=False))


def test_a_place_of_zero_zero_is_no_place(system: FleetSystem) -> None:
    nowhere: dict[str, Any] = {"startLat": 0.0, "startLon": 0.0, "endLat": None, "endLon": None}
    if system.kind == "SKYHOST":
        nowhere = {"startAddress": {"lat": 0, "lon": 0}, "endAddress": None}
    system.trips["1"] = [trip(system, "2026-03-02T07:00:00Z", "2026-03-02T07:10:00Z", **nowhere)]
    ((leg,), _) = legs(system)
    assert (leg.start_place, leg.end_place) == (None, None)


@pytest.mark.parametrize("odd", [("", "2026-03-02T07:10:00Z", 1), ("i går", "2026-03-02T07:10:00Z", 1),
                                 ("2026-03-02T07:00:00Z", "2026-03-02T07:10:00Z", "langt")])  # fmt: skip
def test_a_trip_that_cannot_be_read_is_counted_and_the_others_are_kept(
    system: FleetSystem, odd: tuple[str, str, Any]
) -> None:
    system.trips["1"] = [
        trip(system, *odd), trip(system, "2026-03-02T08:00:00Z", "2026-03-02T08:10:00Z"),
    ]  # fmt: skip
    found, unreadable = legs(system)
    assert (len(found), unreadable) == (1, 1)


def test_a_token_alone_logs_in_to_traccar(settings: Any) -> None:
    with running("TRACCAR") as system:
        settings.OUTGOING_INTERNAL_HOSTS = [f"127.0.0.1:{system.port}"]
        with open_source(Kind.TRACCAR, Access(system.address + "/api/", "", "token-1")) as source:
            assert source.devices() == ()


@pytest.mark.parametrize(
    ("ill", "said"),
    [("refuses", "refused the login"), ("broken", "status 400"), ("html", "not as a fleet system"),
     ("other", "not as a fleet system")],
)  # fmt: skip
def test_what_is_wrong_is_said_plainly(system: FleetSystem, ill: str, said: str) -> None:
    system.ill = ill
    with pytest.raises(SourceError, match=said) as refused:
        devices(system)
    assert SECRET not in str(refused.value)
    assert not refused.value.may_pass


def test_a_server_that_does_not_answer_is_given_up(system: FleetSystem) -> None:
    system.ill = "silent"
    with pytest.raises(SourceError, match="did not answer in time") as refused:
        devices(system, timeout_seconds=0.2)
    assert refused.value.may_pass


def test_a_server_that_is_not_there_cannot_be_reached(system: FleetSystem, settings: Any) -> None:
    settings.OUTGOING_INTERNAL_HOSTS = ["127.0.0.1:9"]
    wrong = Access("http://127.0.0.1:9", access(system).account, "x")
    with pytest.raises(SourceError, match="cannot be reached"), open_source(Kind(system.kind), wrong) as source:
        source.devices()


def test_a_host_that_nobody_allowed_is_not_called(system: FleetSystem, settings: Any) -> None:
    settings.OUTGOING_INTERNAL_HOSTS = []
    with pytest.raises(SourceError, match="KOMMUNE3_OUTGOING_HOSTS"):
        devices(system)
    assert system.asked == []


def test_a_wrong_account_is_said(settings: Any) -> None:
    with running("SKYHOST") as system:
        settings.OUTGOING_INTERNAL_HOSTS = [f"127.0.0.1:{system.port}"]
        wrong = Access(system.address, "../0815", "token-1")
        with pytest.raises(SourceError, match="does not know"), open_source(Kind.SKYHOST, wrong) as source:
            source.devices()
        assert all("/../" not in path for path in system.asked)


@pytest.mark.parametrize("ill", ["lures", "circles"])
def test_a_next_page_elsewhere_or_in_a_circle_is_not_followed(ill: str, settings: Any) -> None:
    with running("SKYHOST") as system:
        settings.OUTGOING_INTERNAL_HOSTS = [f"127.0.0.1:{system.port}", "127.0.0.2:1"]
        system.devices = [{"id": str(number)} for number in range(5)]
        system.ill = ill
        with pytest.raises(SourceError, match="not as a fleet system"):
            devices(system)


def test_the_secret_does_not_show_when_an_access_is_printed() -> None:
    assert SECRET not in repr(Access("https://traccar.example.dk", USER, SECRET))
