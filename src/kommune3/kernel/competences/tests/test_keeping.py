# SPDX-License-Identifier: MPL-2.0
from collections.abc import Callable
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from persons import NOW, Persons

from kommune3.kernel.access.actor import Actor, system
from kommune3.kernel.access.importing import Refused
from kommune3.kernel.access.reach import Forbidden, NotVisible
from kommune3.kernel.audit.models import Entry
from kommune3.kernel.competences import demo, errors, operations, queries
from kommune3.kernel.competences.importing import import_held
from kommune3.kernel.competences.models import Competence, Delegation, Held, Kind
from kommune3.kernel.competences.operations import CompetenceValues, DelegationValues, HeldValues

ActorFor = Callable[..., Actor]
TODAY = date(2026, 3, 2)
SYSTEM = system("test")


@pytest.fixture
def insulin(db: None) -> Competence:
    values = CompetenceValues(code="insulin", title="Insulin", kind=Kind.DELEGABLE)
    return operations.add_competence(actor=SYSTEM, now=NOW, values=values)


def _give(actor: Actor, person_id: UUID | None, competence: Competence, **more: object) -> Held:
    assert person_id is not None
    values = HeldValues(competence_id=competence.pk, **{"valid_from": TODAY, **more})  # type: ignore[arg-type]
    return operations.give(actor=actor, now=NOW, person_id=person_id, values=values)


def _delegate(actor: Actor, persons: Persons, competence: Competence, **more: object) -> Delegation:
    given = {
        "competence_id": competence.pk,
        "delegator_id": persons.leader.person_id,
        "helper_id": persons.employee.person_id,
        "valid_from": TODAY,
        "instruction": "Instruks for insulin, 4",
        **more,
    }
    return operations.delegate(actor=actor, now=NOW, values=DelegationValues(**given))  # type: ignore[arg-type]


def test_a_leader_gives_in_the_own_unit_and_nowhere_else(persons: Persons, actor_for: ActorFor, insulin: Competence):
    leader = actor_for(persons.leader)
    _give(leader, persons.employee.person_id, insulin)
    with pytest.raises(NotVisible):
        _give(leader, persons.other_employee.person_id, insulin)
    with pytest.raises(errors.NotForOneself):
        _give(leader, persons.leader.person_id, insulin)
    line = Entry.objects.get(action="competences.held.given")
    assert line.citizen_id == persons.employee.person_id
    assert "Eva" not in str(line.detail)


def test_a_withdrawal_can_be_undone_and_what_was_planned_holds_again(
    persons: Persons, actor_for: ActorFor, insulin: Competence
):
    leader, until = actor_for(persons.leader), TODAY + timedelta(days=30)
    held = _give(leader, persons.employee.person_id, insulin, valid_from=date(2026, 1, 1), valid_to=until)
    operations.withdraw(actor=leader, now=NOW, held_id=held.pk)
    assert queries.holders(competence="insulin", on=TODAY) == frozenset()
    assert queries.holders(competence="insulin", on=date(2026, 3, 1)) == {persons.employee.person_id}
    with pytest.raises(errors.AlreadyOver):
        operations.withdraw(actor=leader, now=NOW, held_id=held.pk)
    operations.undo_withdrawal(actor=leader, now=NOW, held_id=held.pk)
    assert queries.holders(competence="insulin", on=until - timedelta(days=1)) == {persons.employee.person_id}
    assert queries.holders(competence="insulin", on=until) == frozenset()


def test_nothing_is_given_twice_for_the_same_days(persons: Persons, actor_for: ActorFor, insulin: Competence):
    leader = actor_for(persons.leader)
    held = _give(leader, persons.employee.person_id, insulin)
    with pytest.raises(errors.AlreadyHeld):
        _give(leader, persons.employee.person_id, insulin, valid_from=TODAY + timedelta(days=9))
    operations.withdraw(actor=leader, now=NOW, held_id=held.pk)
    _give(leader, persons.employee.person_id, insulin)
    with pytest.raises(errors.AlreadyHeld):
        operations.undo_withdrawal(actor=leader, now=NOW, held_id=held.pk)


def test_a_task_is_delegated_by_somebody_who_has_it_for_the_whole_period(
    persons: Persons, actor_for: ActorFor, insulin: Competence
):
    leader, until = actor_for(persons.leader), TODAY + timedelta(days=100)
    with pytest.raises(errors.DelegatorCannot):
        _delegate(leader, persons, insulin, valid_to=until)
    _give(SYSTEM, persons.leader.person_id, insulin, valid_to=until)
    with pytest.raises(errors.DelegatorCannot):
        _delegate(leader, persons, insulin)
    made = _delegate(leader, persons, insulin, valid_to=until)
    assert made.signed_at == NOW
    assert queries.held(person_ids=[made.helper_id], on=TODAY) == {made.helper_id: {"insulin"}}
    operations.end_delegation(actor=leader, now=NOW, delegation_id=made.pk)
    assert queries.held(person_ids=[made.helper_id], on=TODAY) == {made.helper_id: frozenset()}
    operations.undo_end(actor=leader, now=NOW, delegation_id=made.pk)
    assert queries.held(person_ids=[made.helper_id], on=TODAY) == {made.helper_id: {"insulin"}}


def test_only_what_can_be_delegated_is(persons: Persons, actor_for: ActorFor):
    leader = actor_for(persons.leader)
    values = CompetenceValues(code="ssa", title="Social- og sundhedsassistent")
    title = operations.add_competence(actor=SYSTEM, now=NOW, values=values)
    with pytest.raises(errors.NotDelegable):
        _delegate(leader, persons, title)
    with pytest.raises(errors.NotToOneself):
        _delegate(leader, persons, title, delegator_id=persons.employee.person_id)


def test_a_retired_competence_is_given_to_nobody_and_kept_by_who_has_it(
    persons: Persons, actor_for: ActorFor, insulin: Competence
):
    leader, administrator = actor_for(persons.leader), actor_for(persons.administrator)
    _give(leader, persons.employee.person_id, insulin)
    with pytest.raises(Forbidden):
        operations.switch_competence(actor=leader, now=NOW, competence_id=insulin.pk, is_active=False)
    operations.switch_competence(actor=administrator, now=NOW, competence_id=insulin.pk, is_active=False)
    with pytest.raises(errors.NotInUse):
        _give(SYSTEM, persons.other_employee.person_id, insulin)
    assert queries.holders(competence="insulin", on=TODAY) == {persons.employee.person_id}
    with pytest.raises(errors.CodeInUse):
        operations.edit_competence(
            actor=administrator, now=NOW, competence_id=insulin.pk, values=CompetenceValues(code="i", title="Insulin")
        )


def test_a_file_is_taken_whole_and_a_second_time_changes_nothing(
    persons: Persons, actor_for: ActorFor, insulin: Competence
):
    leader = actor_for(persons.leader)
    file = f"person_uuid;kompetence;fra;til;kilde\n{persons.employee.person_id};insulin;01-03-2026;;Kursus\n".encode()
    assert import_held(actor=leader, now=NOW, content=file) == {"created": 1}
    assert import_held(actor=leader, now=NOW, content=file) == {"unchanged": 1}


def test_a_faulty_file_gives_nothing_and_names_line_column_and_value(
    persons: Persons, actor_for: ActorFor, insulin: Competence
):
    leader = actor_for(persons.leader)
    file = (
        "person_uuid,kompetence,fra\n"
        f"{persons.employee.person_id},insulin,2026-03-01\n"
        f"{persons.employee.person_id},insulinn,2026-03-01\n"
        f"{persons.other_employee.person_id},insulin,2026-02-30\n"
        f"{persons.leader.person_id},insulin,2026-03-01\n"
    ).encode()
    with pytest.raises(Refused) as refusal:
        import_held(actor=leader, now=NOW, content=file)
    named = [(problem.line, problem.field, problem.value) for problem in refusal.value.problems]
    assert named == [
        (3, "kompetence", "insulinn"),
        (4, "person_uuid", str(persons.other_employee.person_id)),
        (4, "fra", "2026-02-30"),
        (5, "person_uuid", str(persons.leader.person_id)),
    ]
    assert not Held.objects.exists()


def test_the_demo_gives_what_is_asked_and_the_same_the_second_time(persons: Persons, now: datetime):
    person_id = persons.employee.person_id
    assert person_id is not None
    for _ in range(2):
        demo.seed(actor=SYSTEM, now=now, holders={person_id: ["ssh", "medicin", "koerekort"]})
    assert queries.held(person_ids=[person_id], on=TODAY) == {person_id: {"ssh", "medicin", "koerekort"}}
    assert Competence.objects.count() == len(demo.CATALOGUE)
    assert Held.objects.count() == 3
