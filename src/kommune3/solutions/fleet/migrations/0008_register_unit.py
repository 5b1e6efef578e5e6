# SPDX-License-Identifier: MPL-2.0
"""A register file belongs to the unit whose people may see it. There are none yet when this is added."""

import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("organisation", "0002_initial"), ("fleet", "0007_simulations")]
    operations = [
        migrations.AddField(
            model_name="registerimport",
            name="unit",
            field=models.ForeignKey(
                default=uuid.UUID(int=0), on_delete=django.db.models.deletion.PROTECT, related_name="+",
                to="organisation.unit",
            ),  # fmt: skip
            preserve_default=False,
        ),
        migrations.RemoveField(model_name="registerimport", name="created_by_id"),
    ]
