# SPDX-License-Identifier: MPL-2.0
"""What is said when the server's disk takes nothing. The drills with a real disk are in ``tests/kill``."""

import errno
import sqlite3
from typing import Any

import pytest
from django.http import HttpRequest
from django.test import Client, override_settings
from django.urls import path

handler500 = "kommune3.ui.errors.server_error"
pytestmark = pytest.mark.django_db


def full(request: HttpRequest) -> Any:
    raise OSError(errno.ENOSPC, "No space left on device")


def read_only(request: HttpRequest) -> Any:
    error = sqlite3.OperationalError("attempt to write a readonly database")
    error.sqlite_errorcode = sqlite3.SQLITE_READONLY
    raise error


def broken(request: HttpRequest) -> Any:
    raise OSError(errno.ENOENT, "No such file or directory")


views = [("full/", full), ("read-only/", read_only), ("broken/", broken)]
urlpatterns = [path(prefix + address, view) for address, view in views for prefix in ("", "api/")]


def asked(address: str) -> Any:
    """The answer where every address may be asked by anybody."""
    middleware = ["django.middleware.locale.LocaleMiddleware"]
    with override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=middleware):
        return Client(raise_request_exception=False, headers={"Accept-Language": "da"}).get(address)


@pytest.mark.parametrize(
    ("address", "status", "title"),
    [
        ("full/", 507, "Der er ikke mere plads på serveren"),
        ("read-only/", 503, "Serveren kan ikke gemme noget lige nu"),
        ("broken/", 500, "Noget gik galt"),
    ],
)
def test_the_page_says_what_is_wrong_and_what_to_do(address: str, status: int, title: str) -> None:
    answer = asked(f"/{address}")
    assert answer.status_code == status
    assert title in answer.text
    assert "Traceback" not in answer.text and "OSError" not in answer.text


@pytest.mark.parametrize(
    ("address", "status", "code"), [("full/", 507, "disk_full"), ("read-only/", 503, "disk_not_writable")]
)
def test_the_api_says_it_as_json(address: str, status: int, code: str) -> None:
    answer = asked(f"/api/{address}")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert "er ikke gemt" in answer.json()["detail"]
