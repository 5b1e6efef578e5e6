# SPDX-License-Identifier: MPL-2.0
"""Fixtures of the journeys: the demo municipality served once, and a page of each size that watches what goes wrong."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from journeys import site as sites
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

expect.set_options(timeout=sites.PATIENCE_MS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All journeys in one process, since they share one server; skipped, with the reason, where there is no browser."""
    reason = ""
    if not Path(sites.CHROMIUM).exists():
        reason = f"{sites.CHROMIUM} is missing: apt-get install --no-install-recommends chromium"
    elif not (sites.ROOT / "web" / "dist" / "manifest.json").exists():
        reason = "web/dist is missing: run npm ci and npm run build in web"
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))
            if reason:
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def demo_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sites.Site]:
    """The demo municipality. ``KOMMUNE3_BASE_URL`` points at one that is served already."""
    given = os.environ.get("KOMMUNE3_BASE_URL")
    if given:
        yield sites.Site(given.rstrip("/"))
        return
    with sites.serve(tmp_path_factory.mktemp("demo")) as served:
        yield served


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = sites.launch(playwright)
        yield browser
        browser.close()


class Visit:
    """A page in its own empty profile. ``complaints``: everything the browser said that it should not have to."""

    def __init__(
        self, browser: Browser, site: sites.Site, viewport: dict[str, int], sessions: dict[str, list[Any]]
    ) -> None:
        self.site = site
        self.sessions = sessions
        self.context = sites.new_context(browser, viewport)
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(f"{self.page.url}: {error}"))

    def _hear(self, message: ConsoleMessage) -> None:
        # The driver's own remark on how WebGL is measured in software.
        if message.type in ("error", "warning") and "GPU stall due to ReadPixels" not in message.text:
            self.complaints.append(f"{self.page.url}: {message.text}")

    def log_in(self, username: str) -> None:
        """Through the login page the first time; the next visits of the same user go on with that session."""
        if username not in self.sessions:
            sites.log_in(self.page, self.site, username)
            self.sessions[username] = self.context.cookies()
        self.context.add_cookies(self.sessions[username])

    def go(self, address: str, *, status: int = 200) -> Page:
        response = self.page.goto(self.site.url + address)
        assert response is not None and response.status == status, f"{address} answered {response and response.status}"
        sites.settle(self.page)
        return self.page

    def overflow(self) -> int:
        """Pixels by which the page is wider than the window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


@pytest.fixture(scope="session")
def sessions() -> dict[str, list[Any]]:
    """The cookies of those who have logged in: a password is slow to check, on purpose."""
    return {}


Visiting = Callable[[dict[str, int]], Visit]


@pytest.fixture
def visiting(chromium: Browser, demo_site: sites.Site, sessions: dict[str, list[Any]]) -> Iterator[Visiting]:
    """Opens a window of the given size; closed when the test is over."""
    visits: list[Visit] = []

    def visit(viewport: dict[str, int]) -> Visit:
        visits.append(Visit(chromium, demo_site, viewport, sessions))
        return visits[-1]

    yield visit
    for one in visits:
        one.context.close()


@pytest.fixture
def desktop(visiting: Visiting) -> Visit:
    return visiting(sites.DESKTOP)


@pytest.fixture
def phone(visiting: Visiting) -> Visit:
    return visiting(sites.PHONE)


@pytest.fixture
def narrowest(visiting: Visiting) -> Visit:
    """The width at which WCAG 1.4.10 still wants everything without scrolling sideways."""
    return visiting(sites.NARROWEST)
