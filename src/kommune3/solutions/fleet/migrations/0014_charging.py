# SPDX-License-Identifier: MPL-2.0
import datetime

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("fleet", "0013_pools"),
    ]

    operations = [
        migrations.CreateModel(
            name="PriceFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200, verbose_name="File")),
                ("imported_at", models.DateTimeField(verbose_name="Imported")),
                ("imported_by_name", models.CharField(max_length=200, verbose_name="By")),
                ("prices", models.PositiveIntegerField(default=0, verbose_name="Prices")),
            ],
            options={
                "ordering": ["-imported_at", "-id"],
            },
        ),
        migrations.AddField(
            model_name="plan",
            name="charged_bound_dkk",
            field=models.DecimalField(decimal_places=2, max_digits=14, null=True),
        ),
        migrations.AddField(
            model_name="plan",
            name="charged_dkk",
            field=models.DecimalField(decimal_places=2, max_digits=14, null=True),
        ),
        migrations.AddField(
            model_name="plan",
            name="charged_kwh",
            field=models.FloatField(null=True),
        ),
        migrations.AddField(
            model_name="plan",
            name="excess_dkk",
            field=models.DecimalField(decimal_places=2, max_digits=14, null=True),
        ),
        migrations.AddField(
            model_name="plan",
            name="refund_dkk",
            field=models.DecimalField(decimal_places=2, max_digits=14, null=True),
        ),
        migrations.AddField(
            model_name="run",
            name="charging",
            field=models.CharField(
                choices=[
                    ("REST", "By rest: so many idle hours in every 24, and a range"),
                    ("REAL", "Real charging: the bases' chargers, batteries and a price for every hour"),
                ],
                default="REST",
                max_length=4,
                verbose_name="Charging",
            ),
        ),
        migrations.AddField(
            model_name="run",
            name="price_area",
            field=models.CharField(
                blank=True,
                choices=[("DK1", "DK1, west of the Great Belt"), ("DK2", "DK2, east of the Great Belt")],
                max_length=3,
                verbose_name="Price area",
            ),
        ),
        migrations.CreateModel(
            name="EnergyTariff",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100, verbose_name="Name")),
                (
                    "dkk_per_kwh",
                    models.DecimalField(
                        decimal_places=6,
                        help_text="Without VAT, which municipalities get back.",
                        max_digits=9,
                        verbose_name="Kr. per kWh",
                    ),
                ),
                ("opens", models.TimeField(default=datetime.time(0, 0), verbose_name="From o'clock")),
                (
                    "closes",
                    models.TimeField(
                        default=datetime.time(0, 0),
                        help_text="00:00 to 00:00 is the whole day.",
                        verbose_name="Until o'clock",
                    ),
                ),
                ("months", models.JSONField(blank=True, default=list, verbose_name="Months")),
                ("valid_from", models.DateField(verbose_name="From")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="Until (not included)")),
                (
                    "source",
                    models.CharField(
                        help_text="The price list or law it stands in.", max_length=200, verbose_name="Source"
                    ),
                ),
            ],
            options={
                "ordering": ["name", "valid_from", "opens"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to", None), ("valid_to__gt", models.F("valid_from")), _connector="OR"
                        ),
                        name="fleet_tariff_period",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PlanCharge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("outlet", models.PositiveSmallIntegerField()),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("kwh", models.FloatField()),
                ("dkk", models.DecimalField(decimal_places=2, max_digits=12)),
                (
                    "charger",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="fleet.charger"
                    ),
                ),
                (
                    "plan_vehicle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="charges", to="fleet.planvehicle"
                    ),
                ),
            ],
            options={
                "ordering": ["starts_at", "charger__name", "outlet"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at")), ("kwh__gte", 0)),
                        name="fleet_charge_period",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SpotPrice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "area",
                    models.CharField(
                        choices=[("DK1", "DK1, west of the Great Belt"), ("DK2", "DK2, east of the Great Belt")],
                        max_length=3,
                        verbose_name="Price area",
                    ),
                ),
                ("starts_at", models.DateTimeField(verbose_name="From")),
                ("minutes", models.PositiveSmallIntegerField(verbose_name="Minutes")),
                ("dkk_per_kwh", models.DecimalField(decimal_places=6, max_digits=9, verbose_name="Kr. per kWh")),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="rows", to="fleet.pricefile"
                    ),
                ),
            ],
            options={
                "ordering": ["area", "starts_at"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("area__in", ["DK1", "DK2"])), name="fleet_spot_area"),
                    models.CheckConstraint(condition=models.Q(("minutes__in", (15, 60))), name="fleet_spot_minutes"),
                    models.UniqueConstraint(fields=("area", "starts_at"), name="fleet_spot_once"),
                ],
            },
        ),
    ]
