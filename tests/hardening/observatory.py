# SPDX-License-Identifier: MPL-2.0
"""The rules by which Mozilla's HTTP Observatory grades a site, applied to one answer.

Source: MDN, "HTTP Observatory tests & scoring", algorithm version 4
(https://developer.mozilla.org/en-US/observatory/docs/tests_and_scoring). An answer is graded whatever its status;
whether plain HTTP is redirected is a test of its own. The grades that ``test_headers.py`` expects of good and bad
headers are those that Mozilla's own grader (the package @mdn/mdn-http-observatory 1.4.8) gives for the same headers.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser

SIX_MONTHS_SECONDS = 15_552_000
_BROAD = {"ftp:", "http:", "https:", "*", "http://*", "http://*.*", "https://*", "https://*.*"}
_INLINE = {"'unsafe-inline'", "data:"}
_PRIVATE_REFERRER = {"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"}
_NEEDED_FOR_EXTRA_CREDIT = 90
_GRADES = {100: "A+", 90: "A", 85: "A-", 80: "B+", 70: "B", 65: "B-", 60: "C+", 50: "C", 45: "C-", 40: "D+", 30: "D",
           25: "D-", 0: "F"}  # fmt: skip


@dataclass(frozen=True)
class Cookie:
    """What the rules ask of a cookie."""

    name: str
    secure: bool
    http_only: bool
    same_site: str


@dataclass(frozen=True)
class Grade:
    """``score`` is 0 to 145; ``reasons`` are the points of each test that gave or took some."""

    letter: str
    score: int
    reasons: dict[str, int]


def grade(headers: Mapping[str, str], *, cookies: Iterable[Cookie] = (), body: str = "") -> Grade:
    """Grade an HTTPS answer. ``headers``: names in any case. ``body``: the page, where it is HTML."""
    lower = {name.lower(): value for name, value in headers.items()}
    has_hsts = _hsts(lower) >= 0
    points = {
        "content-security-policy": _csp(lower.get("content-security-policy")),
        "cookies": min((_cookie(cookie, has_hsts=has_hsts) for cookie in cookies), default=0),
        "cross-origin-resource-sharing": _cors(lower),
        "referrer-policy": _referrer(lower.get("referrer-policy")),
        "strict-transport-security": _hsts(lower),
        "subresource-integrity": _scripts(body),
        "x-content-type-options": 0 if lower.get("x-content-type-options", "").strip().lower() == "nosniff" else -5,
        "x-frame-options": _frames(lower),
        "cross-origin-resource-policy": _corp(lower.get("cross-origin-resource-policy")),
    }
    uncurved = 100 + sum(value for value in points.values() if value < 0)
    score = max(0, 100 + sum(points.values()) if uncurved >= _NEEDED_FOR_EXTRA_CREDIT else uncurved)
    letter = next(letter for least, letter in sorted(_GRADES.items(), reverse=True) if score - score % 5 >= least)
    return Grade(letter, score, {name: value for name, value in points.items() if value})


def directives(policy: str) -> dict[str, set[str]]:
    """A content security policy as its directives; raises ValueError where one stands twice."""
    found: dict[str, set[str]] = {}
    for part in filter(None, (part.split() for part in policy.lower().split(";"))):
        if part[0] in found:
            raise ValueError(f"{part[0]} stands twice")
        found[part[0]] = set(part[1:]) or ({"'none'"} if part[0].endswith("-src") else set())
    return found


def _csp(policy: str | None) -> int:
    if policy is None:
        return -25
    try:
        csp = directives(policy)
    except ValueError:
        return -25
    default = csp.get("default-src", {"*"})
    script, style, objects = (csp.get(f"{kind}-src", default) for kind in ("script", "style", "object"))
    passive = {"img-src", "media-src"}
    if script & (_BROAD | _INLINE) or objects & _BROAD:
        return -20
    if any(
        source.startswith(("http:", "ftp:")) for name, all_ in csp.items() if name not in passive for source in all_
    ):
        return -20
    if "'unsafe-eval'" in script | style:
        return -10
    if any(source.startswith(("http:", "ftp:")) for name in passive for source in csp.get(name, default)):
        return -10
    if style & (_BROAD | _INLINE):
        return 0
    return 10 if csp.get("default-src") == {"'none'"} else 5


def _cookie(cookie: Cookie, *, has_hsts: bool) -> int:
    name = cookie.name.lower()
    is_session = "login" in name or "sess" in name
    found = [5 if cookie.same_site.lower() in ("lax", "strict", "none") else 0]
    if not cookie.secure:
        found.append((-10 if has_hsts else -40) if is_session else (-5 if has_hsts else -20))
        if cookie.same_site.lower() == "none":
            found.append(-20)
    if "csrf" in name and not cookie.same_site:
        found.append(-20)
    if is_session and not cookie.http_only:
        found.append(-30)
    return min(found)


def _cors(headers: Mapping[str, str]) -> int:
    origin = headers.get("access-control-allow-origin", "")
    with_credentials = headers.get("access-control-allow-credentials", "").lower() == "true"
    return -50 if origin not in ("", "*") and with_credentials else 0


def _referrer(value: str | None) -> int:
    if value is None:
        return 0
    return 5 if value.lower().split(",")[-1].strip() in _PRIVATE_REFERRER else -5


def _hsts(headers: Mapping[str, str]) -> int:
    age = re.search(r"max-age=(\d+)", headers.get("strict-transport-security", "").lower())
    if age is None:
        return -20
    return 0 if int(age[1]) >= SIX_MONTHS_SECONDS else -10


def _frames(headers: Mapping[str, str]) -> int:
    if "frame-ancestors" in headers.get("content-security-policy", ""):
        return 5
    return 0 if headers.get("x-frame-options", "").lower() in ("deny", "sameorigin") else -20


def _corp(value: str | None) -> int:
    if value is None or value == "cross-origin":
        return 0
    return 10 if value in ("same-origin", "same-site") else -5


class _Scripts(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.foreign: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        source = values.get("src") or ""
        if tag == "script" and re.match(r"(https?:)?//", source):
            self.foreign.append((source, bool(values.get("integrity"))))


def _scripts(body: str) -> int:
    page = _Scripts()
    page.feed(body)
    worst = 0
    for source, has_integrity in page.foreign:
        if not source.startswith("https:"):
            worst = min(worst, -20 if has_integrity else -50)
        elif not has_integrity:
            worst = min(worst, -5)
    return worst
