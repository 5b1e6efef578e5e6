# SPDX-License-Identifier: MPL-2.0
"""A carer on a phone that loses the network, a citizen and a leader: in a real browser, against a day of today."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from journeys import axe
from journeys import site as sites
from persons import LOGIN_BACKEND, Persons, grant, make_account
from playwright.sync_api import Browser, BrowserContext, Page, expect

from kommune3.kernel import clock
from kommune3.kernel.people.models import Account
from kommune3.solutions.care import access
from kommune3.solutions.care.models import FigureLimit, Report
from kommune3.solutions.care.tests.announced import carer_login, citizen_login, publish
from kommune3.solutions.care.tests.day import Day, make_day

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture(autouse=True, scope="session")
def _rows_beside_a_browser() -> Iterator[None]:
    """Playwright's loop runs in this thread, which Django takes for asynchronous code."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield


def today() -> date:
    return clock.municipal_date(clock.now())


@pytest.fixture
def day(persons: Persons) -> Day:
    made = make_day(persons, day=today())
    publish(made)
    return made


@pytest.fixture
def opened(chromium: Browser, live_server: Any) -> Iterator[Any]:
    """Opens a page of somebody who is logged in, in a window of the given size."""
    contexts: list[BrowserContext] = []

    def open_page(account: Account, viewport: dict[str, int], address: str) -> Page:
        client = Client()
        client.force_login(account, backend=LOGIN_BACKEND)
        contexts.append(sites.new_context(chromium, viewport))
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        contexts[-1].add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])
        page = contexts[-1].new_page()
        page.goto(live_server.url + address)
        return page

    yield open_page
    for context in contexts:
        context.close()


def width_over(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def test_what_a_carer_tells_without_network_reaches_the_server_once(opened: Any, day: Day) -> None:
    page: Page = opened(carer_login(day), sites.PHONE, "/care/route/")
    page.locator("#route[data-kept]").wait_for()  # the service worker has it
    assert axe.violations(page) == []
    assert width_over(page) == 0

    page.context.set_offline(True)
    page.reload()
    expect(page.locator("#route-offline")).to_be_visible()
    expect(page.locator("#route-offline")).to_contain_text("Uden net: viser listen fra kl.")
    assert axe.violations(page) == []
    visit = page.locator(f"#visit-{day.visits['medicine'].pk}")
    expect(visit).to_contain_text("Juhls Vej 1")
    visit.get_by_role("button", name="Begynd besøget").click()
    expect(visit).to_contain_text("venter på net")
    expect(page.locator("#route-waiting")).to_be_visible()
    assert Report.objects.count() == 0
    page.reload()  # what waits is not lost with the page
    expect(visit).to_contain_text("venter på net")

    page.context.set_offline(False)
    expect(visit.locator(".badge")).to_have_text("Begyndt")
    expect(page.locator("#route-waiting")).to_be_hidden()
    expect(page.locator("#route-offline")).to_be_hidden()
    page.reload()
    assert list(Report.objects.values_list("kind", flat=True)) == [Report.Kind.BEGUN]


def test_logging_out_leaves_nothing_of_the_route_on_the_phone(opened: Any, day: Day) -> None:
    page: Page = opened(carer_login(day), sites.PHONE, "/care/route/")
    page.locator("#route[data-kept]").wait_for()
    with page.expect_navigation():
        page.locator("form[action$='/logout/']").first.evaluate("form => form.requestSubmit()")
    assert page.evaluate("caches.keys()") == []
    assert page.evaluate("navigator.serviceWorker.getRegistrations().then(found => found.length)") == 0


def test_the_citizens_and_the_leaders_pages_are_accessible_and_no_wider_than_the_window(
    opened: Any, day: Day, persons: Persons
) -> None:
    FigureLimit.objects.update(fewest=3)
    leader = make_account("care-leader", given_name="Lis", unit=persons.own_team)
    grant(leader, access.CARE_LEADER, persons.own_team)
    for account, address, heading in (
        (citizen_login(day), "/care/mine/", "Hvem har været her"),
        (leader, f"/care/figures/?day={today()}", "Grenaa"),
        (day.account, "/care/messages/", "Endnu ikke læst"),
    ):
        page = opened(account, sites.PHONE, address)
        expect(page.get_by_role("heading", name=heading).first).to_be_visible()
        assert axe.violations(page) == []
        assert width_over(page) == 0
