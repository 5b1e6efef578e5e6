# SPDX-License-Identifier: MPL-2.0
"""Files made to harm are refused on the pages where files are given, with words, and nothing of them is imported."""

import asyncio
import tracemalloc
from functools import cache
from io import BytesIO
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.core.asgi import get_asgi_application
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from hardening import hostile_files
from persons import Persons

from kommune3.kernel import files
from kommune3.kernel.files import archives
from kommune3.kernel.jobs.models import Job, State
from kommune3.kernel.jobs.worker import Worker
from kommune3.solutions.fleet.models import LegDelivery, PriceFile, RegisterImport, Trip, TripImport
from kommune3.solutions.fleet.tests.small_fleet import SmallFleet, fleet
from kommune3.ui import bodies

__all__ = ["fleet"]
pytestmark = pytest.mark.django_db
MOST_MEMORY_BYTES = 150_000_000
EVERYTHING = [*hostile_files.WORKBOOKS, *hostile_files.TEXTS]
# Read in another way, they are a register with a line too little.
HARMLESS_AS_REGISTER = {"UTF-8 cut in the middle of a letter", "a quotation mark that never ends"}


@cache
def content_of(name: str) -> bytes:
    return hostile_files.WORKBOOKS[name]() if name in hostile_files.WORKBOOKS else hostile_files.TEXTS[name]


@pytest.fixture
def manager(fleet: SmallFleet, client: Client) -> Client:
    client.force_login(fleet.persons.fleet_manager)
    return client


def work_off() -> None:
    worker = Worker()
    while worker.step():
        pass


@pytest.mark.parametrize("name", [name for name in EVERYTHING if name not in HARMLESS_AS_REGISTER])
def test_a_register_file_made_to_harm_is_refused_on_its_page(manager: Client, name: str) -> None:
    upload = SimpleUploadedFile("../../etc/biler.xlsx", content_of(name))
    address = reverse("fleet:register_new", args=["vehicles"])
    manager.get(address)  # what is loaded once is not to be counted
    tracemalloc.start()
    answer = manager.post(address, {"file": upload})
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert answer.status_code == 200
    assert answer.context["form"].errors["file"]
    assert not RegisterImport.objects.exists()
    assert peak < MOST_MEMORY_BYTES


@pytest.mark.parametrize("name", EVERYTHING)
def test_a_trip_file_made_to_harm_is_refused_when_it_is_read(manager: Client, name: str) -> None:
    upload = SimpleUploadedFile("ture.csv", content_of(name))
    answer = manager.post(reverse("fleet:import_new"), {"file": upload})
    if not upload.size:
        assert answer.context["form"].errors["file"]
        return
    work_off()
    assert Job.objects.exclude(state=State.SUCCEEDED).count() == 0, "no job failed or waits for another try"
    assert TripImport.objects.get().state == "REFUSED"
    assert manager.get(answer["Location"]).status_code == 200
    assert not Trip.objects.exists()


@pytest.mark.parametrize("name", EVERYTHING)
def test_a_price_file_made_to_harm_is_refused_on_its_page(manager: Client, name: str) -> None:
    upload = SimpleUploadedFile("priser.csv", content_of(name))
    answer = manager.post(reverse("fleet:prices_new"), {"file": upload})
    assert answer.status_code == 200 and answer.context["form"].errors["file"]
    assert not PriceFile.objects.exists()


@pytest.mark.parametrize("name", hostile_files.GPX)
def test_a_track_file_made_to_harm_is_refused_when_it_is_read(fleet: SmallFleet, manager: Client, name: str) -> None:
    upload = SimpleUploadedFile("bil.gpx", hostile_files.GPX[name])
    asked = {"vehicle": fleet.own.vehicles.get(registration="AB12345").pk, "file": upload}
    answer = manager.post(reverse("fleet:track_new"), asked)
    work_off()
    page = manager.get(answer["Location"]).content.decode()
    assert "root:" not in page, "nothing of the machine's own files"
    delivery = LegDelivery.objects.get()
    assert delivery.state == "FAILED" and delivery.legs_new == 0
    assert "GPX" in page or "bogstaver" in page


def test_a_workbook_that_is_honest_is_read(manager: Client) -> None:
    honest = hostile_files.workbook(["registration", "use"], ["AB12345", "Hjemmepleje"])
    upload = SimpleUploadedFile("biler.xlsx", honest)
    answer = manager.post(reverse("fleet:register_new", args=["vehicles"]), {"file": upload})
    assert answer.status_code == 302 and RegisterImport.objects.get().file_name == "biler.xlsx"


@pytest.mark.parametrize("name", [name for name in hostile_files.WORKBOOKS if name not in ("cut short", "polyglot")])
def test_a_workbook_made_to_harm_is_never_opened(name: str) -> None:
    with pytest.raises(archives.UnsafeArchive):
        archives.refuse_unsafe_workbook(BytesIO(content_of(name)), unpacked_limit_mb=200)


@pytest.mark.parametrize(
    "given", ["../../x.csv", "..\\..\\x.csv", "/etc/x.csv", "C:\\x.csv", "a\x00/x.csv", "x.csv\r\n"]
)
def test_the_name_of_a_file_is_no_path_and_no_header(manager: Client, persons: Persons, given: str) -> None:
    upload = SimpleUploadedFile("x", b"id;start;end\n1;2026-03-02 07:00;2026-03-02 08:00\n")
    upload._name = given
    manager.post(reverse("fleet:import_new"), {"file": upload})
    stored = files.StoredFile.objects.get()
    assert "/" not in stored.name and "\\" not in stored.name and stored.name.endswith("x.csv")
    assert str(stored.pk).replace("-", "") in stored.key.replace("-", "").replace("/", "")
    answer = manager.get(reverse("files:download", args=[stored.pk]))
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff" and "default-src 'none'" in answer["Content-Security-Policy"]
    answer.close()


def test_a_page_that_is_uploaded_is_fetched_as_plain_text_and_never_shown(manager: Client) -> None:
    manager.post(reverse("fleet:import_new"), {"file": SimpleUploadedFile("x.html", hostile_files.TEXTS["a page"])})
    answer = manager.get(reverse("files:download", args=[files.StoredFile.objects.get().pk]))
    assert answer["Content-Type"].startswith("text/plain") and answer["Content-Disposition"].startswith("attachment")
    answer.close()


def send(size: int, *, headers: dict[str, str], announced: bool, piece: int = 64 * 1024) -> tuple[int, int]:
    """Post ``size`` bytes to the login through ASGI: the answer's status, and how many bytes were taken."""
    taken = 0
    statuses: list[int] = []

    async def receive() -> dict[str, Any]:
        nonlocal taken
        if taken >= size:
            await asyncio.Event().wait()  # as a browser that waits for the answer
        part = min(piece, size - taken)
        taken += part
        return {"type": "http.request", "body": bytes(part), "more_body": taken < size}

    async def answer(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    given = {"host": "localhost", "content-type": "application/octet-stream", **headers}
    if announced:
        given["content-length"] = str(size)
    scope = {
        "type": "http", "http_version": "1.1", "method": "POST", "scheme": "http", "path": "/account/login/",
        "raw_path": b"/account/login/", "query_string": b"", "root_path": "", "client": ("127.0.0.1", 1),
        "server": ("localhost", 8000), "headers": [(name.encode(), value.encode()) for name, value in given.items()],
    }  # fmt: skip
    async_to_sync(bodies.limited(get_asgi_application()))(scope, receive, answer)
    return statuses[0], taken


@pytest.mark.parametrize("announced", [True, False])
def test_a_stranger_cannot_fill_the_disk(announced: bool) -> None:
    status, taken = send(bodies.STRANGER_BYTES * 3, headers={}, announced=announced)
    assert status == 413
    assert taken <= bodies.STRANGER_BYTES + 64 * 1024


def test_more_than_the_largest_file_is_not_taken_from_anybody(settings: Any) -> None:
    settings.UPLOAD_LIMIT_MB = 1
    cookie = {"cookie": f"{settings.SESSION_COOKIE_NAME}=x"}
    status, taken = send(9_000_000, headers=cookie, announced=False)
    assert status == 413 and taken < 3_000_000
    assert send(9_000_000, headers={"authorization": "Bearer x"}, announced=True)[0] == 413


def test_a_length_that_is_no_number_is_refused() -> None:
    assert send(10, headers={"content-length": "-1"}, announced=False)[0] == 413


def test_what_is_within_the_limit_comes_through_whole(settings: Any) -> None:
    cookie = {"cookie": f"{settings.SESSION_COOKIE_NAME}=x"}
    status, taken = send(1_500_000, headers=cookie, announced=True)
    assert (status, taken) == (403, 1_500_000), "the form's token is missing, so it was looked at"
    assert send(900_000, headers={}, announced=False)[0] == 403
