# SPDX-License-Identifier: MPL-2.0
"""The policies: SQL made from the declared reach of each model.

A row is there for whom the session's variables name, if its unit lies below one of their units, or it is their own.
That is wider than ``reach``, which also asks for the action: the wall stands against a forgotten check, an injected
query and a wrong join, not in place of the checks. Rows of no unit and no person (rates, for instance) have no policy.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.db.models import ForeignObjectRel, Model
from django.db.models.fields.related import RelatedField

from kommune3.kernel.access import declare
from kommune3.kernel.access.declare import Scope
from kommune3.kernel.organisation.models import Unit
from kommune3.kernel.people.models import Person

PREFIX = "kommune3_"
AUDIT_TABLE = "audit_entry"
MIGRATIONS_TABLE = "django_migrations"

FUNCTIONS = (
    """CREATE OR REPLACE FUNCTION kommune3_is_platform() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS
    $$ SELECT coalesce(current_setting('kommune3.platform', true), '') = 'on' $$""",
    """CREATE OR REPLACE FUNCTION kommune3_person() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS
    $$ SELECT nullif(current_setting('kommune3.person', true), '')::uuid $$""",
    """CREATE OR REPLACE FUNCTION kommune3_paths() RETURNS SETOF text LANGUAGE sql STABLE PARALLEL SAFE AS
    $$ SELECT unnest(string_to_array(nullif(current_setting('kommune3.paths', true), ''), ',')) $$""",
    """CREATE OR REPLACE FUNCTION kommune3_kle() RETURNS SETOF text LANGUAGE sql STABLE PARALLEL SAFE AS
    $$ SELECT unnest(string_to_array(current_setting('kommune3.kle', true), ',')) $$""",
    """CREATE OR REPLACE FUNCTION kommune3_everywhere() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS
    $$ SELECT kommune3_is_platform() OR '/' IN (SELECT kommune3_paths()) $$""",
    # Reads the units with its owner's rights: the units' own policy asks it.
    """CREATE OR REPLACE FUNCTION kommune3_units() RETURNS SETOF uuid LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER
    SET search_path = public, pg_temp AS
    $$ SELECT unit.id FROM organisation_unit unit
       WHERE EXISTS (SELECT FROM kommune3_paths() AS held WHERE unit.path LIKE held || '%') $$""",
)


class NotOnPostgreSQL(Exception):
    """Row-level security is PostgreSQL's; other databases have none."""


@dataclass(frozen=True)
class Policy:
    """What a table shows: ``condition`` is SQL over its columns."""

    table: str
    condition: str


def policies() -> list[Policy]:
    """The policy of each model whose declared rows belong to a unit or a person, by table."""
    found = [_policy(model, scope) for model, scope in declare.scopes().items()]
    return sorted((policy for policy in found if policy is not None), key=lambda policy: policy.table)


def _policy(model: type[Model], scope: Scope) -> Policy | None:
    persons = [lookup for lookup in (scope.person, *scope.wall) if lookup]
    if scope.unit is None and not persons:
        return None
    ways = ["(SELECT kommune3_everywhere())"]
    if scope.unit is not None:
        unit = _walk(model, scope.unit.split("__"), to_units=True)
        if scope.kle is not None:
            unit = f"({unit} AND {_walk(model, scope.kle.split('__'), to_units=False)})"
        ways.append(unit)
    ways += [_walk(model, lookup.split("__"), to_units=False) for lookup in persons]
    return Policy(model._meta.db_table, " OR ".join(ways))


def _walk(model: type[Model], steps: list[str], *, to_units: bool) -> str:
    """The condition on a row of ``model`` that the look-up ``steps`` ends at a unit, person or KLE number one has."""
    step, rest = steps[0], steps[1:]
    key = _quoted(model._meta.pk.column)
    if to_units and model is Unit and steps == ["path"]:
        return f"{key} IN (SELECT kommune3_units())"
    if step in ("pk", "id") and model is Person and not rest:
        return f"{key} = (SELECT kommune3_person())"
    field = model._meta.get_field(step.removesuffix("_id") if step.endswith("_id") else step)
    if isinstance(field, ForeignObjectRel):
        other = _model(field.related_model)
        return _among(key, _quoted(field.field.column), other, _walk(other, rest, to_units=to_units))
    if isinstance(field, RelatedField):
        other, column = _model(field.related_model), _quoted(field.column)
        if other is Unit and rest == ["path"]:
            return f"{column} IN (SELECT kommune3_units())"
        if other is Person and rest in ([], ["pk"], ["id"]):
            return f"{column} = (SELECT kommune3_person())"
        return _among(column, _quoted(other._meta.pk.column), other, _walk(other, rest, to_units=to_units))
    if not rest and not to_units:
        return f"EXISTS (SELECT FROM kommune3_kle() AS held WHERE {_quoted(field.column)} LIKE held || '%')"
    raise ImproperlyConfigured(f"{model.__name__}: {'__'.join(steps)} leads to no unit, person or KLE number")


def _among(column: str, other_column: str, other: type[Model], condition: str) -> str:
    """Names of tables and columns come from models, never from a user."""
    return f"{column} IN (SELECT {other_column} FROM {_quoted(other._meta.db_table)} WHERE {condition})"  # noqa: S608


def _model(related: object) -> type[Model]:
    assert isinstance(related, type) and issubclass(related, Model), "models are loaded when policies are made"
    return related


def _quoted(name: str | None) -> str:
    return f'"{name}"'


def statements(role: str) -> Iterator[str]:
    """The SQL that makes the wall for the running role ``role``, anew each time; run by the tables' owner."""
    yield from FUNCTIONS
    yield from removal()
    for policy in policies():
        table = _quoted(policy.table)
        yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
        yield f"CREATE POLICY {PREFIX}seen ON {table} FOR SELECT USING ({policy.condition})"
        yield f"CREATE POLICY {PREFIX}changed ON {table} FOR UPDATE USING ({policy.condition}) WITH CHECK (true)"
        yield f"CREATE POLICY {PREFIX}removed ON {table} FOR DELETE USING ({policy.condition})"
        # Whoever asks may make rows, also some that they cannot see afterwards, such as a message to somebody else.
        known = "kommune3_is_platform() OR kommune3_person() IS NOT NULL"
        yield f"CREATE POLICY {PREFIX}made ON {table} FOR INSERT WITH CHECK ({known})"
    runner = _quoted(role)
    yield f"GRANT USAGE ON SCHEMA public TO {runner}"
    yield f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {runner}"
    yield f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {runner}"
    yield f"REVOKE UPDATE, DELETE ON {AUDIT_TABLE} FROM {runner}"
    yield f"REVOKE INSERT, UPDATE, DELETE ON {MIGRATIONS_TABLE} FROM {runner}"


def removal() -> Iterator[str]:
    """The SQL that takes every policy of ours away."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename, policyname FROM pg_policies WHERE policyname LIKE %s", [f"{PREFIX}%"])
        present = cursor.fetchall()
    for table, name in present:
        yield f"DROP POLICY {_quoted(name)} ON {_quoted(table)}"
    for table in sorted({table for table, _name in present}):
        yield f"ALTER TABLE {_quoted(table)} DISABLE ROW LEVEL SECURITY"


def apply(*, role: str) -> int:
    """Make the wall for ``role``; how many tables stand behind it. Raises NotOnPostgreSQL."""
    _run(statements(role))
    return len(policies())


def remove() -> None:
    """Take the wall away. Raises NotOnPostgreSQL."""
    _run(removal())


def _run(sql: Iterator[str]) -> None:
    if connection.vendor != "postgresql":
        raise NotOnPostgreSQL
    for statement in list(sql):
        with connection.cursor() as cursor:
            cursor.execute(statement)


def problems() -> list[str]:
    """Why the wall would not hold for the role that is connected now: each a sentence. Empty where it holds."""
    if connection.vendor != "postgresql":
        raise NotOnPostgreSQL
    found = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        is_super, bypasses = cursor.fetchone()
        if is_super:
            found.append("The role is a superuser: no policy holds for it.")
        elif bypasses:
            found.append("The role has BYPASSRLS: no policy holds for it.")
        tables = [policy.table for policy in policies()]
        cursor.execute(
            "SELECT relname, relrowsecurity, pg_has_role(relowner, 'USAGE') FROM pg_class"
            " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname = ANY(%s) ORDER BY relname",
            [tables],
        )
        for table, is_on, is_owner in cursor.fetchall():
            if not is_on:
                found.append(f"{table} has no policy: run kommune3 row_security as the tables' owner.")
            elif is_owner and not is_super:
                found.append(f"The role owns {table}: no policy holds for it.")
    return found
