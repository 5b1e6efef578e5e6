# SPDX-License-Identifier: MPL-2.0
from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError

from kommune3.kernel.competences import queries
from kommune3.kernel.competences.models import Competence, Delegation, Held
from kommune3.kernel.people.models import Person

pytestmark = pytest.mark.django_db
BEFORE, FIRST, LAST, AFTER = date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 31), date(2026, 4, 1)
SIGNED = datetime(2026, 2, 20, tzinfo=UTC)


def _person(name: str) -> Person:
    return Person.objects.create(given_name=name, family_name="Prøve")


def _competence(code: str) -> Competence:
    return Competence.objects.create(code=code, title=code)


def _delegate(competence: Competence, delegator: Person, helper: Person, citizen: Person | None = None) -> Delegation:
    return Delegation.objects.create(
        competence=competence, delegator=delegator, helper=helper, citizen=citizen,
        valid_from=FIRST, valid_to=AFTER, signed_at=SIGNED, instruction="Instruks 4",
    )  # fmt: skip


def test_a_competence_holds_from_its_first_day_until_the_day_before_its_end() -> None:
    nurse, insulin = _person("Anna"), _competence("insulin")
    Held.objects.create(person=nurse, competence=insulin, valid_from=FIRST, valid_to=AFTER)
    asked = [
        queries.may(person_id=nurse.pk, competence="insulin", citizen_id=None, on=day)
        for day in (BEFORE, FIRST, LAST, AFTER)
    ]
    assert asked == [False, True, True, False]


def test_what_was_withdrawn_holds_no_more_from_that_day() -> None:
    nurse, insulin = _person("Anna"), _competence("insulin")
    Held.objects.create(person=nurse, competence=insulin, valid_from=FIRST, withdrawn_from=LAST)
    assert queries.holders(competence="insulin", on=FIRST) == {nurse.pk}
    assert queries.holders(competence="insulin", on=LAST) == frozenset()


def test_a_delegation_for_one_citizen_holds_for_no_other() -> None:
    nurse, helper, citizen, other = (_person(name) for name in ("Anna", "Bent", "Carl", "Dora"))
    _delegate(_competence("insulin"), nurse, helper, citizen)
    assert queries.may(person_id=helper.pk, competence="insulin", citizen_id=citizen.pk, on=FIRST)
    assert not queries.may(person_id=helper.pk, competence="insulin", citizen_id=other.pk, on=FIRST)
    assert not queries.may(person_id=helper.pk, competence="insulin", citizen_id=None, on=FIRST)
    assert queries.held(person_ids=[helper.pk], on=FIRST) == {helper.pk: frozenset()}
    assert queries.held_for(person_ids=[helper.pk], citizen_ids=[citizen.pk, other.pk], on=FIRST) == {
        (helper.pk, citizen.pk): {"insulin"}
    }


def test_many_people_are_answered_in_one_query(django_assert_num_queries: object) -> None:
    nurse, insulin, wounds = _person("Anna"), _competence("insulin"), _competence("saar")
    helpers = [_person(f"Hjælper {number}") for number in range(20)]
    for helper in helpers:
        Held.objects.create(person=helper, competence=wounds, valid_from=FIRST)
        _delegate(insulin, nurse, helper)
    people = [nurse.pk, *(helper.pk for helper in helpers)]
    with django_assert_num_queries(1):  # type: ignore[operator]
        answer = queries.held(person_ids=people, on=FIRST)
    assert answer == {nurse.pk: frozenset(), **{helper.pk: {"saar", "insulin"} for helper in helpers}}


def test_nobody_delegates_to_themselves() -> None:
    nurse = _person("Anna")
    with pytest.raises(IntegrityError):
        _delegate(_competence("insulin"), nurse, nurse)
