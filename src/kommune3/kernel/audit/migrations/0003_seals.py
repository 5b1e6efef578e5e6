# SPDX-License-Identifier: MPL-2.0
"""Lines get a seal. Those that are there are sealed here, once: the guards are lifted for it and put back."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from kommune3.kernel.audit import append_only, seals

_PIECE = 2000


def seal_what_is_there(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    entries = apps.get_model("audit", "Entry").objects.using(editor.connection.alias)
    rows = []
    for row in entries.order_by("number").only("number", "digest").iterator(chunk_size=_PIECE):
        row.seal = seals.seal(row.digest)
        rows.append(row)
        if len(rows) == _PIECE:
            entries.bulk_update(rows, ["seal"])
            rows = []
    entries.bulk_update(rows, ["seal"])


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_append_only")]
    operations = [
        append_only.lifted("audit_entry"),
        migrations.AddField("entry", "seal", models.CharField(default="", max_length=73), preserve_default=False),
        migrations.RunPython(seal_what_is_there, migrations.RunPython.noop),
        append_only.operation("audit_entry"),
    ]
