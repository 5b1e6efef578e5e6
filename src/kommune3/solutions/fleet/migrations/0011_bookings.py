# SPDX-License-Identifier: MPL-2.0
import django.db.models.deletion
from django.db import migrations, models

from kommune3.solutions.fleet import seeded_limits


def seed(apps, schema_editor):  # type: ignore[no-untyped-def]
    Limit = apps.get_model("fleet", "Limit")
    Limit.objects.bulk_create(
        Limit(kind=kind, value=value, reason=reason) for kind, value, reason in seeded_limits.BOOKING_LIMITS
    )


class Migration(migrations.Migration):

    dependencies = [
        ('fleet', '0010_trials'),
        ('people', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Booking',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('start_at', models.DateTimeField(verbose_name='From')),
                ('end_at', models.DateTimeField(verbose_name='Until')),
                ('km', models.FloatField(verbose_name='Expected km')),
                ('purpose', models.CharField(blank=True, max_length=100, verbose_name='Purpose')),
                ('needs', models.JSONField(default=list, verbose_name='Fittings')),
                ('by_bike', models.BooleanField(default=False, verbose_name='A bike will do')),
                ('priority', models.SmallIntegerField(choices=[(0, 'Normal'), (1, 'Urgent')], default=0, verbose_name='Urgency')),
                ('state', models.CharField(choices=[('REQUESTED', 'Waiting for a vehicle'), ('ALLOCATED', 'Booked'), ('FROZEN', 'Fixed'), ('STARTED', 'Under way'), ('RETURNED', 'Returned'), ('CANCELLED', 'Cancelled'), ('UNSERVED', 'No vehicle was free')], default='REQUESTED', max_length=10, verbose_name='State')),
                ('is_pinned', models.BooleanField(default=False, verbose_name='Vehicle is fixed')),
                ('announced_at', models.DateTimeField(null=True)),
                ('request_key', models.CharField(blank=True, max_length=64)),
                ('created_at', models.DateTimeField()),
                ('started_at', models.DateTimeField(null=True)),
                ('returned_at', models.DateTimeField(null=True)),
                ('driven_km', models.FloatField(null=True, verbose_name='Driven km')),
                ('charge_per_cent', models.PositiveSmallIntegerField(null=True, verbose_name='Battery, per cent')),
                ('fault', models.CharField(blank=True, max_length=300, verbose_name='Something wrong with the vehicle')),
                ('is_stripped', models.BooleanField(default=False)),
            ],
            options={
                'ordering': ['start_at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='CalendarFeed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('created_at', models.DateTimeField()),
                ('last_read_date', models.DateField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='DispatchDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(verbose_name='Day')),
                ('bookings', models.PositiveIntegerField(verbose_name='Bookings')),
                ('unserved', models.PositiveIntegerField()),
                ('unserved_naive', models.PositiveIntegerField()),
                ('unserved_best', models.PositiveIntegerField()),
                ('dkk', models.DecimalField(decimal_places=2, max_digits=12, null=True)),
                ('dkk_naive', models.DecimalField(decimal_places=2, max_digits=12, null=True)),
                ('dkk_best', models.DecimalField(decimal_places=2, max_digits=12, null=True)),
                ('kg', models.DecimalField(decimal_places=3, max_digits=12, null=True)),
                ('kg_naive', models.DecimalField(decimal_places=3, max_digits=12, null=True)),
                ('kg_best', models.DecimalField(decimal_places=3, max_digits=12, null=True)),
                ('social_dkk_per_t', models.DecimalField(decimal_places=5, max_digits=12, null=True)),
                ('is_proven', models.BooleanField(default=False)),
                ('counted_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['-day', 'base__name'],
            },
        ),
        migrations.CreateModel(
            name='Whereabouts',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key_place', models.CharField(blank=True, help_text='For example: key cabinet in the hall, hook 7.', max_length=200, verbose_name='Key')),
                ('parking', models.CharField(blank=True, help_text='For example: behind the town hall, space 12.', max_length=200, verbose_name='Parking space')),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='limit',
            name='fleet_limit_kind',
        ),
        migrations.AlterField(
            model_name='limit',
            name='kind',
            field=models.CharField(choices=[('SMALL_NUMBER', 'Fewest vehicles and trips behind a figure that is shown'), ('KEPT_MONTHS', 'Months that trips are kept'), ('LEGS_DAYS', 'Days that single movements with coordinates are kept'), ('UNUSED_DAYS', 'Days without a trip before a vehicle is reported as unused'), ('CONTRACT_PER_CENT', 'Per cent of the contract km at which a vehicle is reported'), ('FREEZE_MINUTES', "Minutes before the start from when a booking's vehicle is fixed"), ('CHANGE_DKK', 'Kroner a change of a told vehicle must save'), ('CHANGEOVER_MINUTES', 'Minutes between two bookings of a vehicle'), ('AHEAD_DAYS', 'Days ahead that can be booked'), ('BOOKINGS_DAYS', "Days after its end that a booking's person is kept")], max_length=20, verbose_name='Limit'),
        ),
        migrations.AddConstraint(
            model_name='limit',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['SMALL_NUMBER', 'KEPT_MONTHS', 'LEGS_DAYS', 'UNUSED_DAYS', 'CONTRACT_PER_CENT', 'FREEZE_MINUTES', 'CHANGE_DKK', 'CHANGEOVER_MINUTES', 'AHEAD_DAYS', 'BOOKINGS_DAYS'])), name='fleet_limit_kind'),
        ),
        migrations.AddField(
            model_name='booking',
            name='base',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bookings', to='fleet.base', verbose_name='Base'),
        ),
        migrations.AddField(
            model_name='booking',
            name='booked_by',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.person'),
        ),
        migrations.AddField(
            model_name='booking',
            name='person',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.person', verbose_name='For whom'),
        ),
        migrations.AddField(
            model_name='booking',
            name='vehicle',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='bookings', to='fleet.vehicle', verbose_name='Vehicle'),
        ),
        migrations.AddField(
            model_name='calendarfeed',
            name='person',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='people.person'),
        ),
        migrations.AddField(
            model_name='dispatchday',
            name='base',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='fleet.base'),
        ),
        migrations.AddField(
            model_name='whereabouts',
            name='vehicle',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='whereabouts', to='fleet.vehicle'),
        ),
        migrations.AddIndex(
            model_name='booking',
            index=models.Index(fields=['base', 'start_at'], name='fleet_booking_base_start'),
        ),
        migrations.AddIndex(
            model_name='booking',
            index=models.Index(fields=['start_at', 'id'], name='fleet_booking_start'),
        ),
        migrations.AddIndex(
            model_name='booking',
            index=models.Index(fields=['state', 'end_at'], name='fleet_booking_end'),
        ),
        migrations.AddConstraint(
            model_name='booking',
            constraint=models.CheckConstraint(condition=models.Q(('end_at__gt', models.F('start_at'))), name='fleet_booking_period'),
        ),
        migrations.AddConstraint(
            model_name='booking',
            constraint=models.CheckConstraint(condition=models.Q(('km__gte', 0)), name='fleet_booking_km'),
        ),
        migrations.AddConstraint(
            model_name='booking',
            constraint=models.CheckConstraint(condition=models.Q(('driven_km', None), ('driven_km__gte', 0), _connector='OR'), name='fleet_booking_driven'),
        ),
        migrations.AddConstraint(
            model_name='booking',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('ALLOCATED', 'FROZEN', 'STARTED', 'RETURNED')), ('vehicle__isnull', False)), models.Q(('state__in', ['REQUESTED', 'UNSERVED']), ('vehicle', None)), ('state', 'CANCELLED'), _connector='OR'), name='fleet_booking_vehicle'),
        ),
        migrations.AddConstraint(
            model_name='booking',
            constraint=models.CheckConstraint(condition=models.Q(('is_stripped', False), models.Q(('booked_by', None), ('fault', ''), ('person', None), ('purpose', '')), _connector='OR'), name='fleet_booking_stripped'),
        ),
        migrations.AddConstraint(
            model_name='booking',
            constraint=models.UniqueConstraint(condition=models.Q(('request_key', ''), _negated=True), fields=('booked_by', 'request_key'), name='fleet_booking_sent_once'),
        ),
        migrations.AddConstraint(
            model_name='dispatchday',
            constraint=models.UniqueConstraint(fields=('base', 'day'), name='fleet_dispatch_once'),
        ),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
