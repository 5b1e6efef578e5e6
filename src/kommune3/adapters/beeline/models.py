# SPDX-License-Identifier: MPL-2.0
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class TravelMode(models.TextChoices):
    """The modes of ``places.travel``, with their names."""

    CAR = "CAR", _("Car")
    BICYCLE = "BICYCLE", _("Bicycle")
    WALK = "WALK", _("On foot")


class Assumption(models.Model):
    """What is assumed of a way of travelling from a day on, until a later row of the same mode.

    ``detour_factor``: kilometres on the road for each in a straight line. ``speed_km_h``: from door to door. A figure
    is empty where nobody has established it; one that is not has its source.
    """

    mode = models.CharField(max_length=10, choices=TravelMode.choices)
    valid_from = models.DateField()
    detour_factor = models.DecimalField(max_digits=4, decimal_places=2, null=True, blank=True)
    detour_source = models.CharField(max_length=400, blank=True)
    speed_km_h = models.DecimalField(max_digits=5, decimal_places=1, null=True, blank=True)
    speed_source = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ["mode", "-valid_from"]
        constraints = [
            models.UniqueConstraint(name="assumption_once_a_day", fields=["mode", "valid_from"]),
            models.CheckConstraint(name="assumption_mode", condition=Q(mode__in=TravelMode.values)),
            models.CheckConstraint(
                name="assumption_detour",
                condition=Q(detour_factor=None) | (Q(detour_factor__gte=1) & ~Q(detour_source="")),
            ),
            models.CheckConstraint(
                name="assumption_speed", condition=Q(speed_km_h=None) | (Q(speed_km_h__gt=0) & ~Q(speed_source=""))
            ),
        ]
