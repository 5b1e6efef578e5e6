# SPDX-License-Identifier: MPL-2.0
"""Trials: a fleet tried on weeks it was not chosen on, and what would change under other conditions."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kommune3.kernel.organisation.models import Unit
from kommune3.solutions.fleet.models.runs import Run, RunState, RunStatus
from kommune3.solutions.fleet.models.trips import Trip
from kommune3.solutions.fleet.models.vehicles import Base, VehicleModel


class TrialKind(models.TextChoices):
    """Which question a trial answers."""

    HOLDOUT = "HOLDOUT", _("Tried on other weeks")
    WHATIF = "WHATIF", _("What if")


class Trial(models.Model):
    """A trial of the question of ``run``, over the half-open period of days [period_start, period_end).

    ``owns_run``: the run is nothing but the trial's question, and goes with it. ``settings``: what was asked, as
    ``planning.trials`` reads it; ``result``: what was found that is no row (estimates with their intervals, sizes).
    ``violations``: how many the independent checker found in all plans: must be 0.
    """

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="trials")
    owns_run = models.BooleanField(default=False)
    kind = models.CharField(_("Question"), max_length=8, choices=TrialKind.choices)
    title = models.CharField(_("Title"), max_length=120)
    period_start = models.DateField(_("From"))
    period_end = models.DateField(_("Until (not included)"))
    settings = models.JSONField(default=dict)
    created_by_name = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    job_id = models.UUIDField(null=True)

    state = models.CharField(max_length=8, choices=RunState.choices, default=RunState.STARTED)
    failure = models.CharField(max_length=500, blank=True)
    finished_at = models.DateTimeField(null=True)
    seconds = models.FloatField(null=True)
    trips = models.PositiveIntegerField(default=0)
    result = models.JSONField(default=dict)
    rates_used = models.JSONField(default=list)
    unknown_figures = models.JSONField(default=list)
    checked_at = models.DateTimeField(null=True)
    violations = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-id"]
        constraints = [models.CheckConstraint(name="fleet_trial_period", condition=Q(period_end__gt=F("period_start")))]

    def __str__(self) -> str:
        return self.title


class TrialWeek(models.Model):
    """Seven days of a hold-out from ``first_date``. ``is_tested``: some fleet not chosen on it was tried on it."""

    trial = models.ForeignKey(Trial, on_delete=models.CASCADE, related_name="weeks")
    number = models.PositiveSmallIntegerField()
    first_date = models.DateField()
    is_tested = models.BooleanField()
    trips = models.PositiveIntegerField()
    km = models.FloatField()

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(name="fleet_trial_week_once", fields=["trial", "number"])]


class TrialPlanKind(models.TextChoices):
    """Which fleet it is. Those of a hold-out have weeks; those of a what-if have figures of a year."""

    CHOSEN = "CHOSEN", _("The chosen fleet")
    TODAY = "TODAY", _("Today's vehicles")
    SIZE = "SIZE", _("A size that was tried")
    BASE_CASE = "BASE_CASE", _("Without changes")
    CHANGED = "CHANGED", _("What if")


class WhatIfChange(models.TextChoices):
    """What a what-if changes."""

    ELECTRIFY = "ELECTRIFY", _("Only electric cars and bikes")
    CLOSE_BASE = "CLOSE_BASE", _("A base is closed")
    SHARE = "SHARE", _("Two bases share their vehicles")
    MOVE_TWICE = "MOVE_TWICE", _("Vehicles move in April and October")
    GROW = "GROW", _("More or fewer trips")


class TrialPlan(models.Model):
    """A fleet that a trial speaks of. Cash and social cost are two figures and never added up.

    ``position``: of a CHOSEN fleet its fold, of a SIZE its place from meagre to generous, of a CHANGED its order.
    ``chosen_on``: numbers of the weeks it was chosen on. ``value``, ``bound``: of the goal. ``facts``: what belongs to
    the change and has a source (minutes and km, charging power, moves), or to a SIZE (its design and service).
    """

    trial = models.ForeignKey(Trial, on_delete=models.CASCADE, related_name="plans")
    kind = models.CharField(max_length=9, choices=TrialPlanKind.choices)
    change = models.CharField(max_length=10, choices=WhatIfChange.choices, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    chosen_on = models.JSONField(default=list)
    status = models.CharField(max_length=10, choices=RunStatus.choices, blank=True)
    vehicles = models.PositiveSmallIntegerField(null=True)
    fixed_dkk = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    energy_dkk = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    allowance_dkk = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    moving_dkk = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    social_dkk = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    co2e_kg = models.DecimalField(max_digits=14, decimal_places=3, null=True)
    km = models.DecimalField(max_digits=14, decimal_places=3, null=True)
    unserved_trips = models.PositiveIntegerField(null=True)
    value = models.DecimalField(max_digits=16, decimal_places=3, null=True)
    bound = models.DecimalField(max_digits=16, decimal_places=3, null=True)
    facts = models.JSONField(default=dict)

    class Meta:
        ordering = ["kind", "position"]
        constraints = [
            models.UniqueConstraint(name="fleet_trial_plan_once", fields=["trial", "kind", "change", "position"])
        ]

    @property
    def cash_dkk(self) -> Decimal | None:
        """What the municipality pays in a year, moving included; None where there is no plan."""
        if self.fixed_dkk is None or self.energy_dkk is None or self.allowance_dkk is None:
            return None
        return self.fixed_dkk + self.energy_dkk + self.allowance_dkk + (self.moving_dkk or 0)

    @property
    def gap(self) -> Decimal | None:
        """How far the value is from the proven bound, as a share; 0 = proven best, None = nothing proven."""
        if self.value is None or self.bound is None:
            return None
        return (self.value - self.bound) / self.value if self.value else Decimal(0)


class TrialPlanCount(models.Model):
    """How many vehicles of a model a fleet has at a base. ``half``: 0 all year, 1 April to September, 2 the rest."""

    plan = models.ForeignKey(TrialPlan, on_delete=models.CASCADE, related_name="counts")
    base = models.ForeignKey(Base, on_delete=models.PROTECT, related_name="+")
    model = models.ForeignKey(VehicleModel, on_delete=models.PROTECT, related_name="+")
    half = models.PositiveSmallIntegerField(default=0)
    count = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["half", "base__name", "model__name"]
        constraints = [models.UniqueConstraint(name="fleet_trial_count_once", fields=["plan", "base", "model", "half"])]


class WeekTried(models.Model):
    """A fleet in a week it was not chosen on; kroner and kg are the week's, scaled to a year.

    ``unserved_at_least``: proven, no plan of this fleet leaves fewer.
    """

    plan = models.ForeignKey(TrialPlan, on_delete=models.CASCADE, related_name="tested")
    week = models.ForeignKey(TrialWeek, on_delete=models.CASCADE, related_name="tested")
    unserved_trips = models.PositiveIntegerField()
    unserved_km = models.FloatField()
    unserved_at_least = models.PositiveIntegerField()
    cash_dkk = models.DecimalField(max_digits=14, decimal_places=2)
    social_dkk = models.DecimalField(max_digits=14, decimal_places=2)
    co2e_kg = models.DecimalField(max_digits=14, decimal_places=3)

    class Meta:
        ordering = ["week__number"]
        constraints = [models.UniqueConstraint(name="fleet_tested_once", fields=["plan", "week"])]


class TripObstacle(models.TextChoices):
    """Why no vehicle may take a trip after a change. The values are those of the engine ``fleetplan``."""

    BASE = "BASE", _("No vehicle that is left stands at the base")
    NEEDS = "NEEDS", _("No vehicle that is left has the fittings it needs")
    RANGE = "RANGE", _("It is longer than the range and the rest allow")
    BIKES = "BIKES", _("Only bikes are left there, and their rules do not allow it")


class UnservedTrip(models.Model):
    """A trip that found no vehicle in a trial's plan. ``obstacle``: why, where a change made it impossible."""

    plan = models.ForeignKey(TrialPlan, on_delete=models.CASCADE, related_name="unserved", db_index=False)
    week = models.ForeignKey(TrialWeek, on_delete=models.CASCADE, null=True, related_name="+")
    # The figures of a trial stay when an import is undone; its trips go with the import.
    trip = models.ForeignKey(Trip, on_delete=models.CASCADE, related_name="+")
    obstacle = models.CharField(max_length=8, choices=TripObstacle.choices, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="fleet_trial_unserved_once", fields=["plan", "trip"])]
