# SPDX-License-Identifier: MPL-2.0
"""The second wall, asked past the ORM: raw SQL as the role the platform runs as."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection, transaction
from persons import NOW, Persons, grant

from kommune3.kernel.access import declare, standard
from kommune3.kernel.access.actor import system
from kommune3.kernel.access.row_security import policies, session
from kommune3.kernel.audit import log
from kommune3.kernel.jobs.models import Job
from kommune3.kernel.organisation.models import Employment
from kommune3.kernel.people.models import Person

postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql",
    reason="row-level security is PostgreSQL's: set KOMMUNE3_DATABASE_URL to one to run this",
)
Rows = Callable[..., set[object]]


@pytest.fixture
def role(persons: Persons) -> str:
    """A role such as the platform runs as, with the policies. Made in the test's transaction, and gone with it."""
    name = f"run_{connection.settings_dict['NAME']}"[:60]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no table is altered while foreign keys wait to be checked
        cursor.execute(f'CREATE ROLE "{name}" NOSUPERUSER NOBYPASSRLS')
    policies.apply(role=name)
    return name


@contextmanager
def running_as(role: str) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(f'SET ROLE "{role}"')
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")


def column(sql: str, *values: object) -> set[object]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return {row[0] for row in cursor.fetchall()}


@pytest.fixture
def seen(role: str, actor_for) -> Rows:
    """What raw SQL finds as the running role on behalf of an account; of nobody without one."""

    def rows(account, sql: str, *values: object) -> set[object]:
        behalf = session.NOBODY if account is None else session.behalf_of(actor_for(account))
        with running_as(role):
            session.set_behalf(behalf)
            return column(sql, *values)

    return rows


PEOPLE = "SELECT id FROM people_person"
UNITS = "SELECT id FROM organisation_unit"
EMPLOYMENTS = "SELECT person_id FROM organisation_employment"
ACCOUNTS = "SELECT id FROM people_account"
GRANTS = "SELECT account_id FROM access_grant"


@postgresql
def test_raw_sql_shows_a_leader_the_own_unit_and_nothing_of_another(persons: Persons, seen: Rows):
    own = {persons.leader.person_id, persons.employee.person_id}
    assert seen(persons.leader, PEOPLE) == own
    assert seen(persons.leader, EMPLOYMENTS) == own
    assert seen(persons.leader, UNITS) == {persons.own_unit.pk, persons.own_team.pk}
    assert seen(persons.leader, ACCOUNTS) == {persons.leader.pk, persons.employee.pk}
    assert seen(persons.leader, GRANTS) == {persons.leader.pk, persons.employee.pk}
    assert seen(persons.leader, f"{PEOPLE} WHERE id = %s", persons.other_employee.person_id) == set()


@postgresql
def test_without_variables_nothing_is_there(persons: Persons, seen: Rows):
    for policy in policies.policies():
        assert seen(None, f'SELECT count(*) FROM "{policy.table}"') == {0}, policy.table


@postgresql
def test_a_citizen_finds_themselves_and_nobody_else(persons: Persons, seen: Rows):
    assert seen(persons.citizen, PEOPLE) == {persons.citizen.person_id}
    assert seen(persons.citizen, ACCOUNTS) == {persons.citizen.pk}
    assert seen(persons.citizen, EMPLOYMENTS) == set()


@postgresql
def test_the_platforms_own_work_and_a_right_in_the_whole_municipality_see_all(persons: Persons, seen: Rows, role: str):
    everybody = {account.person_id for account in persons.accounts().values()}
    assert seen(persons.administrator, PEOPLE) == everybody
    with running_as(role):
        session.set_behalf(session.behalf_of(system("jobs.schedule")))
        assert column(PEOPLE) == everybody


@postgresql
def test_another_units_rows_are_neither_changed_nor_removed(persons: Persons, seen: Rows, role: str):
    changed = "UPDATE organisation_employment SET title = 'x' RETURNING person_id"
    assert seen(persons.other_leader, changed) == {
        persons.other_leader.person_id, persons.other_employee.person_id, persons.fleet_manager.person_id
    }  # fmt: skip
    assert not Employment.objects.filter(title="x", unit=persons.own_team).exists()
    removed = "DELETE FROM organisation_employment WHERE unit_id = %s RETURNING person_id"
    assert seen(persons.other_leader, removed, persons.own_team.pk) == set()


@postgresql
def test_nobody_makes_rows(persons: Persons, role: str):
    with running_as(role), transaction.atomic():
        session.set_behalf(session.NOBODY)
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            Job.objects.create(task="x", title="x", queue="default", run_after=NOW, enqueued_at=NOW, max_attempts=1)


@postgresql
def test_the_running_role_changes_no_line_of_the_audit_log_and_no_table(persons: Persons, role: str):
    log.record(actor=system("tests"), action="tests.done", now=NOW)
    for sql in ("UPDATE audit_entry SET action = 'x'", "DELETE FROM audit_entry", "TRUNCATE audit_entry",
                "DROP TABLE audit_entry", "ALTER TABLE people_person DISABLE ROW LEVEL SECURITY",
                "DROP POLICY kommune3_seen ON people_person"):  # fmt: skip
        with running_as(role), pytest.raises(DatabaseError), transaction.atomic():
            column(sql)


@postgresql
def test_a_right_that_is_given_later_opens_its_unit(persons: Persons, seen: Rows):
    assert persons.other_employee.person_id not in seen(persons.citizen, PEOPLE)
    grant(persons.citizen, standard.DEPARTMENT_LEADER, persons.other_unit)
    assert persons.other_employee.person_id in seen(persons.citizen, PEOPLE)
    assert persons.employee.person_id not in seen(persons.citizen, PEOPLE)


@postgresql
def test_every_declared_reach_over_units_or_persons_has_a_policy(persons: Persons, role: str):
    declared = {
        model._meta.db_table for model, scope in declare.scopes().items() if scope.unit or scope.person or scope.wall
    }
    present = column("SELECT tablename FROM pg_policies WHERE policyname = 'kommune3_seen'")
    assert present == declared
    assert {"people_person", "organisation_employment", "people_account", "access_grant", "fleet_vehicle"} <= declared


@postgresql
def test_the_check_says_why_the_wall_would_not_hold(persons: Persons, role: str):
    assert policies.problems() == ["The role is a superuser: no policy holds for it."]
    with running_as(role):
        assert policies.problems() == []
    with connection.cursor() as cursor:
        cursor.execute(f'ALTER TABLE people_person OWNER TO "{role}"')
    with running_as(role):
        assert policies.problems() == ["The role owns people_person: no policy holds for it."]
    policies.remove()
    with running_as(role):
        assert "fleet_vehicle has no policy: run kommune3 row_security as the tables' owner." in policies.problems()


@postgresql
def test_a_request_asks_for_its_person_and_leaves_nothing_behind(persons: Persons, role: str, browser_of, settings):
    leader, other = browser_of(persons.leader), browser_of(persons.other_leader)
    settings.ROW_SECURITY = True
    with running_as(role):
        for browser, own, foreign in (
            (leader, persons.employee, persons.other_employee), (other, persons.other_employee, persons.employee)
        ):  # fmt: skip
            assert browser.get(f"/people/{own.person_id}/").status_code == 200
            assert browser.get(f"/people/{foreign.person_id}/").status_code == 404
            assert column("SELECT current_setting('kommune3.paths', true)") == {""}
            assert column(PEOPLE) == set(), "after the request, nobody is known"


@postgresql
def test_a_file_that_is_streamed_holds_the_persons_rows(persons: Persons, role: str, browser_of, settings):
    leader = browser_of(persons.leader)
    settings.ROW_SECURITY = True
    with running_as(role):
        text = b"".join(leader.get("/people/", {"export": "csv"}).streaming_content).decode("utf-8-sig")
    assert "Eva" in text
    assert "Otto" not in text


@postgresql
def test_a_view_that_forgets_to_ask_for_access_shows_no_other_unit(persons: Persons, role: str, actor_for, settings):
    settings.ROW_SECURITY = True
    leader = actor_for(persons.leader)
    with running_as(role):
        session.ask_for(leader)
        assert set(Person.objects.values_list("pk", flat=True)) == {
            persons.leader.person_id, persons.employee.person_id
        }  # fmt: skip
        with session.as_platform():
            assert Person.objects.filter(pk=persons.other_employee.person_id).exists()
        assert not Person.objects.filter(pk=persons.other_employee.person_id).exists()
        with pytest.raises(ZeroDivisionError), transaction.atomic(), session.as_platform():
            raise ZeroDivisionError
        assert not Person.objects.filter(pk=persons.other_employee.person_id).exists()
        with pytest.raises(DatabaseError), transaction.atomic(), session.as_platform():
            column("SELECT 1 / 0")
        assert not Person.objects.filter(pk=persons.other_employee.person_id).exists()


def test_a_look_up_that_leads_nowhere_is_refused_when_policies_are_made():
    with pytest.raises(ImproperlyConfigured):
        policies._policy(Person, declare.Scope(read="x", unit="given_name"))


def test_row_security_is_refused_on_another_database():
    if connection.vendor == "postgresql":
        pytest.skip("this is about the other databases")
    with pytest.raises(policies.NotOnPostgreSQL):
        policies.apply(role="x")
