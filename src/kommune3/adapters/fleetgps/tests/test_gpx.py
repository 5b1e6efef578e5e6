# SPDX-License-Identifier: MPL-2.0
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO

import pytest
from django.utils import translation

from kommune3.adapters.fleetgps import NotGpx, read_gpx


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


HEAD = '<gpx version="1.1" creator="prøve" xmlns="http://www.topografix.com/GPX/1/1">'


def point(minute: int, latitude: float, longitude: float = 10.88, zone: str = "Z") -> str:
    at = f"<time>2026-03-02T07:{minute:02}:00{zone}</time>"
    return f'<trkpt lat="{latitude}" lon="{longitude}">{at}</trkpt>'


def gpx(*points: str) -> str:
    return f"{HEAD}<trk><name>Bil på vej</name><trkseg>{''.join(points)}</trkseg></trk></gpx>"


WAY = gpx(*(point(minute, 56.40 + minute / 100) for minute in range(8)), *(point(40 + n, 56.47) for n in range(8)))


def read(content: str | bytes, encoding: str = "utf-8") -> tuple[object, ...]:
    raw = content if isinstance(content, bytes) else content.encode(encoding)
    return read_gpx(BytesIO(raw), vehicle="AB12345")


def test_the_track_of_a_vehicle_becomes_legs() -> None:
    (leg,), untimed = read_gpx(BytesIO(WAY.encode()), vehicle="AB12345")
    assert (leg.vehicle, leg.start, untimed) == ("AB12345", datetime(2026, 3, 2, 7, tzinfo=UTC), 0)
    assert leg.km == pytest.approx(7.8, abs=0.1)


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [("", "utf-8"), ('<?xml version="1.0" encoding="UTF-8"?>', "utf-8-sig"),
     ('<?xml version="1.0" encoding="ISO-8859-1"?>', "latin-1"), ('<?xml version="1.0"?>', "utf-16")],
)  # fmt: skip
def test_a_file_is_read_in_the_encoding_it_declares(declared: str, encoding: str) -> None:
    assert read(declared + WAY, encoding) == read(WAY)


def test_times_without_an_offset_are_utc_and_offsets_are_heeded() -> None:
    assert read(WAY.replace("Z</time>", "</time>")) == read(WAY)
    assert read(WAY.replace("T07", "T08").replace("Z</time>", "+01:00</time>")) == read(WAY)


def test_points_without_time_are_counted_and_left_out() -> None:
    _, untimed = read_gpx(
        BytesIO(WAY.replace("</trkseg>", '<trkpt lat="56.5" lon="10.8"/></trkseg>').encode()), vehicle="x"
    )
    assert untimed == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not GPX"), (b"id;start;end;km\n", "not GPX"), (WAY[:-40].encode(), "not GPX"),
        (f"{HEAD}</gpx>".encode(), "no track points"),
        (f'{HEAD}<trk><trkseg><trkpt lat="56" lon="10"/></trkseg></trk></gpx>'.encode(), "no times"),
        (gpx(point(0, 56).replace("56", "nord")).encode(), "not GPX"),
        (('<?xml version="1.0" encoding="UTF-8"?>' + WAY).encode("latin-1"), "letters"),
        (f'<!DOCTYPE gpx [<!ENTITY a "aaaa">]>{WAY}'.encode(), "not GPX"),
    ],
)  # fmt: skip
def test_a_file_that_is_not_a_track_is_refused_with_the_reason(content: bytes, said: str) -> None:
    with pytest.raises(NotGpx, match=said):
        read(content)


def test_where_the_file_breaks_is_told() -> None:
    with pytest.raises(NotGpx) as refused:
        read(HEAD + "\n<trk>\n<trkseg></trk></gpx>")
    assert refused.value.line == 3
