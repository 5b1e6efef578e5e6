# SPDX-License-Identifier: MPL-2.0
"""Through the municipality's identity provider in a real browser: there and back, out, and refused.

The platform is set up with its own commands and served as it is in a town hall. The provider is a web site of its own
(``localhost``, where the platform is ``127.0.0.1``), so that to the browser its form comes from another site.
"""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import pytest
import saml_provider as idp
from journeys import axe
from journeys import site as sites
from journeys.conftest import Visit
from playwright.sync_api import Browser, Request, expect
from ports import free_port

CVR = "29189986"
WAY_IN = "Log ind med kommunens login"


@dataclass
class Provider:
    """The identity provider as a web site: ``/sso``, ``/slo``, and ``/out`` where a logout begins there."""

    certificate: bytes = b""
    platform: str = ""
    level: str = "Substantial"
    asked: list[str] = field(default_factory=list)
    url: str = ""

    def page(self, path: str) -> tuple[int, dict[str, str], str]:
        """Status, headers and body of the answer to a visit."""
        address = urlsplit(path)
        slo = f"{self.platform}/account/saml/slo/"
        if address.path == "/out":
            query = idp.signed_query(idp.logout_request(slo, datetime.now(UTC)), kind="SAMLRequest")
            return 302, {"Location": f"{slo}?{query}"}, ""
        kind, root, query = idp.read_redirect(path, self.certificate)
        self.asked.append(root.tag.rpartition("}")[2])
        if address.path == "/sso":
            return 200, {}, self._form(root)
        if kind == "SAMLRequest":
            answer = idp.logout_response(slo, datetime.now(UTC), root.get("ID"))
            return 302, {"Location": f"{slo}?{idp.signed_query(answer, kind='SAMLResponse')}"}, ""
        return 200, {}, f"<!doctype html><title>Ude</title><h1>Ude {escape(str(sorted(query)))}</h1>"

    def _form(self, request: Any) -> str:
        says = idp.Says(
            request.get("ID"), request.get("AssertionConsumerServiceURL"), request.findtext("saml:Issuer", "", idp.NS),
            datetime.now(UTC).replace(microsecond=0),
        ).stating(loa=self.level)  # fmt: skip
        root = idp.document(says)
        idp.sign(idp.assertion_of(root))
        text = idp.posted(idp.encrypt(root, self.certificate))
        return (
            "<!doctype html><title>Kommunens login</title><h1>Kommunens login</h1>"
            f'<form method="post" action="{escape(says.acs_url)}">'
            f'<input type="hidden" name="SAMLResponse" value="{text}">'
            '<input type="hidden" name="RelayState" value="https://evil.example/"><button>Log ind</button></form>'
        )


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    made = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if urlsplit(self.path).path == "/favicon.ico":
                self.send_response(204)
                self.end_headers()
                return
            status, headers, body = made.page(self.path)
            self.send_response(status)
            for name, value in {"Content-Type": "text/html; charset=utf-8", **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.url = f"http://localhost:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield made
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def town_hall(provider: Provider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[sites.Site]:
    """A municipality whose administrator logs in through the provider."""
    folder = tmp_path_factory.mktemp("saml")
    url = f"http://127.0.0.1:{free_port()}"
    environment = {
        **os.environ, "KOMMUNE3_DATA_DIR": str(folder), "KOMMUNE3_DATABASE_URL": "", "KOMMUNE3_PUBLIC_URL": url,
        "KOMMUNE3_SAML_IDP_METADATA": str(idp.write_metadata(folder, base=provider.url)),
        "KOMMUNE3_ADMIN_PASSWORD": "a long enough password",
    }  # fmt: skip

    def run(*words: str) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "kommune3", *words], cwd=sites.ROOT, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr

    run("migrate")
    run("collectstatic", "--no-input")
    run("setup", "--name", "Prøve Kommune", "--cvr", CVR, "--given-name", "Ada", "--family-name", "Prøve",
        "--username", "ada")  # fmt: skip
    run("saml", "keys")
    run("saml", "link", "ada", idp.SUBJECT)
    provider.certificate = (folder / "secrets" / "saml.crt").read_bytes()
    provider.platform = url
    assert (folder / "secrets" / "saml.key").stat().st_mode & 0o777 == 0o600
    with (folder / "server.log").open("wb") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "kommune3", "serve", "--workers", "0", "--port", str(urlsplit(url).port)],
            cwd=sites.ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            deadline = time.monotonic() + sites.START_SECONDS
            while not sites._answers(f"{url}/account/login/"):
                if server.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError((folder / "server.log").read_text()[-4000:])
                time.sleep(0.5)
            yield sites.Site(url)
        finally:
            server.terminate()
            try:
                server.wait(60)
            except subprocess.TimeoutExpired:
                server.kill()


@pytest.fixture
def visit(chromium: Browser, town_hall: sites.Site, provider: Provider, request: Any) -> Iterator[Visit]:
    provider.level = "Substantial"
    made = Visit(chromium, town_hall, getattr(request, "param", sites.DESKTOP), {})
    yield made
    made.context.close()


def to_the_provider(visit: Visit, address: str = "/organisation/") -> None:
    visit.page.goto(visit.site.url + address)
    visit.page.get_by_role("link", name=WAY_IN).click()
    visit.page.wait_for_url("http://localhost:*/sso?**")


def test_an_administrator_goes_through_the_provider_to_the_page_they_wanted(visit: Visit, provider: Provider):
    posts: list[Request] = []
    visit.page.on("request", lambda request: posts.append(request) if request.method == "POST" else None)
    to_the_provider(visit)
    assert visit.context.cookies(visit.site.url)[0]["sameSite"] == "Lax"
    visit.page.get_by_role("button", name="Log ind").click()
    visit.page.wait_for_url(f"{visit.site.url}/organisation/")
    expect(visit.page.get_by_role("heading", level=1)).to_have_text("Organisation")
    (post,) = posts
    assert urlsplit(post.url).path == "/account/saml/acs/"
    assert "cookie" not in post.all_headers()  # to the browser it came from another site
    assert visit.complaints == []


def test_who_logs_out_here_is_logged_out_at_the_provider_and_comes_back(visit: Visit, provider: Provider):
    to_the_provider(visit)
    visit.page.get_by_role("button", name="Log ind").click()
    visit.page.wait_for_url(f"{visit.site.url}/organisation/")
    visit.page.locator("form[action='/account/logout/'] button").first.dispatch_event("click")
    visit.page.wait_for_url(f"{visit.site.url}/")
    expect(visit.page.get_by_text("Du er logget ud både her og af kommunens login")).to_be_visible()
    assert provider.asked[-1] == "LogoutRequest"
    assert visit.complaints == []


def test_who_logs_out_at_the_provider_is_logged_out_here(visit: Visit, provider: Provider):
    to_the_provider(visit)
    visit.page.get_by_role("button", name="Log ind").click()
    visit.page.wait_for_url(f"{visit.site.url}/organisation/")
    visit.page.goto(f"{provider.url}/out")
    expect(visit.page.get_by_role("heading", level=1)).to_contain_text("Ude")
    assert provider.asked[-1] == "LogoutResponse"
    visit.page.goto(f"{visit.site.url}/organisation/")
    assert urlsplit(visit.page.url).path == "/account/login/"


@pytest.mark.parametrize("visit", [sites.DESKTOP, sites.NARROWEST], indirect=True, ids=["desktop", "narrowest"])
def test_a_login_that_is_not_sure_enough_is_explained(visit: Visit, provider: Provider):
    provider.level = "Low"
    to_the_provider(visit)
    visit.page.get_by_role("button", name="Log ind").click()
    expect(visit.page.get_by_role("heading", level=1)).to_have_text("Dit login er ikke sikkert nok")
    expect(visit.page.get_by_text("Nummeret på dette login er")).to_be_visible()
    assert axe.violations(visit.page) == []
    assert visit.overflow() <= 0
    assert [complaint for complaint in visit.complaints if "403" not in complaint] == []
    visit.page.get_by_role("link", name="Til loginsiden").click()
    visit.page.wait_for_url("**/account/login/")


def test_the_page_where_privileges_get_roles_works_and_fits(visit: Visit):
    to_the_provider(visit, "/administration/privileges/")
    visit.page.get_by_role("button", name="Log ind").click()
    visit.page.wait_for_url("**/administration/privileges/")
    assert axe.violations(visit.page) == []
    visit.page.get_by_label("Privilegium").fill("https://prove.dk/roles/planner/1")
    visit.page.locator("#id_role").select_option(label="Medarbejder")
    visit.page.get_by_role("button", name="Tilføj").click()
    expect(visit.page.get_by_role("rowheader", name="https://prove.dk/roles/planner/1")).to_be_visible()
    assert axe.violations(visit.page) == []
    visit.page.set_viewport_size({"width": 320, "height": 640})
    assert visit.overflow() <= 0
    visit.page.get_by_role("button", name="Fjern https://prove.dk/roles/planner/1").click()
    expect(visit.page.get_by_text("Intet privilegium giver en rolle endnu")).to_be_visible()
    assert visit.complaints == []
