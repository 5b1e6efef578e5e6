# SPDX-License-Identifier: MPL-2.0
"""Pools: bases that share vehicles, and the ways between them. The parts that a large optimisation is divided into."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kommune3.kernel.organisation.models import Unit
from kommune3.solutions.fleet.models.runs import Run
from kommune3.solutions.fleet.models.vehicles import Base


class Pool(models.Model):
    """Bases that share vehicles. It belongs to the lowest unit above all of its bases."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("Name"), max_length=100, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class PoolBase(models.Model):
    """A base of a pool. A base is in one pool at most."""

    pool = models.ForeignKey(Pool, on_delete=models.CASCADE, related_name="members")
    base = models.OneToOneField(Base, on_delete=models.CASCADE, related_name="pooled")

    class Meta:
        ordering = ["base__name"]


class WaySource(models.TextChoices):
    """Where the minutes and km of a way come from."""

    ESTIMATE = "ESTIMATE", _("Estimate")
    ENTERED = "ENTERED", _("Entered")


class PoolWay(models.Model):
    """How long and how far a vehicle drives from one base of a pool to another.

    ``source``: who says so, and how. Without a row for a way the way back counts; without either the two bases share
    nothing.
    """

    pool = models.ForeignKey(Pool, on_delete=models.CASCADE, related_name="ways")
    from_base = models.ForeignKey(Base, on_delete=models.CASCADE, related_name="+")
    to_base = models.ForeignKey(Base, on_delete=models.CASCADE, related_name="+")
    minutes = models.DecimalField(_("Minutes"), max_digits=5, decimal_places=1)
    km = models.DecimalField(_("Km"), max_digits=6, decimal_places=1)
    kind = models.CharField(max_length=8, choices=WaySource.choices)
    source = models.CharField(_("Source"), max_length=500, blank=True)

    class Meta:
        ordering = ["from_base__name", "to_base__name"]
        constraints = [
            models.UniqueConstraint(name="fleet_way_once", fields=["from_base", "to_base"]),
            models.CheckConstraint(name="fleet_way_quantities", condition=Q(minutes__gte=0, km__gte=0)),
            models.CheckConstraint(name="fleet_way_elsewhere", condition=~Q(from_base=F("to_base"))),
            models.CheckConstraint(name="fleet_way_kind", condition=Q(kind__in=WaySource.values)),
        ]


class RunPart(models.Model):
    """A part of a large run that shares nothing with the others, found by a job of its own.

    ``bases``: keys of its bases. ``answer``: the engine's answer, JSON packed with gzip; empty until it is found, and
    again when the run has been gathered.
    """

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveSmallIntegerField()
    bases = models.JSONField()
    trips = models.PositiveIntegerField()
    job_id = models.UUIDField(null=True)
    answer = models.BinaryField(default=b"")
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["run", "number"]
        constraints = [models.UniqueConstraint(name="fleet_part_once", fields=["run", "number"])]
