# SPDX-License-Identifier: MPL-2.0
"""Prices of electricity: files in, faults by line, tariffs, and the page that shows what a kWh costs."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import translation
from persons import NOW

from kommune3.kernel.access.reach import Forbidden
from kommune3.solutions.fleet.errors import UnreadablePrices
from kommune3.solutions.fleet.models import EnergyTariff, PriceFile, SpotPrice
from kommune3.solutions.fleet.operations.prices import import_prices, remove_price_file
from kommune3.solutions.fleet.tests.small_fleet import SmallFleet
from kommune3.solutions.fleet.tests.test_rest import API, key_of

pytestmark = pytest.mark.django_db

HEAD = "HourUTC;HourDK;PriceArea;SpotPriceDKK;SpotPriceEUR\n"


def price_csv(*rows: tuple[str, str, str]) -> bytes:
    """Rows of (hour in UTC, area, kr. per MWh) as Energi Data Service writes them."""
    return (HEAD + "".join(f"{hour};{hour};{area};{price};0,0\n" for hour, area, price in rows)).encode()


TWO_HOURS = price_csv(("2026-03-02 00:00", "DK1", "412,350000"), ("2026-03-02 01:00", "DK1", "-12,5"))


def imported(fleet: SmallFleet, content: bytes = TWO_HOURS, name: str = "elspotprices.csv") -> PriceFile:
    return import_prices(actor=fleet.manager, now=NOW, content=content, file_name=name)


def test_a_file_gives_prices_per_kwh_with_where_they_came_from(fleet: SmallFleet) -> None:
    file = imported(fleet)
    found = list(SpotPrice.objects.values_list("dkk_per_kwh", "minutes", "file"))
    assert [(float(price), minutes, pk) for price, minutes, pk in found] == [
        (0.41235, 60, file.pk), (-0.0125, 60, file.pk),
    ]  # fmt: skip


def test_a_newer_file_corrects_an_hour_and_removing_it_leaves_the_rest(fleet: SmallFleet) -> None:
    imported(fleet)
    newer = imported(fleet, price_csv(("2026-03-02 01:00", "DK1", "100,0"), ("2026-03-02 02:00", "DK1", "200,0")))
    assert [float(price) for price in SpotPrice.objects.values_list("dkk_per_kwh", flat=True)] == [0.41235, 0.1, 0.2]
    remove_price_file(actor=fleet.manager, now=NOW, file_id=newer.pk)
    assert [float(price) for price in SpotPrice.objects.values_list("dkk_per_kwh", flat=True)] == [0.41235]


@pytest.mark.parametrize(
    ("content", "line", "field", "value"),
    [
        (TWO_HOURS.replace(b"412,350000", b"dyrt"), 2, "SpotPriceDKK", "dyrt"),
        (TWO_HOURS.replace(b"DK1;-12", b"NO2;-12"), 3, "PriceArea", "NO2"),
        (TWO_HOURS + TWO_HOURS.split(b"\n", 1)[1], 4, "HourUTC", "2026-03-02T00:00:00+00:00"),
        (b"tid;pris\n1;2\n", 1, "header", "tid;pris"),
        (b"\xff\xfe\x00", None, "", "elspotprices.csv"),
        (HEAD.encode(), None, "", "elspotprices.csv"),
    ],
)
def test_a_fault_is_told_by_line_and_nothing_is_imported(
    fleet: SmallFleet, content: bytes, line: int | None, field: str, value: str
) -> None:
    with pytest.raises(UnreadablePrices) as refusal:
        imported(fleet, content)
    assert refusal.value.faults[0][:3] == (line, field, value)
    assert refusal.value.faults[0][3]
    assert not PriceFile.objects.exists() and not SpotPrice.objects.exists()


def test_only_those_who_edit_rates_may_import(fleet: SmallFleet) -> None:
    with pytest.raises(Forbidden):
        import_prices(actor=fleet.leader, now=NOW, content=TWO_HOURS, file_name="a.csv")


@pytest.fixture
def client(fleet: SmallFleet) -> Client:
    found = Client()
    found.force_login(fleet.persons.fleet_manager)
    return found


def test_the_page_shows_the_week_with_tariffs_by_the_local_clock(fleet: SmallFleet, client: Client) -> None:
    imported(fleet)
    # 00:00 UTC is 01:00 in Denmark, so the tariff of 02-03 falls on the second hour alone.
    answer = client.post(
        "/fleet/prices/tariffs/new/",
        {
            "name": "Nettarif", "dkk_per_kwh": "0.5", "opens": "02:00", "closes": "03:00", "valid_from": "2026-01-01",
            "valid_to": "", "source": "Netselskabets prisblad 2026",
        },
        follow=True,
    )  # fmt: skip
    assert answer.redirect_chain, answer.context["form"].errors
    assert "Netselskabets prisblad 2026" in answer.content.decode()
    week = answer.context["week"]
    assert [(float(spot), float(total)) for _at, spot, total in week.hours] == [(0.41235, 0.41235), (-0.0125, 0.4875)]
    assert "elspotprices.csv" in answer.content.decode()


def test_a_tariff_that_ends_before_it_begins_is_refused(client: Client) -> None:
    answer = client.post(
        "/fleet/prices/tariffs/new/",
        {
            "name": "Nettarif", "dkk_per_kwh": "0.5", "opens": "00:00", "closes": "00:00", "valid_from": "2026-02-01",
            "valid_to": "2026-01-01", "source": "Prisblad",
        },
    )  # fmt: skip
    assert "valid_to" in answer.context["form"].errors
    assert not EnergyTariff.objects.exists()


def test_the_upload_page_lists_each_fault(fleet: SmallFleet, client: Client) -> None:
    bad = SimpleUploadedFile("marts.csv", TWO_HOURS.replace(b"412,350000", b"dyrt"))
    with translation.override("en"):
        answer = client.post("/fleet/prices/new/", {"file": bad})
    assert "dyrt" in answer.content.decode()
    assert not SpotPrice.objects.exists()
    good = SimpleUploadedFile("marts.csv", TWO_HOURS)
    assert client.post("/fleet/prices/new/", {"file": good}).status_code == 302
    assert SpotPrice.objects.count() == 2


def test_a_file_can_be_taken_back_on_the_page(fleet: SmallFleet, client: Client) -> None:
    file = imported(fleet)
    client.post(f"/fleet/prices/files/{file.pk}/remove/")
    assert not SpotPrice.objects.exists()


def test_the_list_of_prices_can_be_filtered_and_exported(fleet: SmallFleet, client: Client) -> None:
    imported(fleet)
    answer = client.get("/fleet/prices/all/?_export=csv")
    assert "0,41235" in answer.getvalue().decode("utf-8-sig")


def test_prices_go_in_and_out_by_the_api(fleet: SmallFleet) -> None:
    headers = {"Authorization": f"Bearer {key_of(fleet.persons.fleet_manager)}"}
    bad = SimpleUploadedFile("a.csv", TWO_HOURS.replace(b"412,350000", b"dyrt"))
    refused = Client().post(f"{API}/prices", {"file": bad}, headers=headers)
    assert (refused.status_code, refused.json()["faults"][0]["line"]) == (422, 2)
    taken = Client().post(f"{API}/prices", {"file": SimpleUploadedFile("a.csv", TWO_HOURS)}, headers=headers)
    assert (taken.status_code, taken.json()["prices"]) == (201, 2)
    found = Client().get(f"{API}/prices?area=DK1&since=2026-03-02T01:00:00Z", headers=headers).json()
    assert [row["starts_at"] for row in found] == ["2026-03-02T01:00:00Z"]
    assert Client().get(f"{API}/tariffs", headers=headers).json() == []


def test_prices_are_imported_by_command(fleet: SmallFleet, tmp_path: Path) -> None:
    path = tmp_path / "elspotprices.csv"
    path.write_bytes(TWO_HOURS)
    out = StringIO()
    call_command("fleet_prices", str(path), "--language", "en", stdout=out)
    assert "2 prices" in out.getvalue()
    path.write_bytes(TWO_HOURS.replace(b"412,350000", b"dyrt"))
    errors = StringIO()
    with pytest.raises(CommandError):
        call_command("fleet_prices", str(path), "--language", "en", stderr=errors)
    assert "line 2: SpotPriceDKK 'dyrt'" in errors.getvalue()
