# SPDX-License-Identifier: MPL-2.0
"""Keys are changed while the platform runs: nothing is lost, nothing is left behind, and the old key may go."""

import ast
import base64
import os
import secrets
from io import StringIO
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import decrypt, encrypt
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import models

from kommune3.kernel.audit.models import Entry
from kommune3.kernel.people import register, rotation, sealing
from kommune3.kernel.people.models import Person
from kommune3.settings.secrets import KeptRing

pytestmark = pytest.mark.django_db
CPRS = ["0101501234", "0202604321", "0303701111"]


@pytest.fixture
def rings(settings, tmp_path):
    settings.FIELD_KEYS = KeptRing(tmp_path, "field_key")
    settings.BLIND_INDEX_KEYS = KeptRing(tmp_path, "blind_index_key")
    return settings


@pytest.fixture
def sealed(rings, persons) -> list[Person]:
    people = []
    for number, cpr in enumerate(CPRS):
        person = Person(given_name=f"P{number}", family_name="Prøve")
        register.set_cpr(person, cpr)
        person.save()
        people.append(person)
    Authenticator.objects.create(
        user=persons.leader, type=Authenticator.Type.TOTP, data={"secret": encrypt("JBSWY3DP"), "last_counter": 7}
    )
    return people


def run(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def an_hour_later(ring: KeptRing) -> None:
    past = ring._path.stat().st_mtime - 4000
    os.utime(ring._path, (past, past))


def test_every_sealed_column_is_sealed_anew_and_the_old_key_may_go(sealed, rings) -> None:
    old = sealing.ring_names()[0]
    assert "4 values" in run("rotate_keys")
    new = sealing.ring_names()[0]
    assert new != old and sealing.ring_names() == [new, old]
    assert {key for keys in rotation.seals().values() for key in keys} == {new}
    an_hour_later(rings.FIELD_KEYS)
    run("rotate_keys", "--remove-old")
    assert sealing.ring_names() == [new]
    assert [
        register.open_cpr(person) for person in Person.objects.filter(cpr_sealed__isnull=False).order_by("given_name")
    ] == CPRS
    kept = Authenticator.objects.get().data
    assert decrypt(kept["secret"]) == "JBSWY3DP" and kept["last_counter"] == 7
    assert [entry.action for entry in Entry.objects.order_by("number")] == [
        "people.keys.rotated",
        "people.keys.removed",
    ]


def test_a_change_that_was_broken_off_goes_on_with_the_same_key(sealed, rings, monkeypatch) -> None:
    monkeypatch.setattr(rotation, "PIECE", 1)
    with pytest.raises(KeyboardInterrupt):
        rings.FIELD_KEYS.add()
        rotation.reseal(on_progress=broken_off_after(2))
    counts = rotation.seals()["people_person.cpr_sealed"]
    assert len(counts) == 2, "some by each key"
    names = sealing.ring_names()
    assert "Going on" in run("rotate_keys")
    assert sealing.ring_names() == names
    assert set(rotation.seals()["people_person.cpr_sealed"]) == {names[0]}


def broken_off_after(pieces: int):
    left = [pieces]

    def report(name: str, done: int) -> None:
        if done:
            left[0] -= 1
        if not left[0]:
            raise KeyboardInterrupt

    return report


def test_what_is_sealed_with_the_old_key_meanwhile_keeps_it_from_being_forgotten(sealed, rings) -> None:
    before = Person.objects.get(pk=sealed[0].pk)
    run("rotate_keys")
    before.save()  # by a process that had read the row before
    an_hour_later(rings.FIELD_KEYS)
    with pytest.raises(CommandError, match="still in use"):
        run("rotate_keys", "--remove-old")
    run("rotate_keys")
    assert len(sealing.ring_names()) == 2
    an_hour_later(rings.FIELD_KEYS)
    run("rotate_keys", "--remove-old")
    assert rotation.unopened() == []


def test_an_old_key_is_not_forgotten_within_the_hour(sealed, rings) -> None:
    run("rotate_keys")
    with pytest.raises(CommandError, match="less than an hour"):
        run("rotate_keys", "--remove-old")


def test_people_are_found_by_cpr_number_before_during_and_after_a_new_index_key(sealed, rings) -> None:
    assert register.find_by_cpr(CPRS[0]) == sealed[0]
    rings.BLIND_INDEX_KEYS.add()
    assert register.find_by_cpr(CPRS[0]) == sealed[0]
    assert rotation.stale_indexes() == 3
    assert "3 values" in run("rotate_keys", "--index")
    an_hour_later(rings.BLIND_INDEX_KEYS)
    run("rotate_keys", "--remove-old", "--index")
    assert len(rings.BLIND_INDEX_KEYS) == 1 and register.find_by_cpr(CPRS[1]) == sealed[1]


def test_with_keys_from_the_environment_the_operator_puts_the_new_one_first(sealed, settings) -> None:
    old = list(settings.FIELD_KEYS)
    settings.FIELD_KEYS = old
    assert "put a new one first" in run("rotate_keys")
    settings.FIELD_KEYS = [secrets.token_hex(32), *old]
    assert "4 values" in run("rotate_keys")
    settings.FIELD_KEYS = settings.FIELD_KEYS[:1]
    assert rotation.unopened() == []


def test_the_check_says_which_key_seals_what(sealed) -> None:
    told = run("keys_verify")
    name = sealing.ring_names()[0]
    assert f"people_person.cpr_sealed: {name} (newest): 3" in told
    assert f"mfa_authenticator.secret: {name} (newest): 1" in told
    assert "Every sealed value opens" in told


def test_a_value_that_was_moved_to_another_row_is_found_and_does_not_open(sealed) -> None:
    Person.objects.filter(pk=sealed[1].pk).update(cpr_sealed=sealed[0].cpr_sealed)
    with pytest.raises(sealing.CannotOpen):
        register.open_cpr(Person.objects.get(pk=sealed[1].pk))
    with pytest.raises(CommandError, match=str(sealed[1].pk)):
        run("keys_verify")


def test_a_value_that_was_moved_to_another_column_does_not_open(sealed) -> None:
    with pytest.raises(sealing.CannotOpen):
        sealing.open_sealed(bytes(sealed[0].cpr_sealed), place=f"fleet_gpssource.secret:{sealed[0].pk}")
    with pytest.raises(sealing.CannotOpen):
        decrypt(base64.b64encode(bytes(sealed[0].cpr_sealed)).decode())


def test_nothing_is_sealed_in_a_column_that_nobody_declared() -> None:
    with pytest.raises(sealing.UndeclaredColumn):
        sealing.seal("secret", place="planted_table.secret:1")


def test_every_binary_column_is_a_declared_seal_or_index_or_known_to_be_neither() -> None:
    """A new sealed column is covered by a change of keys, or this says so."""
    neither = {"fleet.RunPart.answer", "limits.Count.key"}
    declared = {f"{column.model}.{column.column}" for column in sealing.columns().values()}
    declared |= {f"{index.model}.{index.column}" for index in sealing.indexes().values()}
    binary = {
        f"{model._meta.app_label}.{model.__name__}.{field.name}"
        for model in apps.get_models()
        if model.__module__.startswith("kommune3.")
        for field in model._meta.get_fields()
        if isinstance(field, models.BinaryField)
    }
    assert binary - declared - neither == set()


def test_every_declared_column_exists() -> None:
    for column in [*sealing.columns().values(), *sealing.indexes().values()]:
        apps.get_model(column.model)._meta.get_field(column.column)


def test_nobody_seals_by_other_means() -> None:
    """AES-GCM and HMAC of fields are in one place."""
    allowed = {"people/sealing.py", "backups/sealing.py"}
    root = Path(__file__).resolve().parents[3]
    for path in root.rglob("*.py"):
        if "tests" in path.parts or any(str(path).endswith(name) for name in allowed):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").endswith("ciphers.aead"):
                raise AssertionError(f"{path} seals by itself")
