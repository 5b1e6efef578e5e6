# SPDX-License-Identifier: MPL-2.0
from django.db import migrations

from kommune3.solutions.fleet import seeded_rates


def seed(apps, schema_editor):  # type: ignore[no-untyped-def]
    RateSet = apps.get_model("fleet", "RateSet")
    Rate = apps.get_model("fleet", "Rate")
    own = RateSet.objects.create(name=seeded_rates.OWN_NAME, description=seeded_rates.OWN_TEXT, is_default=True)
    comparison = RateSet.objects.create(
        name=seeded_rates.COMPARISON_NAME, description=seeded_rates.COMPARISON_TEXT, is_fixed=True
    )
    for rate_set, rates in ((own, seeded_rates.OWN), (comparison, seeded_rates.COMPARISON)):
        Rate.objects.bulk_create(Rate(rate_set=rate_set, **rate._asdict()) for rate in rates)


class Migration(migrations.Migration):
    dependencies = [("fleet", "0001_initial")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
