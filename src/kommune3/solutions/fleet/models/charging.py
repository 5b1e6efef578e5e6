# SPDX-License-Identifier: MPL-2.0
"""The charging plan of a run with real charging."""

from django.db import models
from django.db.models import F, Q

from kommune3.solutions.fleet.models.register import Charger
from kommune3.solutions.fleet.models.runs import PlanVehicle


class PlanCharge(models.Model):
    """A vehicle of a plan at an outlet (1, 2 …) of a charger in [starts_at, ends_at), with what it takes and costs."""

    plan_vehicle = models.ForeignKey(PlanVehicle, on_delete=models.CASCADE, related_name="charges")
    charger = models.ForeignKey(Charger, on_delete=models.PROTECT, related_name="+")
    outlet = models.PositiveSmallIntegerField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    kwh = models.FloatField()
    dkk = models.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        ordering = ["starts_at", "charger__name", "outlet"]
        constraints = [
            models.CheckConstraint(name="fleet_charge_period", condition=Q(ends_at__gt=F("starts_at"), kwh__gte=0))
        ]
