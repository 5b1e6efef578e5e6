# SPDX-License-Identifier: MPL-2.0
"""What every answer carries where the platform is served over HTTPS: A+ by the rules of Mozilla's HTTP Observatory."""

from collections.abc import Callable, Iterator
from http.cookies import Morsel
from typing import Any

import pytest
from django.core import signals
from django.core.cache import cache
from django.db import close_old_connections, transaction
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import clear_url_caches, path, reverse
from hardening import https_settings, observatory
from matrix.enumerate import routes
from matrix.objects import arguments_of
from persons import LOGIN_BACKEND, PASSWORD, Persons

from kommune3.kernel import clock
from kommune3.kernel.access import declare, tokens
from kommune3.kernel.access.actor import actor_of
from kommune3.kernel.people.assurance import Assurance
from kommune3.urls import urlpatterns

pytestmark = pytest.mark.django_db
# 100, and the bonuses for: CSP without default sources, framing refused, a private referrer, same-origin resources.
BEST_WITHOUT_COOKIES = 130
BEST_WITH_COOKIES = 135
Visitor = Callable[[object], Client]


@pytest.fixture(autouse=True)
def _attempts_are_forgotten() -> Iterator[None]:
    """The counts of attempts to log in are no rows: they would reach the next test."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def visitor(settings: Any) -> Visitor:
    """A visitor over HTTPS, logged in as the account given (None: nobody)."""
    https_settings.switch_on(settings)

    def visit(account: object) -> Client:
        client = Client(
            raise_request_exception=False,
            headers={"host": https_settings.HOST, "x-forwarded-proto": "https"},
        )
        if account is not None:
            client.force_login(account, backend=LOGIN_BACKEND)  # type: ignore[arg-type]
        return client

    return visit


def cookie(morsel: "Morsel[str]") -> observatory.Cookie:
    return observatory.Cookie(
        morsel.key, secure=bool(morsel["secure"]), http_only=bool(morsel["httponly"]), same_site=morsel["samesite"]
    )


def faults(response: HttpResponseBase) -> list[str]:
    """What keeps an answer from the best grade there is, and what the house asks for besides."""
    is_page = response.headers.get("Content-Type", "").startswith("text/html") and not response.streaming
    body = response.content.decode() if is_page else ""  # type: ignore[attr-defined]
    cookies = [cookie(morsel) for morsel in response.cookies.values()]
    grade = observatory.grade(response.headers, cookies=cookies, body=body)
    found = []
    if grade.letter != "A+" or grade.score != (BEST_WITH_COOKIES if cookies else BEST_WITHOUT_COOKIES):
        found.append(f"{grade.letter} {grade.score} {grade.reasons}")
    if "unsafe" in response.headers.get("Content-Security-Policy", "unsafe"):
        found.append("the policy has an unsafe-* source")
    wanted = {"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp"}
    found += [f"{name}: {response.headers.get(name)}" for name, value in wanted.items()
              if response.headers.get(name) != value]  # fmt: skip
    if "geolocation=()" not in response.headers.get("Permissions-Policy", ""):
        found.append("no Permissions-Policy")
    if "Access-Control-Allow-Origin" in response.headers:
        found.append("open to other origins")
    if "Server" in response.headers:
        found.append("tells what serves it")
    for one in response.cookies.values():
        if not (one.key.startswith("__Host-") and one["secure"] and one["path"] == "/" and not one["domain"]):
            found.append(f"{one.key} is not bound to this host")
        if not one["httponly"] or one["samesite"] != "Lax":
            found.append(f"{one.key} can be read by scripts, or is sent along by other sites")
    return found


def end(response: HttpResponseBase) -> None:
    """Close a stream without closing the test's connection to the database."""
    signals.request_finished.disconnect(close_old_connections)
    try:
        response.close()
    finally:
        signals.request_finished.connect(close_old_connections)


@pytest.mark.slow
def test_every_address_is_graded_a_plus(persons: Persons, visitor: Visitor) -> None:
    """Pages, the API, downloads, streams and refusals: each address as an administrator, as staff and as nobody."""
    found: dict[str, list[str]] = {}
    graded: set[tuple[int, str]] = set()
    for account in (persons.administrator, persons.employee, None):
        client = visitor(account)
        kept = client.cookies.copy()
        for route in routes():
            with transaction.atomic():
                places = arguments_of(route, persons) if route.arguments else {"-": {}}
                for arguments in places.values():
                    response = client.get(reverse(route.name, kwargs=arguments))
                    graded.add((response.status_code, response.headers.get("Content-Type", "").split(";")[0]))
                    if wrong := faults(response):
                        found[f"{route.name} {response.status_code}"] = wrong
                    if response.streaming:
                        end(response)
                    client.cookies = kept.copy()
                transaction.set_rollback(True)
    assert found == {}
    kinds = {(200, "text/html"), (200, "application/json"), (200, "text/event-stream"), (302, "text/html"),
             (401, "application/json"), (403, "text/html"), (404, "text/html"), (200, "text/csv")}  # fmt: skip
    assert kinds - graded == set(), "every kind of answer was among them"


def test_a_login_is_graded_a_plus_and_its_cookies_are_bound_to_the_host(persons: Persons, visitor: Visitor) -> None:
    client = visitor(None)
    form = client.get("/account/login/")
    assert faults(form) == []
    done = client.post("/account/login/", {"login": "leader", "password": PASSWORD})
    assert done.status_code == 302 and "__Host-session" in done.cookies
    assert faults(done) == []
    assert faults(client.get("/")) == []
    out = client.post("/account/logout/")
    assert out.headers["Clear-Site-Data"] == '"storage"'


def test_the_choice_of_language_and_a_message_leave_no_other_cookies(persons: Persons, visitor: Visitor) -> None:
    client = visitor(persons.leader)
    done = client.post("/language/", {"language": "en", "next": "/"})
    assert set(done.cookies) == {"__Host-language"} and faults(done) == []
    assert "messages" not in client.cookies


def test_being_locked_out_is_graded_a_plus(persons: Persons, visitor: Visitor) -> None:
    client = visitor(None)
    answers = [client.post("/account/login/", {"login": "leader", "password": "wrong"}) for _ in range(10)]
    assert answers[-1].status_code == 429
    assert faults(answers[-1]) == []


def test_a_page_that_fails_is_graded_a_plus(persons: Persons, visitor: Visitor) -> None:
    def broken(request: object) -> HttpResponse:
        raise RuntimeError("planted")

    urlpatterns.append(path("planted/", broken, name="planted"))
    declare.pages({"planted": declare.PUBLIC})
    clear_url_caches()
    try:
        response = visitor(None).get("/planted/")
    finally:
        urlpatterns.pop()
        declare._pages.pop("planted")
        clear_url_caches()
    assert response.status_code == 500
    assert faults(response) == []


@pytest.mark.parametrize("address", ["/", "/api/v1/units/"])
def test_a_host_that_is_not_served_is_refused_with_the_same_headers(visitor: Visitor, address: str) -> None:
    response = visitor(None).get(address, headers={"host": "evil.example"})
    assert response.status_code == 400
    assert faults(response) == []


def test_a_form_without_its_token_is_refused_with_the_same_headers(persons: Persons, settings: Any) -> None:
    https_settings.switch_on(settings)
    client = Client(enforce_csrf_checks=True, headers={"host": https_settings.HOST, "x-forwarded-proto": "https"})
    response = client.post("/language/", {"language": "en"})
    assert response.status_code == 403
    assert faults(response) == []


def test_plain_http_is_sent_to_https_at_the_same_host(visitor: Visitor) -> None:
    response = visitor(None).get("/accessibility/", headers={"x-forwarded-proto": "http"})
    assert (response.status_code, response["Location"]) == (301, f"https://{https_settings.HOST}/accessibility/")
    assert "Strict-Transport-Security" not in response.headers, "over plain HTTP, browsers are to ignore it"
    assert "default-src 'none'" in response["Content-Security-Policy"]


def test_scripts_styles_and_pictures_are_graded_a_plus(visitor: Visitor, settings: Any) -> None:
    settings.WHITENOISE_AUTOREFRESH = settings.WHITENOISE_USE_FINDERS = True
    response = visitor(None).get("/static/favicon.svg")
    assert response.status_code == 200
    assert faults(response) == []
    assert response["Cache-Control"].startswith("max-age")
    end(response)


def test_the_api_is_graded_a_plus_for_the_bearer_of_a_key(persons: Persons, visitor: Visitor) -> None:
    now = clock.now()
    actor = actor_of(persons.administrator, now=now)
    key = tokens.make_token(actor=actor, now=now, assurance=Assurance.TWO_STEP, name="graded", valid_days=1)
    response = visitor(None).get("/api/v1/organisation/units", headers={"authorization": f"Bearer {key}"})
    assert response.status_code == 200
    assert faults(response) == []


def test_what_a_page_shows_is_kept_by_no_cache(persons: Persons, visitor: Visitor) -> None:
    for address in ("/", "/people/", "/account/", "/api/v1/organisation/units", "/people/?format=csv"):
        response = visitor(persons.administrator).get(address)
        assert "no-store" in response["Cache-Control"], address
        if response.streaming:
            end(response)


def test_without_https_no_browser_is_told_to_use_it(client: Client) -> None:
    response = client.get("/accessibility/")
    assert "Strict-Transport-Security" not in response.headers
    assert observatory.grade(response.headers).reasons["strict-transport-security"] == -20


def test_a_municipalitys_own_map_server_is_the_only_other_origin() -> None:
    served = https_settings.load(KOMMUNE3_HTTPS="1", KOMMUNE3_TILE_SERVER="https://kort.example.dk/{z}/{x}/{y}.png")
    policy = served.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    assert {name for name, sources in policy.items() if "https://kort.example.dk" in sources} == {
        "img-src",
        "connect-src",
    }
    assert served.CROSS_ORIGIN_EMBEDDER_POLICY == "credentialless"


GOOD = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; frame-ancestors 'none'",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@pytest.mark.parametrize(
    ("change", "letter", "score"),
    [
        ({}, "A+", 130),
        ({"Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'"}, "A+", 125),
        ({"Content-Security-Policy": "default-src 'none'; script-src 'unsafe-inline'"}, "C+", 60),
        ({"Content-Security-Policy": None}, "C", 55),
        ({"Strict-Transport-Security": None}, "B+", 80),
        ({"Strict-Transport-Security": "max-age=60"}, "A+", 120),
        ({"X-Content-Type-Options": "sniff"}, "A+", 125),
        ({"Referrer-Policy": "unsafe-url"}, "A+", 120),
        ({"Access-Control-Allow-Origin": "https://a.example", "Access-Control-Allow-Credentials": "true"}, "C", 50),
    ],
)
def test_the_grade_falls_with_each_header_as_the_published_table_says(
    change: dict[str, str | None], letter: str, score: int
) -> None:
    headers = {name: value for name, value in {**GOOD, **change}.items() if value is not None}
    graded = observatory.grade(headers)
    assert graded.score == score
    assert graded.letter == letter


@pytest.mark.parametrize(
    ("cookie", "points"),
    [
        (observatory.Cookie("session", secure=True, http_only=True, same_site="Lax"), 5),
        (observatory.Cookie("session", secure=False, http_only=True, same_site="Lax"), -10),
        (observatory.Cookie("session", secure=True, http_only=False, same_site="Lax"), -30),
        (observatory.Cookie("csrf", secure=True, http_only=True, same_site=""), -20),
    ],
)
def test_the_grade_falls_with_a_careless_cookie(cookie: observatory.Cookie, points: int) -> None:
    assert observatory.grade(GOOD, cookies=[cookie]).reasons["cookies"] == points


@pytest.mark.parametrize(
    ("script", "points"),
    [
        ('<script src="/static/main.js"></script>', 0),
        ('<script src="https://cdn.example/x.js"></script>', -5),
        ('<script src="https://cdn.example/x.js" integrity="sha384-x"></script>', 0),
        ('<script src="//cdn.example/x.js"></script>', -50),
    ],
)
def test_the_grade_falls_with_scripts_of_others(script: str, points: int) -> None:
    assert observatory.grade(GOOD, body=script).reasons.get("subresource-integrity", 0) == points
