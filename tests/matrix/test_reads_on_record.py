# SPDX-License-Identifier: MPL-2.0
"""Every address that shows somebody else's name puts it on record: no view and no API operation forgets to.

Each address is asked, the answer is searched for the names of others, and where there is one, the same request must
have written a line of a declared kind of look-up. What is left out is reviewed, with the reason, in :data:`LEFT_OUT`.
"""

from contextlib import suppress

import pytest
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import clear_url_caches, path, reverse
from matrix.enumerate import routes
from matrix.objects import arguments_of
from matrix.table import _close
from persons import LOGIN_BACKEND, Persons

from kommune3.kernel.access import declare, lookups
from kommune3.kernel.audit.models import Entry
from kommune3.kernel.people.models import Person
from kommune3.urls import urlpatterns

READERS = ("administrator", "leader", "fleet_manager")
EMPLOYEES_AT_WORK = "Who works and leads where is no secret in the house: names and titles of colleagues at work."
RIGHTS = "Logins and rights of employees, administered: each change is on record, with the person it is about."
LEFT_OUT = {
    "organisation:units": EMPLOYEES_AT_WORK,
    "organisation:unit": EMPLOYEES_AT_WORK,
    "jobs:detail": "Who started a job: the colleague to ask.",
    "fleet:book": "For whom a vehicle can be booked: names of colleagues to choose among.",
    "fleet:booking_change": "For whom a vehicle can be booked: names of colleagues to choose among.",
}
LEFT_OUT_BELOW = {
    "administration:": RIGHTS,
    "substitutes:": RIGHTS,
    "break-glass:": RIGHTS,
    "rights:": RIGHTS,
    "reviews:": RIGHTS,
    "privacy:": "Each has its own line with the person (kernel.privacy).",
}


def is_left_out(name: str) -> bool:
    return name in LEFT_OUT or any(name.startswith(prefix) for prefix in LEFT_OUT_BELOW)


def name_everybody_unmistakably() -> dict[str, str]:
    """Family names that are found nowhere else, by person."""
    marks = {}
    for number, person in enumerate(Person.objects.order_by("pk")):
        person.family_name = f"Zqvx{number:03}zq"
        person.save(update_fields=["family_name"])
        marks[str(person.pk)] = person.family_name
    return marks


def text_of(response: HttpResponse) -> str:
    if response.streaming:
        content = b"" if response.get("Content-Type", "").startswith("text/event-stream") else b"".join(response)
        _close(response)
        return content.decode("utf-8", errors="replace")
    return response.content.decode("utf-8", errors="replace")


def forgotten(client: Client, address: str, *, own: str) -> bool:
    """Whether the answer names somebody else without a line that says so."""
    with transaction.atomic():
        marks = name_everybody_unmistakably()
        before = Entry.objects.order_by("-number").values_list("number", flat=True).first() or 0
        response = client.get(address)
        text = text_of(response) if response.status_code == 200 else ""
        shown = {person for person, mark in marks.items() if mark in text} - {own}
        lines = Entry.objects.filter(number__gt=before, action__in=lookups.kinds()).exists()
        transaction.set_rollback(True)
    return bool(shown) and not lines


def unrecorded(persons: Persons, names: set[str] | None = None) -> list[str]:
    found = []
    clients = {}
    for role in READERS:
        clients[role] = Client(raise_request_exception=False)
        clients[role].force_login(getattr(persons, role), backend=LOGIN_BACKEND)
    for route in routes():
        if "GET" not in route.methods or (names is not None and route.name not in names) or is_left_out(route.name):
            continue
        with transaction.atomic():
            places = arguments_of(route, persons) if route.arguments else {"-": {}}
            for place, arguments in places.items():
                if place == "missing":
                    continue
                address = reverse(route.name, kwargs=arguments)
                found += [
                    f"{route.name} {place} {role}"
                    for role, client in clients.items()
                    if forgotten(client, address, own=str(getattr(persons, role).person_id))
                ]
            transaction.set_rollback(True)
    return found


@pytest.mark.slow
def test_no_address_shows_another_person_without_a_line(persons: Persons) -> None:
    assert "\n".join(unrecorded(persons)) == ""


def test_an_address_that_forgets_is_found(persons: Persons) -> None:
    def planted(request: HttpRequest) -> HttpResponse:
        return HttpResponse(", ".join(str(person) for person in Person.objects.all()))

    urlpatterns.append(path("planted-people/", planted, name="planted-people"))
    declare.pages({"planted-people": declare.LOGGED_IN})
    clear_url_caches()
    try:
        assert unrecorded(persons, {"planted-people"}) == [f"planted-people - {role}" for role in READERS]
    finally:
        urlpatterns.pop()
        clear_url_caches()
        with suppress(KeyError):
            declare._pages.pop("planted-people")


def test_what_is_left_out_exists_and_says_why() -> None:
    names = {route.name for route in routes()}
    assert set(LEFT_OUT) <= names
    assert all(reason.endswith(".") for reason in (LEFT_OUT | LEFT_OUT_BELOW).values())
