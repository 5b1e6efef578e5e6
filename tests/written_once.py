# SPDX-License-Identifier: MPL-2.0
"""Tests and the tables whose rows are written once (``kernel.audit.append_only``)."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from django.conf import settings
from django.db import connection
from django.test import TransactionTestCase


@contextmanager
def triggers_lifted() -> Iterator[None]:
    """Let rows of append-only tables be changed, as somebody with the keys to the database could."""
    if connection.vendor == "postgresql":
        find = "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE 'append_only_%%'"
    else:
        find = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'append_only_%%'"
    with connection.cursor() as cursor:
        cursor.execute(find, [])
        found = cursor.fetchall()
        if connection.vendor == "postgresql":
            off = [f"ALTER TABLE {table} DISABLE TRIGGER USER" for (table,) in found]
            on = [f"ALTER TABLE {table} ENABLE TRIGGER USER" for (table,) in found]
        else:
            off = [f'DROP TRIGGER "{name}"' for name, _ in found]
            on = [sql for _, sql in found]
        for statement in off:
            cursor.execute(statement, None)
    yield
    with connection.cursor() as cursor:
        for statement in on:
            cursor.execute(statement, None)


@pytest.fixture
def append_only_lifted() -> Callable[[], AbstractContextManager[None]]:
    """``with append_only_lifted():`` the database no longer refuses to change what is written once."""
    return triggers_lifted


@pytest.fixture(autouse=True)
def _anchors_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Each test has a log of its own, so the anchors of another's would not be found in it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "AUDIT_ANCHOR_DIR", tmp_path_factory.getbasetemp() / "anchors" / uuid.uuid4().hex)
        yield


@pytest.fixture(autouse=True, scope="session")
def _transactional_tests_may_empty_every_table() -> Iterator[None]:
    """A test that commits ends by emptying all tables, also those whose rows are written once."""
    original = TransactionTestCase._fixture_teardown

    def teardown(case: TransactionTestCase) -> None:
        with triggers_lifted():
            original(case)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", teardown)
        yield
