# SPDX-License-Identifier: MPL-2.0
from pathlib import Path

import pytest
from django.core.files.storage import default_storage

from kommune3.kernel import files
from kommune3.kernel.audit.models import Entry

PAGE_OF_A_STRANGER = b"<script>alert(1)</script>"


@pytest.fixture
def stored(tmp_path: Path, settings, persons, actor_for, now):
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "kommune3.kernel.files.storage.FolderStorage", "OPTIONS": {"location": tmp_path}}
    }
    return files.store(
        content=PAGE_OF_A_STRANGER, name='rap"port å.html', purpose="tests.report",
        actor=actor_for(persons.employee), now=now,
    )  # fmt: skip


def test_a_file_is_fetched_as_an_attachment_that_cannot_run(stored, persons, browser_of) -> None:
    response = browser_of(persons.employee).get(f"/files/{stored.pk}/")
    assert b"".join(response.streaming_content) == PAGE_OF_A_STRANGER
    assert response["Content-Disposition"].startswith("attachment;")
    assert response["Content-Type"] == "text/plain"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in response["Cache-Control"]
    assert Entry.objects.filter(action="files.fetched", object_id=str(stored.pk)).exists()


@pytest.mark.parametrize("who", ["leader", "other_employee", "citizen"])
def test_a_file_out_of_reach_does_not_exist(stored, persons, browser_of, who) -> None:
    assert browser_of(getattr(persons, who)).get(f"/files/{stored.pk}/").status_code == 404
    assert not Entry.objects.filter(action="files.fetched").exists()


def test_nobody_known_is_sent_to_the_login(stored, browser_of) -> None:
    assert browser_of(None).get(f"/files/{stored.pk}/").status_code == 302


def test_a_file_whose_content_is_gone_is_not_found(stored, persons, browser_of) -> None:
    default_storage.delete(stored.key)
    assert browser_of(persons.employee).get(f"/files/{stored.pk}/").status_code == 404
