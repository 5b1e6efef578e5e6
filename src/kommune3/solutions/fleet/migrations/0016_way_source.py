# SPDX-License-Identifier: MPL-2.0
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("fleet", "0015_trial_words")]

    operations = [
        migrations.AlterField(
            model_name="poolway",
            name="source",
            field=models.CharField(blank=True, max_length=500, verbose_name="Source"),
        ),
    ]
