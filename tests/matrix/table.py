# SPDX-License-Identifier: MPL-2.0
"""The table: each address, method and object x each role -> how the platform answers."""

import copy
import csv
import re
from collections.abc import Callable, Container, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from django.core import signals
from django.db import close_old_connections, transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse
from matrix import objects
from matrix.enumerate import Route, routes
from persons import LOGIN_BACKEND, Persons

PATH = Path(__file__).parent / "matrix.csv"
NOBODY = "nobody"
KEYS = ("address", "method", "object")

Table = dict[tuple[str, str, str], dict[str, str]]
# Each role whose rights end at its unit, and the place of the matrix's objects that lies outside of it.
HIDDEN_FROM = {
    "leader": objects.OTHER_UNIT,
    "employee": objects.OTHER_UNIT,
    "other_leader": objects.OWN_UNIT,
    "other_employee": objects.OWN_UNIT,
    "citizen": objects.OTHER_UNIT,
    NOBODY: objects.OTHER_UNIT,
}
LONGEST_NUMBER = 12
_TOKEN = re.compile(r"""(csrfmiddlewaretoken" value="|"X-CSRFToken": ")[^"]+""")


@dataclass
class Bodies:
    """What was said, word for word, of objects outside a role's reach, and of those that do not exist."""

    said: dict[tuple[str, str, str, str], str] = field(default_factory=dict)

    def keep(self, route: str, method: str, place: str, role: str, text: str) -> None:
        """Keep an answer where another must be like it."""
        if place in (HIDDEN_FROM.get(role), objects.MISSING):
            self.said[route, method, place, role] = text

    def unlike(self) -> list[str]:
        """Addresses whose answer tells an object of another unit from one that does not exist."""
        return [
            f"{route} {method}, {role}: {place} is answered otherwise than {objects.MISSING}"
            for (route, method, place, role), text in self.said.items()
            if place != objects.MISSING and self.said.get((route, method, objects.MISSING, role), text) != text
        ]


def words_of(response: HttpResponseBase, address: str, arguments: Mapping[str, object]) -> str:
    """Status, address that it leads to and body, without what differs from one request to the next.

    Numbers of rows are only taken out where they are part of an address: a "1" stands everywhere.
    """
    body = "" if response.streaming else response.content.decode(errors="replace")  # type: ignore[attr-defined]
    text = f"{response.status_code} {response.get('Location', '')} {response.get('Content-Type', '')}\n{body}"
    unmistakable = [value for value in map(str, arguments.values()) if len(value) > LONGEST_NUMBER]
    for value in filter(None, (response.get("X-Request-ID", ""), address, *unmistakable)):
        text = text.replace(value, "…").replace(quote(value, safe=""), "…").replace(quote(value), "…")
    for value in map(str, arguments.values()):  # where a redirect leads, too
        text = text.replace(f"/{value}/", "/…/")
    return _TOKEN.sub(r"\1…", text)


def build(
    persons: Persons,
    *,
    roles: Container[str] | None = None,
    methods: Container[str] | None = None,
    asking: Callable[[], AbstractContextManager[None]] = nullcontext,
    bodies: Bodies | None = None,
) -> Table:
    """Ask every address as every role. What a request changes is rolled back before the next.

    ``roles`` and ``methods`` narrow what is asked; each request is made inside of ``asking()``; ``bodies`` keeps what
    was said of objects out of reach.
    """
    clients = {name: _client(account) for name, account in persons.accounts().items()} | {NOBODY: _client(None)}
    clients = {name: client for name, client in clients.items() if roles is None or name in roles}
    table: Table = {}
    for route in routes():
        with transaction.atomic():
            for place, arguments in _places(route, persons).items():
                address = reverse(route.name, kwargs=arguments)
                for method in (each for each in route.methods if methods is None or each in methods):
                    row = table[route.name, method, place] = {}
                    for role, client in clients.items():
                        row[role], said = _outcome(client, method, address, arguments, asking)
                        if bodies is not None:
                            bodies.keep(route.name, method, place, role, said)
            transaction.set_rollback(True)
    return table


def _client(account: object) -> Client:
    client = Client(raise_request_exception=False)
    if account is not None:
        client.force_login(account, backend=LOGIN_BACKEND)  # type: ignore[arg-type]
    return client


def _places(route: Route, persons: Persons) -> dict[str, dict[str, object]]:
    return objects.arguments_of(route, persons) if route.arguments else {"-": {}}


def _close(response: HttpResponseBase) -> None:
    """End a stream, without the end of a request that would close the test's connection to the database."""
    signals.request_finished.disconnect(close_old_connections)
    try:
        response.close()
    finally:
        signals.request_finished.connect(close_old_connections)


def _outcome(
    client: Client,
    method: str,
    address: str,
    arguments: Mapping[str, object],
    asking: Callable[[], AbstractContextManager[None]],
) -> tuple[str, str]:
    """The outcome in a word, and the whole of what was said."""
    kept = copy.deepcopy(client.cookies)
    content_type = "application/json" if address.startswith("/api/") else "application/x-www-form-urlencoded"
    with transaction.atomic():
        with asking():
            response = client.generic(method, address, data="", content_type=content_type)
        outcome, said = _word(response), words_of(response, address, arguments)
        if response.streaming:  # any other is closed by the client already
            _close(response)
        transaction.set_rollback(True)
    client.cookies = kept  # logging out, too, is undone
    return outcome, said


def _word(response: HttpResponseBase) -> str:
    """The status; for a redirect to the login "login"."""
    if response.status_code == 302 and response["Location"].startswith("/account/login/"):
        return "login"
    return str(response.status_code)


def read() -> Table:
    """The table as it was last reviewed."""
    if not PATH.exists():
        return {}
    with PATH.open(encoding="utf-8", newline="") as file:
        return {
            (row["address"], row["method"], row["object"]): {k: v for k, v in row.items() if k not in KEYS}
            for row in csv.DictReader(file)
        }


def write(table: Table) -> None:
    """Write the table for review."""
    roles = list(next(iter(table.values())))
    with PATH.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*KEYS, *roles])
        for key in sorted(table):
            writer.writerow([*key, *(table[key][role] for role in roles)])


def differences(reviewed: Table, actual: Table) -> list[str]:
    """What is new, gone or answered otherwise, a line each."""
    lines = [f"new, not reviewed: {' '.join(key)}" for key in sorted(actual.keys() - reviewed.keys())]
    lines += [f"no longer there: {' '.join(key)}" for key in sorted(reviewed.keys() - actual.keys())]
    for key in sorted(actual.keys() & reviewed.keys()):
        for role in actual[key]:
            if actual[key][role] != reviewed[key].get(role):
                lines.append(f"{' '.join(key)}, {role}: {reviewed[key].get(role)} is now {actual[key][role]}")
    return lines
