# SPDX-License-Identifier: MPL-2.0
"""The dispatcher's morning in a real browser: plan, move visits by pointer and keys, place an acute one, publish."""

import re
from datetime import timedelta

import pytest
from journeys import axe
from journeys.conftest import Visit, Visiting
from journeys.site import DESKTOP, PHONE
from playwright.sync_api import Locator, Page, expect

from kommune3.kernel import clock

TEAM = "Grenaa"
# Where a visit lies in the board's drawing, in pixels of the window: the board is a canvas, as the dispatcher sees it.
MIDDLE = """
id => {
  const gantt = document.querySelector("k3-care-gantt"), view = gantt.view;
  const box = gantt.shadowRoot.querySelector(".frame").getBoundingClientRect();
  const row = gantt.rows.findIndex(each => each.stops.some(stop => stop.id === id));
  const stop = gantt.rows[row].stops.find(each => each.id === id);
  const at = ((stop.start + stop.end) / 2 - view.from) / (view.to - view.from);
  return [box.left + view.names + at * (view.width - view.names), box.top + 32 + row * 40 + 20 - view.scroll];
}
"""
# A visit of one carer in the first rows that nothing hangs together with, and the row below it.
PLAIN = """
() => {
  const rows = document.querySelector("k3-care-gantt").rows.filter(row => row.shift && !row.shift.absent);
  return rows[0].stops.find(stop => !stop.two && !stop.links.length && !stop.locked).id;
}
"""
PAINTED = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


@pytest.fixture
def dispatcher(desktop: Visit) -> Visit:
    desktop.log_in("disponent")
    return desktop


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("address", ["/care/", "/care/plans/", "/care/plans/new/", "/care/plans/compare/?a=1&b=2"])
def test_every_page_is_accessible_quiet_and_no_wider_than_the_window(
    visiting: Visiting, address: str, viewport: dict[str, int]
) -> None:
    visit = visiting(viewport)
    visit.log_in("disponent")
    visit.go(address)
    assert axe.violations(visit.page) == []
    assert visit.overflow() == 0
    assert visit.complaints == []


def test_a_plan_is_made_changed_by_pointer_and_keys_and_published(dispatcher: Visit, visiting: Visiting) -> None:
    page = _new_plan(dispatcher)
    board, status = page.locator("k3-care-gantt .frame"), page.locator("k3-care-gantt [role=status]")
    cost = page.locator("k3-care-gantt .cost")
    assert axe.violations(page) == []

    stop = page.evaluate(PLAIN)
    x, y = page.evaluate(MIDDLE, stop)
    page.mouse.click(x, y)
    expect(page.locator("#chosen").get_by_role("heading", name="Ret besøget")).to_be_visible()
    _drag_to_somebody_who_may(page, x, y)
    expect(cost.locator("strong")).to_be_visible()
    page.mouse.up()
    expect(status).to_contain_text("Flyttet.")
    assert _shift(page, stop) != _first_shift(page)

    page.get_by_role("button", name="Fortryd", exact=True).click()
    expect(status).to_contain_text("Fortrudt.")
    assert _shift(page, stop) == _first_shift(page)

    board.focus()
    page.keyboard.press("m")
    page.keyboard.press("ArrowDown")
    expect(page.locator("k3-care-gantt [aria-live]")).to_contain_text(re.compile("point|koster|kan ikke"))
    page.keyboard.press("Escape")
    expect(status).to_contain_text("Lagt tilbage.")
    page.keyboard.press("l")
    expect(status).to_contain_text("Låst.")
    assert axe.violations(page) == []

    plan = page.url.split("?")[0]
    _place_acute(page)
    page.get_by_role("button", name="Udmeld …").click()
    page.get_by_role("dialog").get_by_role("button", name="Udmeld").click()
    page.get_by_text("Planen er udmeldt.").wait_for()

    phone = visiting(PHONE)
    phone.log_in("disponent")
    listed = phone.go(plan.removeprefix(phone.site.url))
    expect(listed.get_by_text("Kun til læsning")).to_be_visible()
    assert axe.violations(listed) == []
    assert phone.overflow() == 0
    assert dispatcher.complaints == []
    assert phone.complaints == []


def test_on_a_phone_a_visit_is_moved_through_the_list(phone: Visit) -> None:
    phone.log_in("disponent")
    page = _new_plan(phone, days=5)
    row = page.locator("details.k3-care-row", has=page.locator("form")).first
    row.locator("summary").click()
    row.locator("a[data-stop]").first.click()
    choice = page.locator("#care-to")
    choice.wait_for()
    choice.select_option(index=choice.locator("option").count() - 1)
    expect(page.locator("#care-cost strong")).to_be_visible()
    assert axe.violations(page) == []
    assert phone.overflow() == 0


def _new_plan(visit: Visit, days: int = 4) -> Page:
    """The board of a new plan, on a day that no other journey looks at."""
    page = visit.go("/care/plans/new/")
    team = page.locator("#id_team option", has_text=TEAM).first.get_attribute("value")
    page.locator("#id_team").select_option(value=team)
    page.locator("#id_date").fill((clock.municipal_date(clock.now()) + timedelta(days=days)).isoformat())
    page.locator("#id_seconds").fill("1")
    page.get_by_role("button", name="Lav planen").click()
    page.get_by_role("link", name="Åbn tavlen").click()
    expect(page.locator("k3-care-board")).to_have_attribute("data-state", "ready")
    return page


def _drag_to_somebody_who_may(page: Page, x: float, y: float) -> None:
    """Over the carers, now earlier and now later in their day, until one of them may have the visit.

    The board says at once what it costs. How full a day is differs with the plan, so each place may be refused.
    """
    board = page.locator("k3-care-board")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 20)
    for aside in (0, 60, -60, 120, 240, 360):
        for row in range(1, 9):
            page.mouse.move(x + aside, y + 40 * row)
            page.evaluate(PAINTED)  # until then the state is that of the place before
            expect(board).to_have_attribute("data-state", re.compile("answered|refused"))
            if board.get_attribute("data-state") == "answered":
                return
    raise AssertionError("none of the carers may have the visit")


def _place_acute(page: Page) -> None:
    """An acute visit goes to the best of the places that are offered."""
    page.get_by_role("link", name="Akut besøg").click()
    _pick_last(page.locator("#id_citizen"))
    _pick_last(page.locator("#id_service"))
    page.locator("#id_earliest").fill("10:00")
    page.locator("#id_latest").fill("12:00")
    page.get_by_role("button", name="Find en plads til det").click()
    page.locator(".k3-care-places button").first.click()
    expect(page.locator("k3-care-gantt [role=status]")).to_contain_text("Flyttet.")


def _pick_last(choice: Locator) -> None:
    choice.select_option(index=choice.locator("option").count() - 1)


def _shift(page: Page, stop: int) -> int | None:
    found: int | None = page.evaluate("id => document.querySelector('k3-care-board').stopOf(id).shift", stop)
    return found


def _first_shift(page: Page) -> int:
    rows = "document.querySelector('k3-care-gantt').rows.filter(row => row.shift && !row.shift.absent)"
    return int(page.evaluate(f"{rows}[0].shift.id"))
