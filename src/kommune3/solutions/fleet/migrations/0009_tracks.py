# SPDX-License-Identifier: MPL-2.0
import django.db.models.deletion
from django.db import migrations, models

DAYS = 90
REASON = (
    "Kommune3's udgangspunkt: et kvartal er nok til at afprøve parkeringspunkter. Kommunen sætter selv sin grænse "
    "(GDPR artikel 5, stk. 1, litra e)."
)


def limit_how_long_legs_are_kept(apps, schema_editor):  # type: ignore[no-untyped-def]
    apps.get_model("fleet", "Limit").objects.create(kind="LEGS_DAYS", value=DAYS, reason=REASON)


class Migration(migrations.Migration):
    dependencies = [
        ("fleet", "0008_register_unit"),
        ("organisation", "0002_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="ColumnMapping",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100, unique=True, verbose_name="Name")),
                ("reading", models.JSONField()),
                ("created_by_name", models.CharField(max_length=200)),
                ("created_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="GpsDevice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=64)),
                ("title", models.CharField(max_length=200)),
                ("names", models.JSONField(default=list)),
                ("is_ignored", models.BooleanField(default=False)),
                ("seen_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["title", "key"],
            },
        ),
        migrations.CreateModel(
            name="GpsSource",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100, unique=True, verbose_name="Name")),
                (
                    "kind",
                    models.CharField(
                        choices=[("TRACCAR", "Traccar"), ("SKYHOST", "SkyHost")],
                        max_length=10,
                        verbose_name="Fleet system",
                    ),
                ),
                ("address", models.URLField(max_length=300, verbose_name="Address")),
                ("account", models.CharField(blank=True, max_length=200, verbose_name="User name or account")),
                ("secret", models.BinaryField(default=bytes)),
                (
                    "cadence",
                    models.CharField(
                        choices=[("MANUAL", "Only when I ask"), ("HOURLY", "Every hour"), ("NIGHTLY", "Every night")],
                        default="NIGHTLY",
                        max_length=10,
                        verbose_name="Fetch",
                    ),
                ),
                ("first_date", models.DateField(verbose_name="Fetch trips from")),
                ("seen_until", models.DateTimeField(null=True)),
                ("problem", models.CharField(blank=True, max_length=500)),
                ("created_by_name", models.CharField(max_length=200)),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Leg",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("start_at", models.DateTimeField()),
                ("end_at", models.DateTimeField()),
                ("km", models.FloatField()),
                ("start_latitude", models.FloatField(null=True)),
                ("start_longitude", models.FloatField(null=True)),
                ("end_latitude", models.FloatField(null=True)),
                ("end_longitude", models.FloatField(null=True)),
            ],
            options={
                "ordering": ["vehicle", "start_at"],
            },
        ),
        migrations.CreateModel(
            name="LegDelivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("file_name", models.CharField(blank=True, max_length=200)),
                ("stored_file_id", models.UUIDField(null=True)),
                ("job_id", models.UUIDField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("WAITING", "Under way"), ("DONE", "Fetched"), ("FAILED", "Failed")],
                        default="WAITING",
                        max_length=10,
                    ),
                ),
                ("since", models.DateTimeField(null=True)),
                ("until", models.DateTimeField(null=True)),
                ("legs_read", models.PositiveIntegerField(default=0)),
                ("legs_new", models.PositiveIntegerField(default=0)),
                ("legs_changed", models.PositiveIntegerField(default=0)),
                ("unreadable", models.PositiveIntegerField(default=0)),
                ("trips_new", models.PositiveIntegerField(default=0)),
                ("trips_removed", models.PositiveIntegerField(default=0)),
                ("problem", models.CharField(blank=True, max_length=500)),
                ("created_by_name", models.CharField(max_length=200)),
                ("created_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="ParkingPoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100, verbose_name="Name")),
                ("latitude", models.FloatField(verbose_name="Latitude")),
                ("longitude", models.FloatField(verbose_name="Longitude")),
                ("radius_m", models.PositiveIntegerField(default=200, verbose_name="Radius, metres")),
                ("created_by_name", models.CharField(max_length=200)),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["base__name", "name"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="limit",
            name="fleet_limit_kind",
        ),
        migrations.RemoveConstraint(
            model_name="tripimport",
            name="fleet_import_state",
        ),
        migrations.AddField(
            model_name="trip",
            name="is_prepared",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="tripimport",
            name="reading",
            field=models.JSONField(null=True),
        ),
        migrations.AlterField(
            model_name="limit",
            name="kind",
            field=models.CharField(
                choices=[
                    ("SMALL_NUMBER", "Fewest vehicles and trips behind a figure that is shown"),
                    ("KEPT_MONTHS", "Months that trips are kept"),
                    ("LEGS_DAYS", "Days that single movements with coordinates are kept"),
                    ("UNUSED_DAYS", "Days without a trip before a vehicle is reported as unused"),
                    ("CONTRACT_PER_CENT", "Per cent of the contract km at which a vehicle is reported"),
                ],
                max_length=20,
                verbose_name="Limit",
            ),
        ),
        migrations.AlterField(
            model_name="tripimport",
            name="state",
            field=models.CharField(
                choices=[
                    ("MAPPING", "Waiting for its columns"),
                    ("READING", "Being read"),
                    ("READY", "Ready to look through"),
                    ("REFUSED", "Cannot be read"),
                    ("COMMITTED", "Imported"),
                    ("DISCARDED", "Discarded"),
                    ("UNDONE", "Undone"),
                ],
                default="READING",
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="limit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["SMALL_NUMBER", "KEPT_MONTHS", "LEGS_DAYS", "UNUSED_DAYS", "CONTRACT_PER_CENT"])
                ),
                name="fleet_limit_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="tripimport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["MAPPING", "READING", "READY", "REFUSED", "COMMITTED", "DISCARDED", "UNDONE"])
                ),
                name="fleet_import_state",
            ),
        ),
        migrations.AddField(
            model_name="columnmapping",
            name="unit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisation.unit"
            ),
        ),
        migrations.AddField(
            model_name="gpsdevice",
            name="vehicle",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="fleet.vehicle",
            ),
        ),
        migrations.AddField(
            model_name="gpssource",
            name="unit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="organisation.unit",
                verbose_name="Unit",
            ),
        ),
        migrations.AddField(
            model_name="gpsdevice",
            name="source",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="devices", to="fleet.gpssource"
            ),
        ),
        migrations.AddField(
            model_name="leg",
            name="vehicle",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="fleet.vehicle"
            ),
        ),
        migrations.AddField(
            model_name="legdelivery",
            name="source",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="deliveries", to="fleet.gpssource"
            ),
        ),
        migrations.AddField(
            model_name="legdelivery",
            name="unit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisation.unit"
            ),
        ),
        migrations.AddField(
            model_name="legdelivery",
            name="vehicle",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="fleet.vehicle"
            ),
        ),
        migrations.AddField(
            model_name="parkingpoint",
            name="base",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="parking_points", to="fleet.base"
            ),
        ),
        migrations.AddConstraint(
            model_name="gpssource",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("cadence__in", ["MANUAL", "HOURLY", "NIGHTLY"]), ("kind__in", ["TRACCAR", "SKYHOST"])
                ),
                name="fleet_source_choices",
            ),
        ),
        migrations.AddConstraint(
            model_name="gpsdevice",
            constraint=models.UniqueConstraint(fields=("source", "key"), name="fleet_device_once"),
        ),
        migrations.AddIndex(
            model_name="leg",
            index=models.Index(fields=["end_at"], name="fleet_leg_end"),
        ),
        migrations.AddConstraint(
            model_name="leg",
            constraint=models.UniqueConstraint(fields=("vehicle", "start_at"), name="fleet_leg_once"),
        ),
        migrations.AddConstraint(
            model_name="legdelivery",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["WAITING", "DONE", "FAILED"])), name="fleet_delivery_state"
            ),
        ),
        migrations.AddConstraint(
            model_name="legdelivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("source", None), ("vehicle__isnull", False)), ("source__isnull", False), _connector="OR"
                ),
                name="fleet_delivery_from",
            ),
        ),
        migrations.AddConstraint(
            model_name="parkingpoint",
            constraint=models.UniqueConstraint(fields=("base", "name"), name="fleet_parking_name"),
        ),
        migrations.AddConstraint(
            model_name="parkingpoint",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("latitude__gte", -90),
                    ("latitude__lte", 90),
                    ("longitude__gte", -180),
                    ("longitude__lte", 180),
                    ("radius_m__gte", 10),
                    ("radius_m__lte", 5000),
                ),
                name="fleet_parking_place",
            ),
        ),
        migrations.RunPython(limit_how_long_legs_are_kept, migrations.RunPython.noop),
    ]
