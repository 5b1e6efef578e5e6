# SPDX-License-Identifier: MPL-2.0
"""Lists, their files and their filters: what lies outside one's reach is not in them, and not counted or told apart."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest
from django.db import Error as DatabaseError
from django.db import transaction
from django.test import Client
from django.urls import reverse
from matrix import objects
from matrix import table as matrix
from matrix.enumerate import routes
from persons import BEGINNING, LOGIN_BACKEND, NOW, Persons, grant, make_account

from kommune3.kernel.access import standard
from kommune3.kernel.jobs.models import Job
from kommune3.kernel.organisation.models import Unit
from kommune3.kernel.rights.models import Round

ROLES = ("leader", "employee", "citizen")
_SELECT = re.compile(r'<select name="(\w+)".*?</select>', re.DOTALL)
_CHOICE = re.compile(r'<option value="[0-9a-f]{8}-[0-9a-f-]{27}"')


def in_another_unit(persons: Persons) -> dict[UUID, str]:
    """Makes one of everything in the own and in the other unit: the identifiers of the latter, and what they are of."""
    found: dict[UUID, str] = {}
    for factories in objects._registries():
        for name, factory in factories.items():
            try:
                with transaction.atomic():
                    made = factory(persons)
            except DatabaseError:
                continue  # two factories make the same row: one of them is enough
            other: Any = made.get(objects.OTHER_UNIT)
            if isinstance(other, UUID) and other not in (made.get(objects.OWN_UNIT), made.get(objects.OWN)):
                found[other] = name
    return found


def browser_of(persons: Persons, role: str) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(persons.accounts()[role], backend=LOGIN_BACKEND)
    return client


def lists() -> Iterator[str]:
    """Every address that takes no arguments and is not about logging in."""
    for route in routes():
        if not route.arguments and "GET" in route.methods and not route.name.startswith(("account_", "mfa_", "ui:")):
            yield reverse(route.name)


def words(client: Client, address: str, query: dict[str, str] | None = None) -> str:
    with transaction.atomic():
        response = client.get(address, query or {})
        text = matrix.words_of(response, address, {})
        if response.streaming and not response.is_async:
            text += b"".join(response.streaming_content).decode(errors="replace")
        transaction.set_rollback(True)
    for value in (query or {}).values():  # what was asked for is said back
        text = text.replace(value, "…").replace(quote(value, safe=""), "…")
    return text


@pytest.mark.slow
def test_no_list_and_no_file_of_one_holds_anything_of_another_unit(persons: Persons):
    hidden = in_another_unit(persons)
    assert len(hidden) > 10
    leaks, files = [], 0
    for role in ROLES:
        client = browser_of(persons, role)
        for address in lists():
            page = words(client, address)
            if "export=csv" in page:
                files += 1
                page += words(client, address, {"export": "csv"})
            leaks += [f"{address}, {role}: {name}" for pk, name in hidden.items() if str(pk) in page or pk.hex in page]
    assert leaks == []
    assert files > 5


@pytest.mark.slow
def test_a_filter_by_something_of_another_unit_is_answered_as_one_by_nothing(persons: Persons):
    hidden = in_another_unit(persons)
    unlike, tried = [], 0
    client = browser_of(persons, "leader")
    for address in lists():
        page = words(client, address)
        names = {found[1] for found in _SELECT.finditer(page) if _CHOICE.search(found[0])}
        for name in sorted(names):
            nothing = words(client, address, {name: str(objects._MISSING["UUIDConverter"])})
            for pk, of in hidden.items():
                if of.split(":")[-1].removesuffix("_id") in name or of == "unit_id":
                    tried += 1
                    if words(client, address, {name: str(pk)}) != nothing:
                        unlike.append(f"{address}?{name}={of}")
    assert unlike == []
    assert tried > 3


def test_a_list_counts_what_one_may_see_and_no_more(persons: Persons):
    client = browser_of(persons, "leader")
    addresses = ("/people/", "/jobs/", "/organisation/", "/administration/substitutes/", "/administration/reviews/")
    before = {address: words(client, address) for address in addresses}
    newcomer = make_account("newcomer", given_name="Nina", unit=persons.other_unit)
    grant(newcomer, standard.EMPLOYEE, persons.other_unit)
    Job.objects.create(
        task="x",
        title="x",
        queue="default",
        run_after=NOW,
        enqueued_at=NOW,
        max_attempts=1,
        requested_as="x",
        unit=persons.other_unit,
    )
    Unit.objects.create(name="Ny", parent=persons.other_unit, valid_from=BEGINNING)
    Round.objects.create(unit=persons.other_unit, opened_at=NOW, due_date=NOW.date())
    assert {address: words(client, address) for address in addresses} == before
