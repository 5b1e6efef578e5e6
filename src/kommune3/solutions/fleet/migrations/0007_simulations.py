# SPDX-License-Identifier: MPL-2.0
import django.db.models.deletion
from django.db import migrations, models


def _proposals_have_assignments(apps, schema_editor):
    """Until now only proposals were kept with who drives what."""
    apps.get_model("fleet", "Plan").objects.filter(kind="PROPOSED").update(has_assignments=True)


class Migration(migrations.Migration):

    dependencies = [
        ('fleet', '0006_limits'),
        ('organisation', '0002_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='assignment',
            name='reason',
            field=models.CharField(blank=True, choices=[('NO_VEHICLE_MAY', 'No vehicle of the plan may take it: fittings, range or the rules for bikes'), ('ALL_OUT', 'Every vehicle that may take it was out'), ('NO_RANGE_LEFT', 'A vehicle was in, but its range, rest or km of the day would not hold'), ('CHOSEN', "A vehicle could have taken it, but an employee's own car serves the goal better")], max_length=14, verbose_name='Why unserved'),
        ),
        migrations.AddField(
            model_name='plan',
            name='has_assignments',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='plan',
            name='max_co2e_kg',
            field=models.DecimalField(decimal_places=3, max_digits=14, null=True),
        ),
        migrations.AddField(
            model_name='plan',
            name='status',
            field=models.CharField(blank=True, choices=[('OPTIMAL', 'Proven best'), ('FEASIBLE', 'Obeys all rules; the bound says how much better it can be'), ('INFEASIBLE', 'Proven impossible'), ('NOT_FOUND', 'No plan found in time')], max_length=10),
        ),
        migrations.AddField(
            model_name='plan',
            name='value',
            field=models.DecimalField(decimal_places=3, max_digits=16, null=True),
        ),
        migrations.AddField(
            model_name='plan',
            name='violations',
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name='plancount',
            name='km',
            field=models.FloatField(default=0),
        ),
        migrations.AddField(
            model_name='plancount',
            name='trips',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='run',
            name='accepted_plan',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='fleet.plan'),
        ),
        migrations.AddField(
            model_name='run',
            name='based_on',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='fleet.run'),
        ),
        migrations.AddField(
            model_name='run',
            name='deleted_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='run',
            name='locked_vehicles',
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name='run',
            name='max_cash_dkk',
            field=models.DecimalField(decimal_places=2, max_digits=14, null=True, verbose_name='Budget, kr. a year in cash'),
        ),
        migrations.AddField(
            model_name='run',
            name='max_co2e_kg',
            field=models.DecimalField(decimal_places=3, max_digits=14, null=True, verbose_name='Most CO2e, kg a year'),
        ),
        migrations.AddField(
            model_name='run',
            name='note',
            field=models.TextField(blank=True, max_length=2000, verbose_name='Note'),
        ),
        migrations.AddField(
            model_name='run',
            name='obstacle',
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name='run',
            name='priority',
            field=models.PositiveSmallIntegerField(null=True, verbose_name='Tenths of the possible CO2e saving'),
        ),
        migrations.AlterField(
            model_name='plan',
            name='kind',
            field=models.CharField(choices=[('PROPOSED', 'Proposal'), ('TODAY', 'As it was driven'), ('CURRENT', "Today's vehicles, distributed best"), ('FIRST_COME', 'First come, first served'), ('FRONT', 'Alternative')], max_length=10),
        ),
        migrations.AlterField(
            model_name='run',
            name='fleet_mode',
            field=models.CharField(choices=[('FREE', 'Find the best fleet'), ('FIXED', "Keep today's fleet, find who drives what"), ('MANUAL', 'Simulation: the number of each model is set by hand')], default='FREE', max_length=6, verbose_name='Fleet'),
        ),
        migrations.AddConstraint(
            model_name='run',
            constraint=models.CheckConstraint(condition=models.Q(('priority', None), ('priority__lte', 10), _connector='OR'), name='fleet_run_priority'),
        ),
        migrations.AddConstraint(
            model_name='run',
            constraint=models.CheckConstraint(condition=models.Q(('accepted_at', None), ('deleted_at', None), _connector='OR'), name='fleet_run_accepted_is_kept'),
        ),
        migrations.RunPython(_proposals_have_assignments, migrations.RunPython.noop),
    ]
