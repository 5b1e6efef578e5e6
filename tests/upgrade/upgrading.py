# SPDX-License-Identifier: MPL-2.0
"""Bring a release's rows up to date with today's code, in a process and a database of its own.

``python upgrading.py load SNAPSHOT`` makes the tables as that release had them and puts its rows in; ``check`` brings
any database up to date and prints as JSON what it found. Which database: the settings, as ever.
"""

import gzip
import json
import sys
from pathlib import Path
from typing import Any

import django

django.setup()

from django.apps import apps as apps_today  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.management.color import no_style  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.db.migrations.executor import MigrationExecutor  # noqa: E402
from django.db.migrations.recorder import MigrationRecorder  # noqa: E402
from django.test import Client  # noqa: E402

PAGES = (
    "/", "/effects/", "/jobs/", "/organisation/", "/people/", "/audit/", "/administration/accounts/",
    "/administration/roles/", "/administration/solutions/", "/administration/operation/", "/fleet/", "/fleet/trips/",
    "/fleet/vehicles/", "/fleet/bases/", "/fleet/runs/", "/fleet/rates/", "/health/ready",
)  # fmt: skip


def load(snapshot: Path) -> None:
    """Tables as the release had them, by today's migrations, and the rows in them."""
    found = json.loads(gzip.decompress(snapshot.read_bytes()))
    executor = MigrationExecutor(connection)
    then = [tuple(each) for each in found["migrations"] if tuple(each) in executor.loader.graph.nodes]
    lost = [each for each in found["migrations"] if tuple(each) not in executor.loader.graph.nodes]
    assert not lost, f"migrations that release had are gone: {lost}"
    # Only their last ones are targets: a target in the middle would undo what follows.
    graph = executor.loader.graph
    targets = [node for node in then if not any(child in then for child in graph.node_map[node].children)]
    executor.migrate(targets)
    MigrationExecutor(connection)
    apps = executor.loader.project_state(targets).apps
    with transaction.atomic():
        for model in apps.get_models():  # what migrations put in is in the snapshot too
            label = model._meta.label_lower
            rows = [row for row in found["rows"] if row["model"] == label]
            if not rows:
                continue
            many = {field.name for field in model._meta.many_to_many}
            known = set(model._base_manager.values_list("pk", flat=True))
            made = [made_of(model, row, many) for row in rows]
            model._base_manager.bulk_create([each for each in made if each.pk not in known])
            for row, each in zip(rows, made, strict=True):
                for name in many:
                    getattr(model._base_manager.get(pk=each.pk), name).set(row["fields"].get(name, []))
        statements = connection.ops.sequence_reset_sql(no_style(), list(apps.get_models()))
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)


def made_of(model: Any, row: dict[str, Any], many: set[str]) -> Any:
    """The row as an object of the model as it was then."""
    values = {model._meta.pk.attname: model._meta.pk.to_python(row["pk"])}
    for name, value in row["fields"].items():
        if name in many:
            continue
        field = model._meta.get_field(name)
        is_json = field.get_internal_type() == "JSONField"
        values[field.attname] = value if value is None or is_json else field.to_python(value)
    return model(**values)


def tables() -> dict[str, int]:
    """Rows of each table."""
    with connection.cursor() as cursor:
        names = connection.introspection.table_names(cursor)
        counts = {}
        for name in names:
            if name != "django_migrations":
                cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(name)}")
                counts[name] = cursor.fetchone()[0]
    return counts


def check() -> dict[str, Any]:
    """Bring the database up to date and look at it as its users and operators would."""
    before = tables()
    applied = len(MigrationRecorder(connection).applied_migrations())
    call_command("migrate", verbosity=0, interactive=False)
    from kommune3.kernel.audit import append_only, log
    from kommune3.kernel.audit.models import Entry
    from kommune3.kernel.people.models import Account, Person
    from kommune3.kernel.people.sealing import ring_names

    call_command("check", verbosity=0)
    call_command("makemigrations", check_changes=True, dry_run=True, verbosity=0)
    # Pages name static files as they are, so that nothing needs to be collected.
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    broken = log.verify()
    admin = Account._default_manager.get(username="admin")
    client = Client(headers={"host": "localhost"})
    client.force_login(admin, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    session["assurance"] = {"level": 2, "method": "totp", "at": ""}  # both steps
    session.save()
    return {
        "before": before,
        "after": tables(),
        "applied": len(MigrationRecorder(connection).applied_migrations()) - applied,
        "audit": None if broken is None else [broken.number, broken.reason],
        "audit_lines": Entry._default_manager.count(),
        "unguarded": append_only.missing(Entry._meta.db_table),
        "people": Person._default_manager.count(),
        "models": len(list(apps_today.get_models())),
        "keys": len(ring_names()),
        "pages": {page: client.get(page).status_code for page in PAGES},
    }


def main() -> None:
    if sys.argv[1] == "load":
        load(Path(sys.argv[2]))
    else:
        print(json.dumps(check()))


if __name__ == "__main__":
    main()
