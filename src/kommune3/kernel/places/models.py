# SPDX-License-Identifier: MPL-2.0
import uuid

from django.db import models
from django.db.models import Q


class Address(models.Model):
    """A street address with its coordinates (WGS84 degrees); ``dar_id`` is its UUID in Danmarks Adresseregister."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    dar_id = models.UUIDField(null=True, unique=True)
    street = models.CharField(max_length=200)
    postcode = models.CharField(max_length=4)
    town = models.CharField(max_length=100)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="address_coordinates",
                condition=Q(latitude=None, longitude=None) | Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
            )
        ]

    def __str__(self) -> str:
        return f"{self.street}, {self.postcode} {self.town}"


class Facility(models.Model):
    """A place the municipality runs: a care home, a depot, a school."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    name = models.CharField(max_length=200)
    address = models.ForeignKey(Address, on_delete=models.PROTECT)

    def __str__(self) -> str:
        return self.name


class Area(models.Model):
    """A named area. ``polygon`` is a GeoJSON Polygon or MultiPolygon (WGS84); the box around it makes looking up fast.

    ``kind`` is a dotted code of what it is an area of, such as "care.district".
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    kind = models.CharField(max_length=60)
    name = models.CharField(max_length=200)
    polygon = models.JSONField()
    west = models.FloatField()
    south = models.FloatField()
    east = models.FloatField()
    north = models.FloatField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="area_name", fields=["kind", "name"]),
            models.CheckConstraint(
                name="area_box", condition=Q(west__lte=models.F("east"), south__lte=models.F("north"))
            ),
        ]
        indexes = [models.Index(fields=["west", "east"], name="area_lookup")]

    def __str__(self) -> str:
        return self.name
