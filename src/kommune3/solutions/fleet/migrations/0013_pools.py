# SPDX-License-Identifier: MPL-2.0

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("fleet", "0012_trial_obstacles"),
        ("organisation", "0002_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="plan",
            name="transfer_km",
            field=models.DecimalField(decimal_places=3, default=0, max_digits=14),
        ),
        migrations.AddField(
            model_name="planvehicle",
            name="transfer_km",
            field=models.FloatField(default=0),
        ),
        migrations.AddField(
            model_name="run",
            name="pools_used",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="run",
            name="shares_pools",
            field=models.BooleanField(default=False, verbose_name="The bases of a pool share vehicles"),
        ),
        migrations.CreateModel(
            name="Pool",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100, unique=True, verbose_name="Name")),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisation.unit"
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="PoolBase",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "base",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="pooled", to="fleet.base"
                    ),
                ),
                (
                    "pool",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="members", to="fleet.pool"
                    ),
                ),
            ],
            options={
                "ordering": ["base__name"],
            },
        ),
        migrations.CreateModel(
            name="PoolWay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("minutes", models.DecimalField(decimal_places=1, max_digits=5, verbose_name="Minutes")),
                ("km", models.DecimalField(decimal_places=1, max_digits=6, verbose_name="Km")),
                ("kind", models.CharField(choices=[("ESTIMATE", "Estimate"), ("ENTERED", "Entered")], max_length=8)),
                ("source", models.CharField(blank=True, max_length=200, verbose_name="Source")),
                (
                    "from_base",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="fleet.base"),
                ),
                (
                    "pool",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="ways", to="fleet.pool"
                    ),
                ),
                (
                    "to_base",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="fleet.base"),
                ),
            ],
            options={
                "ordering": ["from_base__name", "to_base__name"],
                "constraints": [
                    models.UniqueConstraint(fields=("from_base", "to_base"), name="fleet_way_once"),
                    models.CheckConstraint(
                        condition=models.Q(("km__gte", 0), ("minutes__gte", 0)), name="fleet_way_quantities"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("from_base", models.F("to_base")), _negated=True),
                        name="fleet_way_elsewhere",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["ESTIMATE", "ENTERED"])), name="fleet_way_kind"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RunPart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField()),
                ("bases", models.JSONField()),
                ("trips", models.PositiveIntegerField()),
                ("job_id", models.UUIDField(null=True)),
                ("answer", models.BinaryField(default=b"")),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="parts", to="fleet.run"
                    ),
                ),
            ],
            options={
                "ordering": ["run", "number"],
                "constraints": [models.UniqueConstraint(fields=("run", "number"), name="fleet_part_once")],
            },
        ),
    ]
