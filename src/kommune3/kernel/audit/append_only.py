# SPDX-License-Identifier: MPL-2.0
"""Tables whose rows are written once: the database itself refuses UPDATE, DELETE and TRUNCATE.

Used in a migration: ``operations = [append_only.operation("audit_entry")]``. On SQLite a migration that alters such a
table builds it anew and loses its triggers: let it end with the same operation. :func:`missing` tells whether they
are there.
"""

from collections.abc import Callable, Sequence

from django.apps.registry import Apps
from django.db import connection, migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_Operation = Callable[[Apps, BaseDatabaseSchemaEditor], None]
_PREFIX = "append_only_"


class UnsupportedDatabase(Exception):
    """The platform's rows live in SQLite or PostgreSQL; nothing else knows how to refuse changes."""


def _columns(editor: BaseDatabaseSchemaEditor, table: str) -> list[str]:
    with editor.connection.cursor() as cursor:
        return [column.name for column in editor.connection.introspection.get_table_description(cursor, table)]


def _is_changed(columns: Sequence[str], settable_once: Sequence[str], differs: str) -> str:
    """The SQL condition under which an UPDATE is refused; empty: always."""
    if not settable_once:
        return ""
    fixed = [f'OLD."{name}" {differs} NEW."{name}"' for name in columns if name not in settable_once]
    set_already = [f'OLD."{name}" IS NOT NULL' for name in settable_once]
    return f"WHEN ({' OR '.join(fixed + set_already)})"


def _sqlite(table: str, columns: Sequence[str], settable_once: Sequence[str]) -> list[str]:
    when = _is_changed(columns, settable_once, "IS NOT")
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table}: rows are never changed or deleted'); END"
    return [
        f'DROP TRIGGER IF EXISTS "{_PREFIX}{table}_update"',
        f'DROP TRIGGER IF EXISTS "{_PREFIX}{table}_delete"',
        f'CREATE TRIGGER "{_PREFIX}{table}_update" BEFORE UPDATE ON "{table}" {when} {refuse}',
        f'CREATE TRIGGER "{_PREFIX}{table}_delete" BEFORE DELETE ON "{table}" {refuse}',
    ]


def _postgresql(table: str, columns: Sequence[str], settable_once: Sequence[str]) -> list[str]:
    when = _is_changed(columns, settable_once, "IS DISTINCT FROM")
    function = f'"{_PREFIX}refuse"()'
    refuse = (
        "BEGIN RAISE EXCEPTION '%: rows are never changed or deleted', TG_TABLE_NAME"
        " USING ERRCODE = 'integrity_constraint_violation'; END"
    )
    each = f"FOR EACH ROW {when} EXECUTE FUNCTION {function}"
    return [
        f"CREATE OR REPLACE FUNCTION {function} RETURNS trigger LANGUAGE plpgsql AS $$ {refuse} $$",
        f'DROP TRIGGER IF EXISTS "{_PREFIX}{table}_update" ON "{table}"',
        f'DROP TRIGGER IF EXISTS "{_PREFIX}{table}_delete" ON "{table}"',
        f'DROP TRIGGER IF EXISTS "{_PREFIX}{table}_truncate" ON "{table}"',
        f'CREATE TRIGGER "{_PREFIX}{table}_update" BEFORE UPDATE ON "{table}" {each}',
        f'CREATE TRIGGER "{_PREFIX}{table}_delete" BEFORE DELETE ON "{table}" FOR EACH ROW EXECUTE FUNCTION {function}',
        f'CREATE TRIGGER "{_PREFIX}{table}_truncate" BEFORE TRUNCATE ON "{table}" EXECUTE FUNCTION {function}',
    ]


_STATEMENTS = {"sqlite": _sqlite, "postgresql": _postgresql}


def operation(table: str, *, settable_once: Sequence[str] = ()) -> migrations.RunPython:
    """The migration operation that makes ``table`` append-only.

    Columns in ``settable_once`` may go from NULL to a value, one time, while nothing else of the row changes.
    """

    protect, release = _guards(table, settable_once)
    return migrations.RunPython(protect, release)


def lifted(table: str, *, settable_once: Sequence[str] = ()) -> migrations.RunPython:
    """The migration operation that lets rows of ``table`` be changed until :func:`operation` comes later in it."""
    protect, release = _guards(table, settable_once)
    return migrations.RunPython(release, protect)


def _guards(table: str, settable_once: Sequence[str]) -> tuple[_Operation, _Operation]:
    def protect(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
        vendor = editor.connection.vendor
        if vendor not in _STATEMENTS:
            raise UnsupportedDatabase(vendor)
        for statement in _STATEMENTS[vendor](table, _columns(editor, table), settable_once):
            editor.execute(statement, params=None)

    def release(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
        on_table = f' ON "{table}"' if editor.connection.vendor == "postgresql" else ""
        for event in ("update", "delete", "truncate"):
            # nosemgrep: sql-by-hand  names of the model's own table
            editor.execute(f'DROP TRIGGER IF EXISTS "{_PREFIX}{table}_{event}"{on_table}', params=None)

    return protect, release


def missing(table: str) -> list[str]:
    """The events ("update", "delete") that the database would not refuse on ``table``; empty when all is well."""
    if connection.vendor == "postgresql":
        query = "SELECT tgname FROM pg_trigger WHERE tgenabled <> 'D' AND tgrelid = %s::regclass"
    else:
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s"
    with connection.cursor() as cursor:
        cursor.execute(query, [table])
        present = {name for (name,) in cursor.fetchall()}
    return [event for event in ("update", "delete") if f"{_PREFIX}{table}_{event}" not in present]
