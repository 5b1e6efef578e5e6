# SPDX-License-Identifier: MPL-2.0
import pytest
from django.db import IntegrityError

from kommune3.kernel.people import cpr, register, sealing
from kommune3.kernel.people.models import Person

NEW_KEY = "ab" * 32


def person(given_name="Bo"):
    return Person(given_name=given_name, family_name="Prøve")


@pytest.mark.parametrize("written", ["0101505000", "010150-5000", " 010150-5000 "])
def test_a_cpr_number_is_ten_digits_with_or_without_a_hyphen(written):
    assert cpr.normalised(written) == "0101505000"


@pytest.mark.parametrize("written", ["", "123", "01015O5000", "010150 5000", "3102505000", "0113505000", "2902015000"])
def test_what_cannot_be_a_cpr_number_is_refused_without_repeating_it(written):
    with pytest.raises(cpr.InvalidCpr) as refused:
        cpr.normalised(written)
    assert not written or written not in str(refused.value)


def test_a_leap_day_is_a_birthday_in_the_century_that_the_seventh_digit_tells():
    assert cpr.normalised("290200-4000")  # 2000 was a leap year
    with pytest.raises(cpr.InvalidCpr):
        cpr.normalised("290200-0000")  # 1900 was not


def test_a_number_that_fails_modulus_11_is_accepted():
    weights = (4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
    digits = "0101650000"
    assert sum(weight * int(digit) for weight, digit in zip(weights, digits, strict=True)) % 11
    assert cpr.normalised(digits) == digits


def test_a_masked_number_hides_the_serial():
    assert cpr.masked("0101505000") == "010150-••••"


def test_a_kept_cpr_number_is_sealed_found_and_opened(db):
    kept = person()
    register.set_cpr(kept, "010150-5000")
    kept.save()
    row = Person.objects.get()
    assert b"0101505000" not in bytes(row.cpr_sealed) + bytes(row.cpr_index)
    assert register.find_by_cpr("0101505000") == row
    assert register.open_cpr(row) == "0101505000"
    assert register.find_by_cpr("020250-5000") is None


def test_a_sealed_number_moved_to_another_person_does_not_open(db):
    first, second = person("Bo"), person("Bi")
    register.set_cpr(first, "010150-5000")
    second.cpr_sealed = first.cpr_sealed
    with pytest.raises(sealing.CannotOpen):
        register.open_cpr(second)


def test_a_changed_seal_does_not_open():
    sealed = bytearray(sealing.seal("hemmelig", place="people_person.cpr_sealed:1"))
    sealed[-1] ^= 1
    with pytest.raises(sealing.CannotOpen):
        sealing.open_sealed(bytes(sealed), place="people_person.cpr_sealed:1")


def test_after_a_new_key_old_seals_open_and_new_ones_use_the_new_key(settings):
    old = sealing.seal("hemmelig", place="people_person.cpr_sealed:1")
    former = settings.FIELD_KEYS
    settings.FIELD_KEYS = [NEW_KEY, *former]
    assert sealing.open_sealed(old, place="people_person.cpr_sealed:1") == "hemmelig"
    new = sealing.seal("hemmelig", place="people_person.cpr_sealed:1")
    settings.FIELD_KEYS = former
    with pytest.raises(sealing.CannotOpen):
        sealing.open_sealed(new, place="people_person.cpr_sealed:1")


def test_two_people_cannot_have_one_cpr_number(db):
    for given_name in ("Bo", "Bi"):
        one = person(given_name)
        register.set_cpr(one, "010150-5000")
        if given_name == "Bo":
            one.save()
    with pytest.raises(IntegrityError):
        one.save()
