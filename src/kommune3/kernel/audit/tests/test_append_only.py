# SPDX-License-Identifier: MPL-2.0
import pytest
from django.db import DatabaseError, connection, transaction

from kommune3.kernel import clock
from kommune3.kernel.access.actor import system
from kommune3.kernel.audit import append_only, log
from kommune3.kernel.audit.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry() -> Entry:
    return log.record(actor=system("tests"), action="tests.done", now=clock.now())


def test_the_database_refuses_to_change_a_line(entry: Entry) -> None:
    with pytest.raises(DatabaseError, match="never changed or deleted"), transaction.atomic():
        Entry.objects.filter(pk=entry.pk).update(action="tests.undone")
    entry.refresh_from_db()
    assert entry.action == "tests.done"


def test_the_database_refuses_to_delete_a_line(entry: Entry) -> None:
    with pytest.raises(DatabaseError, match="never changed or deleted"), transaction.atomic():
        Entry.objects.all().delete()
    assert Entry.objects.filter(pk=entry.pk).exists()


def test_postgresql_refuses_to_empty_the_table(entry: Entry) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("only PostgreSQL has TRUNCATE")
    refused = pytest.raises(DatabaseError, match="never changed or deleted")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE audit_entry")
    assert Entry.objects.exists()


def test_a_lifted_guard_is_noticed(append_only_lifted) -> None:
    assert append_only.missing("audit_entry") == []
    with append_only_lifted():
        assert append_only.missing("audit_entry") == ["update", "delete"]
    assert append_only.missing("audit_entry") == []
