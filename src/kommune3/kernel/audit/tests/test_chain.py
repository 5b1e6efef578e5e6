# SPDX-License-Identifier: MPL-2.0
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from kommune3.kernel.access.actor import system
from kommune3.kernel.audit import log
from kommune3.kernel.audit.models import Entry

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 11, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
def five_lines() -> list[Entry]:
    return [
        log.record(
            actor=system("tests"),
            action=f"tests.step{step}",
            now=NOON + timedelta(minutes=step),
            detail={"count": step, "list": [1, "å"], "ratio": 0.5},
        )
        for step in range(1, 6)
    ]


def test_untouched_lines_verify(five_lines: list[Entry]) -> None:
    assert log.verify() is None


def test_an_empty_log_verifies() -> None:
    assert log.verify() is None


def test_a_changed_line_is_found(five_lines: list[Entry], append_only_lifted) -> None:
    with append_only_lifted():
        Entry.objects.filter(number=3).update(action="tests.else")
    assert log.verify() == log.Broken(3, "changed")


@pytest.mark.parametrize(
    ("column", "value"),
    [("at", NOON), ("detail", {"count": 9}), ("outcome", "REFUSED"), ("purpose", "x"), ("actor_name", "somebody"),
     ("citizen_id", "00000000-0000-0000-0000-000000000001"), ("unit_id", "00000000-0000-0000-0000-000000000001")],
)  # fmt: skip
def test_every_column_is_covered_by_the_digest(five_lines: list[Entry], append_only_lifted, column, value) -> None:
    with append_only_lifted():
        Entry.objects.filter(number=4).update(**{column: value})
    assert log.verify() == log.Broken(4, "changed")


def test_a_deleted_line_is_found(five_lines: list[Entry], append_only_lifted) -> None:
    with append_only_lifted():
        Entry.objects.filter(number=2).delete()
    assert log.verify() == log.Broken(2, "missing")


def test_lines_that_changed_places_are_found(five_lines: list[Entry], append_only_lifted) -> None:
    with append_only_lifted():
        Entry.objects.filter(number=2).update(number=99)
        Entry.objects.filter(number=3).update(number=2)
        Entry.objects.filter(number=99).update(number=3)
    assert log.verify() == log.Broken(2, "changed")


def test_a_line_put_at_the_end_by_hand_is_found(five_lines: list[Entry]) -> None:
    Entry.objects.create(number=6, at=NOON, action="tests.forged", previous=five_lines[-1].digest, digest="f" * 64)
    assert log.verify() == log.Broken(6, "changed")


def test_lines_cut_off_the_end_are_found_with_an_anchor(five_lines: list[Entry], append_only_lifted) -> None:
    anchor = log.head()
    assert anchor is not None and log.verify(anchors=[anchor]) is None
    with append_only_lifted():
        Entry.objects.filter(number__gte=4).delete()
    assert log.verify() is None
    assert log.verify(anchors=[anchor]) == log.Broken(4, "missing")


def test_a_log_written_anew_is_found_with_an_anchor(five_lines: list[Entry], append_only_lifted) -> None:
    anchor = log.head()
    with append_only_lifted():
        Entry.objects.all().delete()
        for step in range(1, 8):
            log.record(actor=system("tests"), action=f"tests.forged{step}", now=NOON)
    assert log.verify() is None
    assert log.verify(anchors=[anchor]) == log.Broken(5, "rewritten")


def test_what_is_rolled_back_is_not_in_the_log(five_lines: list[Entry]) -> None:
    with transaction.atomic():
        log.record(actor=system("tests"), action="tests.regretted", now=NOON)
        transaction.set_rollback(True)
    log.record(actor=system("tests"), action="tests.after", now=NOON)
    assert log.verify() is None
    newest = Entry.objects.filter(number__gte=5).order_by("number")
    assert list(newest.values_list("action", flat=True)) == ["tests.step5", "tests.after"]


def test_the_command_gives_an_anchor_that_it_takes_again(five_lines: list[Entry]) -> None:
    out = StringIO()
    call_command("audit_verify", stdout=out)
    assert "5 lines" in out.getvalue()
    call_command("audit_verify", anchor=out.getvalue().split("Anchor: ")[1].strip(), stdout=StringIO())


def test_the_command_fails_on_a_changed_line(five_lines: list[Entry], append_only_lifted) -> None:
    with append_only_lifted():
        Entry.objects.filter(number=3).update(action="tests.else")
    with pytest.raises(CommandError, match="line 3: changed"):
        call_command("audit_verify")


def test_the_command_fails_where_the_database_no_longer_refuses_changes(five_lines, append_only_lifted) -> None:
    with append_only_lifted(), pytest.raises(CommandError, match="update and delete"):
        call_command("audit_verify")


@pytest.mark.parametrize("text", ["", "12", "x:" + "0" * 64, "12:abc"])
def test_an_anchor_that_is_not_one_is_refused(text: str) -> None:
    with pytest.raises(log.InvalidAnchor):
        log.Anchor.parse(text)


def test_the_chain_takes_a_bounded_number_of_queries(five_lines, django_assert_max_num_queries) -> None:
    limit = 5 if connection.vendor == "postgresql" else 4  # savepoint, (lock,) newest line, insert, release
    with django_assert_max_num_queries(limit):
        log.record(actor=system("tests"), action="tests.more", now=NOON)
