# SPDX-License-Identifier: MPL-2.0
"""Optimisations: what was asked, what was found, and how it was proven."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kommune3.kernel.organisation.models import Unit
from kommune3.solutions.fleet.models.prices import ChargingRule, PriceArea
from kommune3.solutions.fleet.models.rates import RateSet
from kommune3.solutions.fleet.models.trips import Trip
from kommune3.solutions.fleet.models.vehicles import Base, VehicleModel


class RunState(models.TextChoices):
    """Whether there is a result. While STARTED, the job's own row tells how far it is."""

    STARTED = "STARTED", _("Started")
    FINISHED = "FINISHED", _("Finished")
    FAILED = "FAILED", _("Failed")
    QUESTION = "QUESTION", _("Only the question of a trial")


class RunGoal(models.TextChoices):
    """What a run makes as small as possible; cash breaks ties."""

    VEHICLES = "VEHICLES", _("Fewest vehicles")
    CASH = "CASH", _("Lowest cash cost")
    CO2E = "CO2E", _("Least CO2e")


class FleetMode(models.TextChoices):
    """Which fleet a run may use. A MANUAL run is called a simulation: its counts are set by hand."""

    FREE = "FREE", _("Find the best fleet")
    FIXED = "FIXED", _("Keep today's fleet, find who drives what")
    MANUAL = "MANUAL", _("Simulation: the number of each model is set by hand")


class RunStatus(models.TextChoices):
    """How good the answer is proven to be. The values are those of the engine ``fleetplan``."""

    OPTIMAL = "OPTIMAL", _("Proven best")
    FEASIBLE = "FEASIBLE", _("Obeys all rules; the bound says how much better it can be")
    INFEASIBLE = "INFEASIBLE", _("Proven impossible")
    NOT_FOUND = "NOT_FOUND", _("No plan found in time")


class LiveRuns(models.Manager["Run"]):
    """The runs that nobody has deleted, without those that are but the question of a trial."""

    def get_queryset(self) -> models.QuerySet["Run"]:
        return super().get_queryset().filter(deleted_at=None).exclude(state=RunState.QUESTION)


class Run(models.Model):
    """An optimisation over the trips of some bases in the half-open period of days [period_start, period_end).

    ``max_co2e_kg``, ``max_cash_dkk``: ceilings a year. ``priority``: None, or the tenths of the CO2e that can be saved
    at all which the cheapest plan must save. ``locked_vehicles``: keys of the vehicles a proposal had to keep; None:
    those locked in the register. ``based_on``: the run it was copied from. ``pools_used``: where bases share vehicles,
    a copy of the pools and ways counted with.

    ``rates_used`` is the copy of each rate that was counted with (kind, value, source, validity). ``value``, ``bound``:
    of the goal, in kr./year, kg/year or vehicles. ``violations`` is the independent checker's list: must be empty.
    ``obstacle``: of an impossible run, what makes it so (``planning.obstacles``). ``accepted_plan``: which of its
    plans. A deleted run can be restored until the nightly clean-up.
    """

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(_("Title"), max_length=120)
    note = models.TextField(_("Note"), max_length=2000, blank=True)
    based_on = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="+")
    bases = models.ManyToManyField(Base, related_name="+", verbose_name=_("Bases"))
    period_start = models.DateField(_("From"))
    period_end = models.DateField(_("Until (not included)"))
    goal = models.CharField(_("Goal"), max_length=10, choices=RunGoal.choices, default=RunGoal.CASH)
    fleet_mode = models.CharField(_("Fleet"), max_length=6, choices=FleetMode.choices, default=FleetMode.FREE)
    max_unserved = models.PositiveIntegerField(_("Most unserved trips"), null=True, blank=True)
    max_co2e_kg = models.DecimalField(_("Most CO2e, kg a year"), max_digits=14, decimal_places=3, null=True)
    max_cash_dkk = models.DecimalField(_("Budget, kr. a year in cash"), max_digits=14, decimal_places=2, null=True)
    priority = models.PositiveSmallIntegerField(_("Tenths of the possible CO2e saving"), null=True)
    locked_vehicles = models.JSONField(null=True)
    shares_pools = models.BooleanField(_("The bases of a pool share vehicles"), default=False)
    pools_used = models.JSONField(default=list)
    charging = models.CharField(_("Charging"), max_length=4, choices=ChargingRule.choices, default=ChargingRule.REST)
    price_area = models.CharField(_("Price area"), max_length=3, choices=PriceArea.choices, blank=True)
    changeover_minutes = models.DecimalField(_("Change-over, minutes"), max_digits=4, decimal_places=1, default=5)
    bike_rules = models.JSONField(default=dict)
    rate_set = models.ForeignKey(RateSet, on_delete=models.PROTECT, related_name="+", verbose_name=_("Rates"))
    with_front = models.BooleanField(default=True)
    accept_when_done = models.BooleanField(default=False)
    created_by_name = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    job_id = models.UUIDField(null=True)

    state = models.CharField(max_length=8, choices=RunState.choices, default=RunState.STARTED)
    failure = models.CharField(max_length=500, blank=True)
    finished_at = models.DateTimeField(null=True)
    seconds = models.FloatField(null=True)
    status = models.CharField(max_length=10, choices=RunStatus.choices, blank=True)
    trips = models.PositiveIntegerField(default=0)
    value = models.DecimalField(max_digits=16, decimal_places=3, null=True)
    bound = models.DecimalField(max_digits=16, decimal_places=3, null=True)
    rates_used = models.JSONField(default=list)
    unknown_figures = models.JSONField(default=list)
    checked_at = models.DateTimeField(null=True)
    rules_checked = models.PositiveSmallIntegerField(default=0)
    violations = models.JSONField(default=list)
    accepted_at = models.DateTimeField(null=True)
    accepted_by_name = models.CharField(max_length=200, blank=True)
    accepted_plan = models.ForeignKey("Plan", on_delete=models.SET_NULL, null=True, related_name="+")
    obstacle = models.JSONField(default=dict)
    deleted_at = models.DateTimeField(null=True)

    objects = LiveRuns()
    with_deleted = models.Manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(name="fleet_run_period", condition=Q(period_end__gt=F("period_start"))),
            models.CheckConstraint(
                name="fleet_run_accepted_is_finished", condition=Q(accepted_at=None) | Q(state="FINISHED")
            ),
            models.CheckConstraint(name="fleet_run_priority", condition=Q(priority=None) | Q(priority__lte=10)),
            models.CheckConstraint(
                name="fleet_run_accepted_is_kept", condition=Q(accepted_at=None) | Q(deleted_at=None)
            ),
        ]

    def __str__(self) -> str:
        return self.title


class RunCandidate(models.Model):
    """How many vehicles of a model may stand at a base: ``min_count`` or more; no ``max_count`` = any number."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="candidates")
    base = models.ForeignKey(Base, on_delete=models.PROTECT, related_name="+")
    model = models.ForeignKey(VehicleModel, on_delete=models.PROTECT, related_name="+")
    min_count = models.PositiveSmallIntegerField(default=0)
    max_count = models.PositiveSmallIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="fleet_candidate_once", fields=["run", "base", "model"]),
            models.CheckConstraint(
                name="fleet_candidate_counts", condition=Q(max_count=None) | Q(max_count__gte=F("min_count"))
            ),
        ]


class PlanKind(models.TextChoices):
    """Which plan it is.

    CURRENT: today's vehicles, distributed as well as can be. FIRST_COME: the vehicles of the proposal, each trip to the
    greenest vehicle that is in. FRONT: a point on the front of cash against CO2e.
    """

    PROPOSED = "PROPOSED", _("Proposal")
    TODAY = "TODAY", _("As it was driven")
    CURRENT = "CURRENT", _("Today's vehicles, distributed best")
    FIRST_COME = "FIRST_COME", _("First come, first served")
    FRONT = "FRONT", _("Alternative")


class Plan(models.Model):
    """A fleet and its yearly figures. Cash and social cost are two figures and never added up.

    ``position``: among the FRONT plans, from cheapest to greenest. ``value``, ``bound``: of the goal it was found for;
    those of a FRONT plan are kr./year in cash within ``max_co2e_kg``. ``status`` and ``violations``: as those of a run.
    ``has_assignments``: whether it is told who drives what. ``charged_kwh``, ``charged_dkk``: of the period, with
    real charging; ``charged_bound_dkk``: what charging this fleet costs at least. ``excess_dkk``,
    ``refund_dkk``: what the km would cost above the leases' contract km, and give back below; a consequence, in no sum,
    None without contracts.
    """

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="plans")
    kind = models.CharField(max_length=10, choices=PlanKind.choices)
    position = models.PositiveSmallIntegerField(default=0)
    vehicles = models.PositiveSmallIntegerField()
    fixed_dkk = models.DecimalField(max_digits=14, decimal_places=2)
    energy_dkk = models.DecimalField(max_digits=14, decimal_places=2)
    allowance_dkk = models.DecimalField(max_digits=14, decimal_places=2)
    excess_dkk = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    refund_dkk = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    social_dkk = models.DecimalField(max_digits=14, decimal_places=2)
    co2e_kg = models.DecimalField(max_digits=14, decimal_places=3)
    km = models.DecimalField(max_digits=14, decimal_places=3)
    unserved_km = models.DecimalField(max_digits=14, decimal_places=3)
    unserved_trips = models.PositiveIntegerField()
    transfer_km = models.DecimalField(max_digits=14, decimal_places=3, default=0)
    value = models.DecimalField(max_digits=16, decimal_places=3, null=True)
    bound = models.DecimalField(max_digits=16, decimal_places=3, null=True)
    max_co2e_kg = models.DecimalField(max_digits=14, decimal_places=3, null=True)
    status = models.CharField(max_length=10, choices=RunStatus.choices, blank=True)
    violations = models.JSONField(default=list)
    has_assignments = models.BooleanField(default=False)
    charged_kwh = models.FloatField(null=True)
    charged_dkk = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    charged_bound_dkk = models.DecimalField(max_digits=14, decimal_places=2, null=True)

    class Meta:
        ordering = ["kind", "position"]
        constraints = [models.UniqueConstraint(name="fleet_plan_once", fields=["run", "kind", "position"])]

    @property
    def cash_dkk(self) -> Decimal:
        """What the municipality pays in a year."""
        return self.fixed_dkk + self.energy_dkk + self.allowance_dkk

    @property
    def co2e_t(self) -> Decimal:
        """Tonnes a year."""
        return self.co2e_kg / 1000

    @property
    def gap(self) -> Decimal | None:
        """How far the value is from the proven bound, as a share; 0 = proven best, None = nothing proven."""
        if self.value is None or self.bound is None:
            return None
        return (self.value - self.bound) / self.value if self.value else Decimal(0)


class PlanCount(models.Model):
    """How many vehicles of a model a plan has at a base, and what they drive in the period."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="counts")
    base = models.ForeignKey(Base, on_delete=models.PROTECT, related_name="+")
    model = models.ForeignKey(VehicleModel, on_delete=models.PROTECT, related_name="+")
    count = models.PositiveSmallIntegerField()
    trips = models.PositiveIntegerField(default=0)
    km = models.FloatField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(name="fleet_count_once", fields=["plan", "base", "model"])]


class PlanVehicle(models.Model):
    """A vehicle of a plan: number 1, 2 … of its model at its base; its trips are its driving book."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="plan_vehicles")
    base = models.ForeignKey(Base, on_delete=models.PROTECT, related_name="+")
    model = models.ForeignKey(VehicleModel, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    trips = models.PositiveIntegerField(default=0)
    km = models.FloatField(default=0)
    transfer_km = models.FloatField(default=0)

    class Meta:
        ordering = ["base__name", "model__name", "number"]
        constraints = [
            models.UniqueConstraint(name="fleet_plan_vehicle_once", fields=["plan", "base", "model", "number"])
        ]


class UnservedReason(models.TextChoices):
    """Why a trip has no vehicle. The values are those of the engine ``fleetplan``."""

    NO_VEHICLE_MAY = "NO_VEHICLE_MAY", _("No vehicle of the plan may take it: fittings, range or the rules for bikes")
    ALL_OUT = "ALL_OUT", _("Every vehicle that may take it was out")
    NO_RANGE_LEFT = "NO_RANGE_LEFT", _("A vehicle was in, but its range, rest or km of the day would not hold")
    CHOSEN = "CHOSEN", _("A vehicle could have taken it, but an employee's own car serves the goal better")


class Assignment(models.Model):
    """Which vehicle of the plan takes the trip; none = unserved: an employee drives in an own car."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="assignments", db_index=False)
    trip = models.ForeignKey(Trip, on_delete=models.PROTECT, related_name="+")
    plan_vehicle = models.ForeignKey(PlanVehicle, on_delete=models.CASCADE, null=True, related_name="assignments")
    reason = models.CharField(_("Why unserved"), max_length=14, choices=UnservedReason.choices, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="fleet_assigned_once", fields=["plan", "trip"])]


class BaseWitness(models.Model):
    """The busiest instant of a base: from ``starts_at`` to ``ends_at`` all its trips hold a vehicle at once.

    The instants include the change-over. ``trip_ids``: ids of the trips. ``is_binding``: it is this instant that
    decides the number of vehicles at the base in the proposal.
    """

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="witnesses")
    base = models.ForeignKey(Base, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    vehicles_needed = models.PositiveSmallIntegerField()
    trip_ids = models.JSONField()
    is_binding = models.BooleanField(default=False)

    class Meta:
        ordering = ["-vehicles_needed", "base__name"]
        constraints = [models.UniqueConstraint(name="fleet_witness_once", fields=["run", "base"])]
