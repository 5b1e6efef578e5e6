# SPDX-License-Identifier: MPL-2.0
"""An employee books on a phone, the dispatcher sees it, and cancelling frees the car: in a real browser."""

from datetime import date, timedelta

import pytest
from journeys import axe
from journeys.conftest import Visiting
from journeys.site import DESKTOP, PHONE
from playwright.sync_api import expect

from kommune3.kernel import clock

BASE = "Hjemmeplejen Grenaa"


def coming_working_day() -> date:
    """The next working day after tomorrow, so that nothing about it is fixed yet."""
    day = clock.municipal_date(clock.now()) + timedelta(days=2)
    while not clock.is_working_day(day):
        day += timedelta(days=1)
    return day


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize(
    ("username", "address"),
    [
        ("medarbejder", "/fleet/book/"), ("medarbejder", "/fleet/bookings/mine/"), ("flaade", "/fleet/board/"),
        ("flaade", "/fleet/bookings/"), ("flaade", "/fleet/bookings/effect/"), ("flaade", "/fleet/bookings/trips/"),
    ],
)  # fmt: skip
def test_every_page_is_accessible_quiet_and_no_wider_than_the_window(
    visiting: Visiting, username: str, address: str, viewport: dict[str, int]
) -> None:
    visit = visiting(viewport)
    visit.log_in(username)
    visit.go(address)
    assert axe.violations(visit.page) == []
    assert visit.overflow() == 0
    assert visit.complaints == []


def test_an_employee_books_on_a_phone_the_dispatcher_sees_it_and_cancelling_frees_the_car(visiting: Visiting) -> None:
    day = coming_working_day()
    phone, desktop = visiting(PHONE), visiting(DESKTOP)
    phone.log_in("medarbejder")
    page = phone.go("/fleet/book/")
    page.locator("#id_base").select_option(label=BASE)
    page.locator("#id_day").fill(day.isoformat())
    page.locator("#id_start").fill("19:00")
    page.locator("#id_end").fill("20:30")
    page.locator("#id_km").fill("25")
    page.get_by_role("button", name="Se, hvad der er ledigt").click()
    page.get_by_role("heading", name="er ledig").wait_for()
    assert axe.violations(page) == []
    assert phone.overflow() == 0
    page.get_by_role("button", name="Book det").click()
    page.get_by_text("er din.").wait_for()
    assert axe.violations(page) == []
    assert phone.overflow() == 0

    desktop.log_in("flaade")
    board = desktop.go(f"/fleet/board/?day={day.isoformat()}")
    board.locator("#board-base").select_option(label=BASE)
    board.wait_for_url("**base=**")
    bar = board.locator("a[aria-label*='19:00–20:30']")
    bar.first.wait_for()
    bars = bar.count()
    bar.first.click()
    board.locator("#chosen").wait_for()
    assert axe.violations(board) == []

    page.get_by_role("button", name="Aflys bookingen").first.click()
    page.locator(".fds-modal").get_by_role("button", name="Aflys bookingen").click()
    page.get_by_text("Bookingen er aflyst").wait_for()
    board.reload()
    expect(board.locator("a[aria-label*='19:00–20:30']")).to_have_count(bars - 1)
    assert phone.complaints == []
    assert desktop.complaints == []
