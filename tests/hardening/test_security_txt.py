# SPDX-License-Identifier: MPL-2.0
"""Whoever finds a hole can find out whom to tell, once the operator has said so."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from kommune3.kernel import clock

pytestmark = pytest.mark.django_db
ADDRESS = "/.well-known/security.txt"
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def test_without_a_contact_there_is_no_page(client: Client) -> None:
    assert client.get(ADDRESS).status_code == 404


def test_the_contact_is_told_as_rfc_9116_asks(client: Client, settings: Any) -> None:
    settings.SECURITY_CONTACTS = ["mailto:sikkerhed@example.dk", "https://example.dk/sikkerhed"]
    settings.PUBLIC_URL = "https://k3.example.dk/"
    with clock.stopped(NOW):
        answer = client.get(ADDRESS)
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    fields = [line.split(": ", 1) for line in answer.content.decode().splitlines()]
    assert [value for name, value in fields if name == "Contact"] == settings.SECURITY_CONTACTS
    said = dict(fields)
    expires = datetime.fromisoformat(said["Expires"])
    assert NOW < expires < NOW + timedelta(days=365)
    assert said["Canonical"] == f"https://k3.example.dk{ADDRESS}"


def test_search_engines_are_asked_to_stay_away(client: Client) -> None:
    assert client.get("/robots.txt").content == b"User-agent: *\nDisallow: /\n"
