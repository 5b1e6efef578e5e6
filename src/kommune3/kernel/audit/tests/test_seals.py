# SPDX-License-Identifier: MPL-2.0
"""What somebody can do who may write in the database, computes digests rightly, and does not have the key."""

import secrets
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from kommune3.kernel.access.actor import system
from kommune3.kernel.audit import anchors, log, seals
from kommune3.kernel.audit.models import Entry

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)


def write(count: int) -> None:
    for step in range(count):
        log.record(actor=system("tests"), action=f"tests.step{step}", now=NOON + timedelta(minutes=step))


def forged(number: int, previous: str, *, seal: str) -> Entry:
    """A line with the digest that belongs to it."""
    entry = Entry(number=number, at=NOON, action="tests.forged", previous=previous, seal=seal)
    entry.digest = log._digest(entry)
    entry.save(force_insert=True)
    return entry


@pytest.mark.parametrize("seal", ["", "copied", "right name", "no name"])
def test_a_line_added_at_the_end_with_the_right_digest_is_found(seal: str) -> None:
    write(3)
    last = Entry.objects.get(number=3)
    name = last.seal.split(":")[0]
    forged(4, last.digest, seal={"copied": last.seal, "right name": f"{name}:{'0' * 64}", "no name": "x"}.get(seal, ""))
    assert log.verify() == log.Broken(4, "forged")


def test_a_log_written_anew_with_right_digests_is_found_without_an_anchor(append_only_lifted) -> None:
    write(3)
    with append_only_lifted():
        seals_kept = list(Entry.objects.order_by("number").values_list("seal", flat=True))
        Entry.objects.all().delete()
        previous = log.BEGINNING
        for number, seal in enumerate(seals_kept, start=1):
            previous = forged(number, previous, seal=seal).digest
    assert log.verify() == log.Broken(1, "forged")


def test_a_seal_that_was_taken_away_is_found(append_only_lifted) -> None:
    write(3)
    with append_only_lifted():
        Entry.objects.filter(number=2).update(seal="")
    assert log.verify() == log.Broken(2, "forged")


def test_lines_sealed_before_a_new_key_still_verify(settings) -> None:
    write(2)
    settings.AUDIT_KEYS = [secrets.token_hex(32), *settings.AUDIT_KEYS]
    write(2)
    assert log.verify() is None
    names = {seal.split(":")[0] for seal in Entry.objects.values_list("seal", flat=True)}
    assert names == set(seals.key_names()) and len(names) == 2


def test_a_key_that_was_replaced_seals_no_further_lines(settings) -> None:
    """A key that leaked is of no use for lines after it was replaced."""
    old = list(settings.AUDIT_KEYS)
    settings.AUDIT_KEYS = new = [secrets.token_hex(32), *old]
    write(2)
    settings.AUDIT_KEYS = old
    write(1)
    settings.AUDIT_KEYS = new
    assert log.verify() == log.Broken(3, "old key")


def test_a_key_that_is_not_there_is_named_as_the_reason(settings) -> None:
    write(2)
    settings.AUDIT_KEYS = [secrets.token_hex(32)]
    assert log.verify() == log.Broken(1, "unknown key")


def test_the_seal_is_not_the_digest_of_anything_in_the_database(settings) -> None:
    write(1)
    first = Entry.objects.get(number=1).seal
    settings.AUDIT_KEYS = [secrets.token_hex(32)]
    assert seals.seal(Entry.objects.get(number=1).digest) != first


# --- Anchors ---------------------------------------------------------------------------------------------------------


def test_lines_cut_off_the_end_are_found_by_the_kept_anchors(append_only_lifted) -> None:
    write(4)
    assert anchors.keep(now=NOON) == log.head()
    call_command("audit_verify", stdout=StringIO())
    with append_only_lifted():
        Entry.objects.filter(number__gte=3).delete()
    assert log.verify() is None
    with pytest.raises(CommandError, match="line 3: missing"):
        call_command("audit_verify")
    call_command("audit_verify", without_kept_anchors=True, stdout=StringIO())


def test_an_anchor_is_kept_once_for_each_newest_line() -> None:
    assert anchors.keep(now=NOON) is None
    write(1)
    assert anchors.keep(now=NOON) is not None
    assert anchors.keep(now=NOON) is None
    write(1)
    assert anchors.keep(now=NOON) == log.head()
    assert [anchor.number for anchor in anchors.kept()] == [1, 2]
    assert anchors.path().stat().st_mode & 0o777 == 0o600


def test_an_anchor_that_a_crash_cut_short_is_left_out_and_any_other_damage_is_said() -> None:
    write(1)
    anchors.keep(now=NOON)
    whole = anchors.path().read_text()
    anchors.path().write_text(whole + whole[:30])
    assert [anchor.number for anchor in anchors.kept()] == [1]
    anchors.path().write_text(whole[:30] + "\n" + whole)
    with pytest.raises(CommandError, match="not an anchor"):
        call_command("audit_verify")


def test_the_command_keeps_an_anchor_and_prints_it() -> None:
    write(2)
    out = StringIO()
    call_command("audit_anchor", stdout=out)
    assert out.getvalue().strip() == str(log.head())
    assert anchors.kept() == [log.head()]


def test_anchors_that_cannot_be_kept_are_said(settings, tmp_path) -> None:
    write(1)
    (tmp_path / "file").write_text("")
    settings.AUDIT_ANCHOR_DIR = tmp_path / "file"
    with pytest.raises(CommandError, match="anchors"):
        call_command("audit_anchor")


def test_another_log_begins_with_other_anchors() -> None:
    write(1)
    anchors.keep(now=NOON)
    anchors.set_aside(now=NOON)
    assert anchors.kept() == []
    assert [path.name for path in anchors.path().parent.iterdir()] == ["anchors.before-20260302T110000.000000Z"]
