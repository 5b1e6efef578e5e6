# SPDX-License-Identifier: MPL-2.0
"""A whole demo municipality, served by the real command in a folder of its own; and the browser that visits it."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, Playwright
from ports import free_port

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = os.environ.get("KOMMUNE3_CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--lang=da-DK",
    # Maps are drawn with WebGL, which a machine without a graphics card does in software.
    "--enable-unsafe-swiftshader",
]  # fmt: skip
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 360, "height": 740}
NARROWEST = {"width": 320, "height": 640}
PASSWORD_SUFFIX = "-norddjurs"  # demo logins: user name and this
PATIENCE_MS = 120_000  # only a journey that fails waits so long
START_SECONDS = 900  # only a demo municipality that never comes is waited for so long
VISITOR = ""


@dataclass(frozen=True)
class Site:
    """Where the demo municipality is served."""

    url: str


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=60):
            return True
    except (urllib.error.URLError, TimeoutError, ConnectionError):
        return False


@contextmanager
def serve(folder: Path) -> Iterator[Site]:
    """Seed and serve the demo municipality from ``folder``; stop the server, and only that, at the end."""
    port = free_port()
    environment = {**os.environ, "KOMMUNE3_DATA_DIR": str(folder), "KOMMUNE3_DEMO": "1", "KOMMUNE3_DATABASE_URL": ""}
    log = folder / "server.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "kommune3", "demo", "--serve", "--port", str(port)],
            cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip
        url = f"http://127.0.0.1:{port}"
        try:
            deadline = time.monotonic() + START_SECONDS
            while not _answers(f"{url}/account/login/"):
                if server.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"The demo municipality does not answer:\n{log.read_text()[-4000:]}")
                time.sleep(0.5)
            yield Site(url)
        finally:
            server.terminate()
            try:
                server.wait(60)
            except subprocess.TimeoutExpired:
                server.kill()


def launch(playwright: Playwright) -> Browser:
    """Debian's Chromium, with nothing of anybody's profile."""
    return playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)


def new_context(browser: Browser, viewport: dict[str, int]) -> BrowserContext:
    """A browser as a Dane has it, with the given size of window."""
    context = browser.new_context(
        viewport={"width": viewport["width"], "height": viewport["height"]},
        locale="da-DK",
        timezone_id="Europe/Copenhagen",
        reduced_motion="reduce",
    )
    context.set_default_timeout(PATIENCE_MS)
    return context


def log_in(page: Page, site: Site, username: str) -> None:
    """Through the login page, as a person does. Does nothing for :data:`VISITOR`."""
    if username == VISITOR:
        return
    page.goto(f"{site.url}/account/login/")
    page.locator("#id_login").fill(username)
    page.locator("#id_password").fill(username + PASSWORD_SUFFIX)
    page.locator(".k3-form button.button-primary").first.click()
    page.wait_for_url(lambda url: "/account/login/" not in url)
    while "/account/2fa/" in page.url:
        # The demo shows the code; where it has just been used, the next one comes with the page.
        with page.expect_navigation():
            page.locator(".k3-demo .button").click()


def settle(page: Page) -> None:
    """Wait until fonts, charts and maps have been drawn."""
    page.wait_for_load_state("load")
    page.evaluate("document.fonts.ready")
    page.wait_for_timeout(400)
    if page.locator("k3-map, k3-chart, k3-timeline").count():
        page.wait_for_timeout(1600)
