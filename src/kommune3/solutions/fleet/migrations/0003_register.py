# SPDX-License-Identifier: MPL-2.0

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('fleet', '0002_rates'),
        ('organisation', '0002_initial'),
        ('places', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Change',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(blank=True, max_length=60, verbose_name='Part')),
                ('field', models.CharField(blank=True, max_length=40, verbose_name='Field')),
                ('old', models.CharField(blank=True, max_length=1000, verbose_name='Before')),
                ('new', models.CharField(blank=True, max_length=1000, verbose_name='After')),
                ('at', models.DateTimeField(verbose_name='When')),
                ('by_name', models.CharField(max_length=200, verbose_name='By')),
                ('origin', models.CharField(blank=True, max_length=200, verbose_name='From')),
            ],
            options={
                'ordering': ['-at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='Charger',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, verbose_name='Name')),
                ('outlets', models.PositiveSmallIntegerField(default=1, help_text='How many vehicles can charge at once.', verbose_name='Outlets')),
                ('power_kw', models.DecimalField(decimal_places=1, help_text='What each outlet can give.', max_digits=5, verbose_name='Power per outlet, kW')),
                ('valid_from', models.DateField(verbose_name='From')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='Until (not included)')),
            ],
            options={
                'ordering': ['base__name', 'name'],
            },
        ),
        migrations.CreateModel(
            name='OdometerReading',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('read_on', models.DateField(verbose_name='Read on')),
                ('km', models.PositiveIntegerField(verbose_name='Odometer, km')),
                ('source', models.CharField(blank=True, max_length=100, verbose_name='Source')),
            ],
            options={
                'ordering': ['-read_on'],
            },
        ),
        migrations.CreateModel(
            name='RegisterImport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('register', models.CharField(choices=[('VEHICLES', 'Vehicles'), ('MODELS', 'Models')], max_length=8)),
                ('file_name', models.CharField(max_length=200)),
                ('state', models.CharField(choices=[('READY', 'Ready to look through'), ('COMMITTED', 'Imported'), ('DISCARDED', 'Discarded')], default='READY', max_length=10)),
                ('notices', models.JSONField(default=list)),
                ('kept_good', models.BooleanField(default=False)),
                ('created_by_id', models.UUIDField(null=True)),
                ('created_by_name', models.CharField(max_length=200)),
                ('created_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='RegisterLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sheet', models.CharField(blank=True, max_length=60)),
                ('line', models.PositiveIntegerField()),
                ('name', models.CharField(blank=True, max_length=100)),
                ('status', models.CharField(choices=[('NEW', 'New'), ('CHANGED', 'Changed'), ('UNCHANGED', 'Unchanged'), ('BAD', 'Has faults')], max_length=9)),
                ('values', models.JSONField(default=dict)),
                ('changes', models.JSONField(default=list)),
                ('faults', models.JSONField(default=list)),
            ],
            options={
                'ordering': ['line'],
            },
        ),
        migrations.CreateModel(
            name='ServiceWindow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_at', models.DateTimeField(verbose_name='From')),
                ('ends_at', models.DateTimeField(verbose_name='Until')),
                ('kind', models.CharField(choices=[('SERVICE', 'Service'), ('REPAIR', 'Workshop'), ('INSPECTION', 'Inspection'), ('TYRES', 'Change of tyres'), ('OTHER', 'Other')], default='SERVICE', max_length=10, verbose_name='Reason')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='Note')),
            ],
            options={
                'ordering': ['starts_at'],
            },
        ),
        migrations.CreateModel(
            name='Stay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField()),
            ],
            options={
                'ordering': ['valid_from'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='rate',
            name='fleet_rate_kind',
        ),
        migrations.AddField(
            model_name='base',
            name='power_limit_kw',
            field=models.DecimalField(blank=True, decimal_places=1, help_text="What all chargers of the base may draw together. Empty: no limit but the chargers' own.", max_digits=6, null=True, verbose_name='Most power for charging, kW'),
        ),
        migrations.AddField(
            model_name='vehicle',
            name='contract_km_year',
            field=models.PositiveIntegerField(blank=True, help_text='Km a year that the lease includes.', null=True, verbose_name='Contract km a year'),
        ),
        migrations.AddField(
            model_name='vehicle',
            name='equipment',
            field=models.JSONField(blank=True, default=list, verbose_name='Equipment'),
        ),
        migrations.AddField(
            model_name='vehicle',
            name='excess_dkk_per_km',
            field=models.DecimalField(blank=True, decimal_places=4, help_text='What each km above the contract costs.', max_digits=7, null=True, verbose_name='Excess price, kr. per km'),
        ),
        migrations.AddField(
            model_name='vehicle',
            name='lease_dkk_month',
            field=models.DecimalField(blank=True, decimal_places=2, max_digits=9, null=True, verbose_name='Lease, kr. a month'),
        ),
        migrations.AddField(
            model_name='vehicle',
            name='lease_end',
            field=models.DateField(blank=True, null=True, verbose_name='Lease until (not included)'),
        ),
        migrations.AddField(
            model_name='vehicle',
            name='lease_start',
            field=models.DateField(blank=True, null=True, verbose_name='Lease from'),
        ),
        migrations.AddField(
            model_name='vehicle',
            name='notes',
            field=models.TextField(blank=True, max_length=1000, verbose_name='Notes'),
        ),
        migrations.AddField(
            model_name='vehicle',
            name='ownership',
            field=models.CharField(choices=[('OWNED', 'Owned'), ('LEASED', 'Leased')], default='OWNED', max_length=6, verbose_name='Owned or leased'),
        ),
        migrations.AddField(
            model_name='vehicle',
            name='refund_dkk_per_km',
            field=models.DecimalField(blank=True, decimal_places=4, help_text='What is paid back for each km below the contract. Empty: nothing.', max_digits=7, null=True, verbose_name='Refund, kr. per km'),
        ),
        migrations.AddField(
            model_name='vehicle',
            name='supplier',
            field=models.CharField(blank=True, max_length=100, verbose_name='Leasing company'),
        ),
        migrations.AddField(
            model_name='vehicle',
            name='unit',
            field=models.ForeignKey(blank=True, help_text='Empty: the unit of the base.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.unit', verbose_name='Used by'),
        ),
        migrations.AddField(
            model_name='vehicle',
            name='use',
            field=models.CharField(blank=True, help_text='For example: evening shift, pool car.', max_length=100, verbose_name='Use'),
        ),
        migrations.AddField(
            model_name='vehiclemodel',
            name='charge_kw',
            field=models.DecimalField(blank=True, decimal_places=1, help_text='The most the vehicle itself can take from an ordinary (AC) charger.', max_digits=5, null=True, verbose_name='Charging power, kW'),
        ),
        migrations.AddField(
            model_name='vehiclemodel',
            name='contract_km_year',
            field=models.PositiveIntegerField(blank=True, help_text='Km a year that the lease includes.', null=True, verbose_name='Contract km a year'),
        ),
        migrations.AddField(
            model_name='vehiclemodel',
            name='excess_dkk_per_km',
            field=models.DecimalField(blank=True, decimal_places=4, help_text='What each km above the contract costs.', max_digits=7, null=True, verbose_name='Excess price, kr. per km'),
        ),
        migrations.AddField(
            model_name='vehiclemodel',
            name='figures_from',
            field=models.DateField(blank=True, null=True, verbose_name='Figures hold from'),
        ),
        migrations.AddField(
            model_name='vehiclemodel',
            name='figures_to',
            field=models.DateField(blank=True, null=True, verbose_name='Figures hold until (not included)'),
        ),
        migrations.AddField(
            model_name='vehiclemodel',
            name='refund_dkk_per_km',
            field=models.DecimalField(blank=True, decimal_places=4, help_text='What is paid back for each km below the contract. Empty: nothing.', max_digits=7, null=True, verbose_name='Refund, kr. per km'),
        ),
        migrations.AddField(
            model_name='vehiclemodel',
            name='seats',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='Seats'),
        ),
        migrations.AddField(
            model_name='vehiclemodel',
            name='sources',
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name='vehiclemodel',
            name='winter_range_km',
            field=models.PositiveIntegerField(blank=True, help_text='Km on one charge in frost, where it is known.', null=True, verbose_name='Range in winter, km'),
        ),
        migrations.AlterField(
            model_name='rate',
            name='kind',
            field=models.CharField(choices=[('PRICE_ELECTRICITY', 'Electricity, kr. per kWh'), ('PRICE_PETROL', 'Petrol, kr. per litre'), ('PRICE_DIESEL', 'Diesel, kr. per litre'), ('PRICE_HVO', 'HVO biodiesel, kr. per litre'), ('CO2E_ELECTRICITY', 'CO2e from electricity, kg per kWh'), ('CO2E_PETROL', 'CO2e from petrol, kg per litre'), ('CO2E_DIESEL', 'CO2e from diesel, kg per litre'), ('CO2E_HVO', 'CO2e from HVO, kg per litre'), ('SOCIAL_DKK_PER_T', 'Social cost of CO2e, kr. per tonne'), ('DEFLATOR', 'Divisor to present value'), ('ALLOWANCE_HIGH', 'Mileage allowance, high rate, kr. per km'), ('ALLOWANCE_LOW', 'Mileage allowance, low rate, kr. per km'), ('ALLOWANCE_LIMIT_KM', 'Km a year on the high rate'), ('ALLOWANCE_CYCLE', 'Mileage allowance, own bicycle or moped, kr. per km'), ('OWN_CAR_KM_PER_LITRE', "Employee's own petrol car, km per litre")], max_length=24, verbose_name='Rate'),
        ),
        migrations.AlterField(
            model_name='vehiclemodel',
            name='battery_kwh',
            field=models.DecimalField(blank=True, decimal_places=1, max_digits=5, null=True, verbose_name='Usable battery, kWh'),
        ),
        migrations.AddConstraint(
            model_name='base',
            constraint=models.CheckConstraint(condition=models.Q(('power_limit_kw', None), ('power_limit_kw__gt', 0), _connector='OR'), name='fleet_base_power'),
        ),
        migrations.AddConstraint(
            model_name='rate',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['PRICE_ELECTRICITY', 'PRICE_PETROL', 'PRICE_DIESEL', 'PRICE_HVO', 'CO2E_ELECTRICITY', 'CO2E_PETROL', 'CO2E_DIESEL', 'CO2E_HVO', 'SOCIAL_DKK_PER_T', 'DEFLATOR', 'ALLOWANCE_HIGH', 'ALLOWANCE_LOW', 'ALLOWANCE_LIMIT_KM', 'ALLOWANCE_CYCLE', 'OWN_CAR_KM_PER_LITRE'])), name='fleet_rate_kind'),
        ),
        migrations.AddConstraint(
            model_name='vehicle',
            constraint=models.CheckConstraint(condition=models.Q(('ownership__in', ['OWNED', 'LEASED'])), name='fleet_vehicle_ownership'),
        ),
        migrations.AddConstraint(
            model_name='vehicle',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('excess_dkk_per_km', None), ('excess_dkk_per_km__gte', 0), _connector='OR'), models.Q(('refund_dkk_per_km', None), ('refund_dkk_per_km__gte', 0), _connector='OR')), name='fleet_vehicle_contract'),
        ),
        migrations.AddConstraint(
            model_name='vehicle',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('lease_start', None), ('lease_end', None), ('lease_end__gt', models.F('lease_start')), _connector='OR'), models.Q(('lease_dkk_month', None), ('lease_dkk_month__gte', 0), _connector='OR')), name='fleet_vehicle_lease'),
        ),
        migrations.AddConstraint(
            model_name='vehiclemodel',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('charge_kw', None), ('charge_kw__gt', 0), _connector='OR'), models.Q(('battery_kwh', None), ('battery_kwh__gt', 0), _connector='OR')), name='fleet_model_charging'),
        ),
        migrations.AddConstraint(
            model_name='vehiclemodel',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('excess_dkk_per_km', None), ('excess_dkk_per_km__gte', 0), _connector='OR'), models.Q(('refund_dkk_per_km', None), ('refund_dkk_per_km__gte', 0), _connector='OR')), name='fleet_model_contract'),
        ),
        migrations.AddConstraint(
            model_name='vehiclemodel',
            constraint=models.CheckConstraint(condition=models.Q(('figures_from', None), ('figures_to', None), ('figures_to__gt', models.F('figures_from')), _connector='OR'), name='fleet_model_figures_period'),
        ),
        migrations.AddField(
            model_name='change',
            name='base',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='changes', to='fleet.base'),
        ),
        migrations.AddField(
            model_name='change',
            name='model',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='changes', to='fleet.vehiclemodel'),
        ),
        migrations.AddField(
            model_name='change',
            name='rate_set',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='changes', to='fleet.rateset'),
        ),
        migrations.AddField(
            model_name='change',
            name='vehicle',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='changes', to='fleet.vehicle'),
        ),
        migrations.AddField(
            model_name='charger',
            name='base',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='chargers', to='fleet.base', verbose_name='Base'),
        ),
        migrations.AddField(
            model_name='odometerreading',
            name='vehicle',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='readings', to='fleet.vehicle'),
        ),
        migrations.AddConstraint(
            model_name='registerimport',
            constraint=models.CheckConstraint(condition=models.Q(('register__in', ['VEHICLES', 'MODELS'])), name='fleet_register_kind'),
        ),
        migrations.AddConstraint(
            model_name='registerimport',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['READY', 'COMMITTED', 'DISCARDED'])), name='fleet_register_state'),
        ),
        migrations.AddField(
            model_name='registerline',
            name='register_import',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='fleet.registerimport'),
        ),
        migrations.AddField(
            model_name='servicewindow',
            name='vehicle',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='service_windows', to='fleet.vehicle'),
        ),
        migrations.AddField(
            model_name='stay',
            name='base',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='fleet.base'),
        ),
        migrations.AddField(
            model_name='stay',
            name='vehicle',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='stays', to='fleet.vehicle'),
        ),
        migrations.AddConstraint(
            model_name='change',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('base', None), ('model', None), ('rate_set', None), ('vehicle__isnull', False)), models.Q(('base', None), ('model__isnull', False), ('rate_set', None), ('vehicle', None)), models.Q(('base__isnull', False), ('model', None), ('rate_set', None), ('vehicle', None)), models.Q(('base', None), ('model', None), ('rate_set__isnull', False), ('vehicle', None)), _connector='OR'), name='fleet_change_of_one'),
        ),
        migrations.AddConstraint(
            model_name='charger',
            constraint=models.CheckConstraint(condition=models.Q(('valid_to', None), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='fleet_charger_period'),
        ),
        migrations.AddConstraint(
            model_name='charger',
            constraint=models.CheckConstraint(condition=models.Q(('outlets__gte', 1), ('power_kw__gt', 0)), name='fleet_charger_power'),
        ),
        migrations.AddConstraint(
            model_name='charger',
            constraint=models.UniqueConstraint(fields=('base', 'name'), name='fleet_charger_name'),
        ),
        migrations.AddConstraint(
            model_name='odometerreading',
            constraint=models.UniqueConstraint(fields=('vehicle', 'read_on'), name='fleet_reading_once'),
        ),
        migrations.AddConstraint(
            model_name='registerline',
            constraint=models.UniqueConstraint(fields=('register_import', 'line'), name='fleet_register_line'),
        ),
        migrations.AddIndex(
            model_name='servicewindow',
            index=models.Index(fields=['vehicle', 'ends_at'], name='fleet_service_ends'),
        ),
        migrations.AddConstraint(
            model_name='servicewindow',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='fleet_service_period'),
        ),
        migrations.AddConstraint(
            model_name='servicewindow',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['SERVICE', 'REPAIR', 'INSPECTION', 'TYRES', 'OTHER'])), name='fleet_service_kind'),
        ),
        migrations.AddConstraint(
            model_name='servicewindow',
            constraint=models.UniqueConstraint(fields=('vehicle', 'starts_at'), name='fleet_service_start'),
        ),
        migrations.AddConstraint(
            model_name='stay',
            constraint=models.CheckConstraint(condition=models.Q(('valid_to__gt', models.F('valid_from'))), name='fleet_stay_period'),
        ),
        migrations.AddConstraint(
            model_name='stay',
            constraint=models.UniqueConstraint(fields=('vehicle', 'valid_from'), name='fleet_stay_start'),
        ),
    ]
