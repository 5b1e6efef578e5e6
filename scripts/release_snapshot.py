# SPDX-License-Identifier: MPL-2.0
"""Freeze a small part of the demo municipality's rows as they are in this release: ``make release-snapshot``.

Written to ``tests/upgrade/snapshots/VERSION.json.gz``; ``tests/upgrade`` loads it and brings it up to date with the
code of the day, on SQLite and PostgreSQL. It holds some rows of every table and all that they refer to, all of it
invented people. The keys are published here: they seal nothing real.
"""

import argparse
import gzip
import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "tests" / "upgrade" / "snapshots"
KEYS = {
    "KOMMUNE3_FIELD_KEYS": "11" * 32,
    "KOMMUNE3_BLIND_INDEX_KEY": "22" * 32,
    "KOMMUNE3_AUDIT_KEYS": "33" * 32,
}
ROWS_OF_A_TABLE = 40
WHOLE = {"audit.entry"}
"""Tables whose rows hang together, so that a part of them is worth nothing."""
MADE_BY_MIGRATE = {"contenttypes.contenttype", "auth.permission"}
LEFT_OUT = {"sessions.session"}
MOST_BYTES = 300_000


def environment(folder: Path) -> dict[str, str]:
    """A demo municipality of its own in ``folder``, on SQLite, with the published keys."""
    return os.environ | KEYS | {
        "KOMMUNE3_DATA_DIR": str(folder), "KOMMUNE3_DATABASE_URL": "", "KOMMUNE3_DEMO": "1",
        "KOMMUNE3_LOG_LEVEL": "WARNING", "DJANGO_SETTINGS_MODULE": "kommune3.settings",
    }  # fmt: skip


def frozen() -> dict[str, Any]:
    """The chosen rows, and how far the tables have come. Of the platform whose settings are in the environment."""
    import django

    django.setup()
    from django.apps import apps
    from django.core import serializers
    from django.db import connection
    from django.db.migrations.recorder import MigrationRecorder

    from kommune3 import __version__

    chosen: dict[Any, dict[Any, Any]] = defaultdict(dict)
    models = [model for model in apps.get_models() if model._meta.managed and model._meta.label_lower not in LEFT_OUT]
    for model in models:
        rows = model._base_manager.order_by("pk")
        for row in rows if model._meta.label_lower in WHOLE else rows[:ROWS_OF_A_TABLE]:
            _choose(row, chosen)
    objects = [
        row for model in models if model._meta.label_lower not in MADE_BY_MIGRATE
        for _, row in sorted(chosen[model].items(), key=lambda item: str(item[0]))
    ]  # fmt: skip
    return {
        "version": __version__,
        "migrations": sorted(MigrationRecorder(connection).applied_migrations()),
        "rows": serializers.serialize("python", objects),
    }


def _as_json(value: Any) -> str:
    """Instants to the microsecond, which Django's own JSON cuts off: the audit log's digests are made of them."""
    return str(value) if not hasattr(value, "isoformat") else value.isoformat()


def _choose(row: Any, chosen: dict[Any, dict[Any, Any]]) -> None:
    """Take a row with everything it refers to."""
    waiting = [row]
    while waiting:
        each = waiting.pop()
        if each.pk in chosen[type(each)]:
            continue
        chosen[type(each)][each.pk] = each
        for field in each._meta.concrete_fields:
            if field.is_relation and getattr(each, field.attname) is not None:
                related = field.related_model._base_manager.get(**{
                    field.target_field.attname: getattr(each, field.attname)
                })  # fmt: skip
                waiting.append(related)
        for field in each._meta.many_to_many:
            waiting.extend(getattr(each, field.name).all())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, help="Data folder of a demo municipality made with these keys already.")
    parser.add_argument("--dump", action="store_true", help="Only write the rows of this process's platform to stdout.")
    options = parser.parse_args()
    if options.dump:
        json.dump(frozen(), sys.stdout, default=_as_json)
        return
    with tempfile.TemporaryDirectory(prefix="kommune3-snapshot-") as made:
        folder = options.folder or Path(made)
        if options.folder is None:
            subprocess.run([sys.executable, "-m", "kommune3", "demo"], env=environment(folder), check=True)
        command = [sys.executable, str(Path(__file__).resolve()), "--dump"]
        told = subprocess.run(command, env=environment(folder), check=True, capture_output=True, text=True)
    found = json.loads(told.stdout)
    target = FOLDER / f"{found['version']}.json.gz"
    if target.exists():
        sys.exit(
            f"{target.relative_to(ROOT)} is there already: a release is frozen once. Give this one its version first."
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    content = gzip.compress(json.dumps(found, separators=(",", ":"), sort_keys=True).encode(), mtime=0)
    if len(content) > MOST_BYTES:
        sys.exit(f"{len(content)} bytes are more than {MOST_BYTES}: take fewer rows of a table.")
    target.write_bytes(content)
    print(f"{target.relative_to(ROOT)}: {len(found['rows'])} rows, {len(content) / 1000:.0f} kB")


if __name__ == "__main__":
    main()
