# SPDX-License-Identifier: MPL-2.0
import django.db.models.deletion
from django.db import migrations, models

FEWEST = 5
REASON = (
    "Kommune3's udgangspunkt: tal bygget på færre end 5 medarbejdere eller borgere kan pege på én person. Kommunen kan "
    "sætte sin egen grænse."
)


def seed(apps, schema_editor):  # type: ignore[no-untyped-def]
    apps.get_model("care", "FigureLimit").objects.create(valid_from=None, fewest=FEWEST, reason=REASON)


class Migration(migrations.Migration):
    dependencies = [
        ("care", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="CalendarFeed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("created_at", models.DateTimeField()),
                ("last_read_date", models.DateField(null=True)),
                (
                    "carer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="care.carer"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="FigureLimit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField(null=True, unique=True, verbose_name="From")),
                ("fewest", models.PositiveSmallIntegerField(verbose_name="Fewest carers or citizens behind a figure")),
                ("reason", models.CharField(max_length=300, verbose_name="Decided where and why")),
                ("set_by_name", models.CharField(blank=True, max_length=200, verbose_name="Set by")),
                ("set_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["-valid_from"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("fewest__gte", 1)), name="care_figure_limit_fewest")
                ],
            },
        ),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
