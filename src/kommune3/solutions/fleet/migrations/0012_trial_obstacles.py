# SPDX-License-Identifier: MPL-2.0
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("fleet", "0011_bookings")]

    operations = [
        migrations.AlterField(
            model_name="unservedtrip",
            name="obstacle",
            field=models.CharField(
                blank=True,
                choices=[
                    ("BASE", "No vehicle that is left stands at the base"),
                    ("NEEDS", "No vehicle that is left has the fittings it needs"),
                    ("RANGE", "It is longer than the range and the rest allow"),
                    ("BIKES", "Only bikes are left there, and their rules do not allow it"),
                ],
                max_length=8,
            ),
        ),
    ]
