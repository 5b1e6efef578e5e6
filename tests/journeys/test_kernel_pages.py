# SPDX-License-Identifier: MPL-2.0
"""The pages that every solution shares, in a real browser: readable, quiet, narrow enough, and usable by keyboard."""

import contextlib
import re

import pytest
from journeys import axe, site
from journeys.conftest import Visit, Visiting
from journeys.site import DESKTOP, NARROWEST, PHONE, VISITOR
from playwright.sync_api import Locator, expect

FIRST_ROW = "main tbody a"
TRIES = 20
BEING_SWAPPED = ".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added"
# Who reads the page, its address, and the link there that leads to the page in question, where it is not itself meant.
PAGES = [
    (VISITOR, "/", ""),
    (VISITOR, "/account/login/", ""),
    ("admin", "/", ""),
    ("flaade", "/", ""),
    ("borger", "/", ""),
    ("flaade", "/effects/", ""),
    ("flaade", "/effects/", FIRST_ROW),
    ("admin", "/jobs/", ""),
    ("admin", "/jobs/", FIRST_ROW),
    ("flaade", "/notifications/", ""),
    ("admin", "/audit/", ""),
    ("admin", "/audit/", FIRST_ROW),
    ("admin", "/administration/accounts/", ""),
    ("admin", "/administration/accounts/", FIRST_ROW),
    ("admin", "/administration/roles/", ""),
    ("admin", "/administration/solutions/", ""),
    ("admin", "/administration/travel/", ""),
    ("admin", "/administration/operation/", ""),
    ("admin", "/administration/reviews/", ""),
    ("admin", "/administration/substitutes/", ""),
    ("admin", "/administration/emergencies/", ""),
    ("leder", "/account/substitutes/", ""),
    ("leder", "/account/emergency/", ""),
    ("admin", "/people/", ""),
    ("admin", "/people/?name=an", ""),
    ("admin", "/people/?name=an", FIRST_ROW),
    ("admin", "/organisation/", ""),
    ("admin", "/organisation/", FIRST_ROW),
    ("borger", "/privacy/mine/", ""),
    ("admin", "/privacy/record/", ""),
    ("admin", "/privacy/retention/", ""),
    ("admin", "/privacy/retention/notify.notifications/", ""),
    ("admin", "/privacy/holds/", ""),
    ("admin", "/privacy/holds/new/", ""),
    ("admin", "/privacy/erasures/", ""),
    ("flaade", "/account/", ""),
    ("borger", "/account/lookups/", ""),
    ("admin", "/audit/samples/", ""),
    ("flaade", "/account/tokens/", ""),
]


def name_of(page: tuple[str, str, str]) -> str:
    username, address, link = page
    return f"{username or 'visitor'} {address}{' one' if link else ''}"


def open_page(visit: Visit, username: str, address: str, link: str = "") -> None:
    if username != VISITOR:
        visit.log_in(username)
    page = visit.go(address)
    if link:
        visit.go(str(page.locator(link).first.get_attribute("href")))


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_the_page_is_accessible_quiet_and_no_wider_than_the_window(
    visiting: Visiting, page: tuple[str, str, str], viewport: dict[str, int]
) -> None:
    visit = visiting(viewport)
    open_page(visit, *page)
    assert axe.violations(visit.page) == []
    assert visit.overflow() == 0
    if viewport is PHONE:
        visit.page.set_viewport_size({"width": NARROWEST["width"], "height": NARROWEST["height"]})
        site.settle(visit.page)  # charts are drawn anew
        assert visit.overflow() == 0, "at 320 pixels"
    assert visit.complaints == []


# --- What each page is for, done without a mouse ---------------------------------------------------------------------


def press(control: Locator, key: str = "Enter") -> None:
    """Go to the control with the keyboard's focus, and press the key there.

    A list that is being filtered is swapped for another while one reaches for it: that is waited for, and where it
    comes in between the reach is made anew.
    """
    for _ in range(TRIES):
        expect(control.page.locator(BEING_SWAPPED)).to_have_count(0)
        control.focus()
        with contextlib.suppress(AssertionError):
            expect(control).to_be_focused(timeout=2000)
            break
    else:
        raise AssertionError(f"{control} does not take the focus")
    control.press(key)


def test_somebody_logs_in_without_a_mouse(desktop: Visit) -> None:
    page = desktop.go("/account/login/")
    page.locator("#id_login").focus()
    page.keyboard.type("borger")
    page.keyboard.press("Tab")
    page.keyboard.type("borger" + site.PASSWORD_SUFFIX)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Hej")


def test_a_figure_of_the_ledger_leads_to_its_rows_and_a_row_to_its_evidence(desktop: Visit) -> None:
    open_page(desktop, "flaade", "/effects/?solution=fleet")
    page = desktop.page
    press(page.locator(".k3-figure__label a").first)
    page.wait_for_url("**solution=fleet**kind=**")  # the rows of the figure, which the filter narrowed
    press(page.locator("tr", has_text="Sparet på køretøjer").locator("a").first)
    press(page.get_by_role("heading", name="Dokumentation").locator("xpath=following::ul[1]//a").first)
    page.wait_for_url("**/fleet/runs/**")


def test_a_job_is_found_by_its_state_and_opened(desktop: Visit) -> None:
    open_page(desktop, "admin", "/jobs/")
    page = desktop.page
    press(page.locator(FIRST_ROW).first)
    page.wait_for_url(re.compile(r"/jobs/[0-9a-f-]{36}/$"))
    expect(page.get_by_role("heading", name="Om jobbet")).to_be_visible()


def test_the_audit_log_is_searched_and_verified(desktop: Visit) -> None:
    open_page(desktop, "admin", "/audit/")
    page = desktop.page
    page.locator("#id_action").focus()
    page.keyboard.type("access")
    page.keyboard.press("Enter")
    page.wait_for_url("**action=access**")
    press(page.get_by_role("button", name="Efterprøv loggen"))
    expect(page.get_by_text("Revisionsloggen er hel")).to_be_visible()
    assert axe.violations(page) == []


def test_a_solution_is_switched_off_and_on_again(desktop: Visit) -> None:
    open_page(desktop, "admin", "/administration/solutions/")
    page = desktop.page
    press(page.get_by_role("button", name=re.compile("^Sluk")).first)
    press(page.get_by_role("button", name=re.compile("^Tænd")).first)
    expect(page.get_by_role("button", name=re.compile("^Tænd"))).to_have_count(0)


def test_a_person_is_found_by_name(desktop: Visit) -> None:
    open_page(desktop, "admin", "/people/")
    page = desktop.page
    page.locator("#id_name").focus()
    page.keyboard.type("an")
    page.keyboard.press("Enter")
    press(page.locator(FIRST_ROW).first)
    page.wait_for_url(re.compile(r"/people/[0-9a-f-]{36}/$"))


def test_a_unit_is_opened_from_the_tree(desktop: Visit) -> None:
    open_page(desktop, "admin", "/organisation/")
    page = desktop.page
    press(page.locator(FIRST_ROW).nth(1))
    page.wait_for_url(re.compile(r"/organisation/[0-9a-f-]{36}/$"))


def test_a_key_is_made_shown_once_and_revoked(desktop: Visit) -> None:
    open_page(desktop, "flaade", "/account/tokens/")
    page = desktop.page
    page.locator("#id_name").focus()
    page.keyboard.type("Regneark")
    page.keyboard.press("Enter")
    expect(page.locator("main code")).to_have_text(re.compile("^k3_"))
    assert axe.violations(page) == []
    press(page.get_by_role("button", name="Tilbagekald Regneark"))
    expect(page.get_by_role("button", name="Tilbagekald Regneark")).to_have_count(0)


def test_what_a_dialog_asks_is_done_when_it_is_confirmed(desktop: Visit) -> None:
    """The dialog of ``/design`` cancels its example job; what stands behind an open dialog must not cover it."""
    open_page(desktop, "admin", "/design/")
    page = desktop.page
    press(page.locator('[data-target="delete-vehicle"]'))
    dialog = page.get_by_role("dialog", name="Slet Bil 07?")
    with page.expect_response(lambda answer: answer.request.method == "POST") as answered:
        press(dialog.get_by_role("button", name="Slet"))
    assert answered.value.ok or answered.value.status == 302
