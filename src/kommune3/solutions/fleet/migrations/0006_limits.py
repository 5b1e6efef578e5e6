# SPDX-License-Identifier: MPL-2.0
from django.db import migrations

from kommune3.solutions.fleet import seeded_limits


def seed(apps, schema_editor):  # type: ignore[no-untyped-def]
    Limit = apps.get_model("fleet", "Limit")
    Limit.objects.bulk_create(
        Limit(kind=kind, value=value, reason=reason) for kind, value, reason in seeded_limits.LIMITS
    )


class Migration(migrations.Migration):
    dependencies = [("fleet", "0005_daily")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
