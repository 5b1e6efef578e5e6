# SPDX-License-Identifier: MPL-2.0
"""The fleet manager's way: from a file to a proven fleet, in a real browser."""

from pathlib import Path

import pytest
from journeys import axe
from journeys.conftest import Visit, Visiting
from journeys.site import DESKTOP, PHONE
from playwright.sync_api import expect

PAGES = (
    "/fleet/", "/fleet/runs/", "/fleet/runs/new/", "/fleet/runs/1/", "/fleet/runs/1/trips/", "/fleet/trips/",
    "/fleet/imports/", "/fleet/imports/new/", "/fleet/vehicles/", "/fleet/vehicles/new/", "/fleet/bases/",
    "/fleet/models/", "/fleet/rates/", "/fleet/dashboards/", "/fleet/dashboards/co2e/", "/fleet/dashboards/electric/",
    "/fleet/dashboards/km/?per=BASE", "/fleet/dashboards/activity/", "/fleet/dashboards/lengths/",
    "/fleet/dashboards/idle/", "/fleet/limits/", "/fleet/limits/new/KEPT_MONTHS/", "/fleet/targets/new/",
    "/fleet/data/", "/fleet/trials/", "/fleet/trials/1/", "/fleet/trials/2/", "/fleet/trials/holdout/new/",
    "/fleet/trials/whatif/new/",
)  # fmt: skip


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("address", PAGES)
def test_every_page_is_accessible_quiet_and_no_wider_than_the_window(
    visiting: Visiting, address: str, viewport: dict[str, int]
) -> None:
    visit = visiting(viewport)
    visit.log_in("flaade")
    visit.go(address)
    assert axe.violations(visit.page) == []
    assert visit.overflow() == 0
    assert visit.complaints == []


def test_from_a_file_with_a_fault_to_a_proven_fleet(desktop: Visit, tmp_path: Path) -> None:
    desktop.log_in("flaade")
    file = tmp_path / "ture.csv"
    file.write_text(
        "hjemsted;start;slut;km\n"
        "Hjemmeplejen Ørsted;07-01-2020 08:00;07-01-2020 10:00;12,5\n"
        "Hjemmeplejen Ørsted;07-01-2020 09:00;07-01-2020 11:00;14,0\n"
        "Hjemmeplejen Ørsted;07-01-2020 09:30;07-01-2020 09:00;3,0\n",
        encoding="cp1252",
    )
    page = desktop.go("/fleet/imports/new/")
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Læs filen").click()
    page.get_by_text("Turen slutter, før den begynder").wait_for()
    page.get_by_label("Importér kun de gode linjer").check()
    page.get_by_role("button", name="Importér turene").click()
    page.get_by_text("2 ture er importeret").wait_for()

    page = desktop.go("/fleet/runs/new/")
    page.get_by_label("Titel").fill("Ørsted i 2020")
    for box in page.locator("input[name=bases]").all():
        box.set_checked("Ørsted" in page.locator(f"label[for={box.get_attribute('id')}]").inner_text(), force=True)
    page.locator("#id_period_start").fill("2020-01-06")
    page.locator("#id_period_last").fill("2020-01-12")
    page.get_by_label("Færrest køretøjer").check(force=True)
    page.locator("#id_rate_set").select_option(label="Sammenligning 2022")  # the municipality's own begin in 2022
    page.get_by_role("button", name="Find den bedste flåde").click()
    page.get_by_role("heading", name="2 køretøjer er nok.").wait_for()
    expect(page.get_by_text("tirsdag d. 7. januar 2020 kl. 09.00–10.05 er 2 ture i gang samtidig")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Excel").first.click()
    assert download.value.suggested_filename.endswith(".xlsx")
    assert desktop.complaints == []
