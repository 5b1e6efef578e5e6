# SPDX-License-Identifier: MPL-2.0
"""Completes the municipality's own mileage allowances back to 2017, and adds the cycle allowance.

Periods that the municipality has entered itself are left as they are.
"""

from datetime import date

from django.db import migrations

from kommune3.solutions.fleet.seeded_mileage import MILEAGE


def seed(apps, schema_editor):  # type: ignore[no-untyped-def]
    RateSet = apps.get_model("fleet", "RateSet")
    Rate = apps.get_model("fleet", "Rate")
    own = RateSet.objects.filter(is_default=True, is_fixed=False).first()
    if own is None:
        return
    for kind, field in (
        ("ALLOWANCE_HIGH", "high_dkk_per_km"), ("ALLOWANCE_LOW", "low_dkk_per_km"),
        ("ALLOWANCE_CYCLE", "cycle_dkk_per_km"),
    ):  # fmt: skip
        there = list(Rate.objects.filter(rate_set=own, kind=kind).values_list("valid_from", "valid_to"))
        for row in MILEAGE:
            value = getattr(row, field)
            overlaps = any(
                (since or date.min) < (row.valid_to or date.max) and row.valid_from < (until or date.max)
                for since, until in there
            )
            if value is not None and not overlaps:
                Rate.objects.create(
                    rate_set=own, kind=kind, value=value, valid_from=row.valid_from, valid_to=row.valid_to,
                    source=row.source,
                )  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("fleet", "0003_register")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
