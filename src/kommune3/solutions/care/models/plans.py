# SPDX-License-Identifier: MPL-2.0
"""Plans of a team's day, who visits whom when in them, what was changed by hand, and what is weighed."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kommune3.solutions.care.models.teams import Shift, Team
from kommune3.solutions.care.models.visits import Visit


class WeightSet(models.Model):
    """What the municipality lets a plan weigh, from ``valid_from`` until the next set. ``set_by_name``: who decided it.

    All are costs in points: of a minute's travel, of a minute's lateness, of the latest visit's each minute, of a
    minute's waiting and of overtime, of a carer the citizen does not know, of a visit left out by its priority, and of
    a visit that moves away from the announced carer or by a minute from the announced time.
    """

    valid_from = models.DateField(_("From"), unique=True)
    travel_minute = models.PositiveIntegerField(_("A minute of travel"))
    late_minute = models.PositiveIntegerField(_("A minute of lateness"))
    latest_minute = models.PositiveIntegerField(_("A minute of the day's greatest lateness"))
    waiting_minute = models.PositiveIntegerField(_("A minute of waiting"))
    overtime_minute = models.PositiveIntegerField(_("A minute of overtime"))
    unknown_face = models.PositiveIntegerField(_("A carer whom the citizen has not met"))
    left_out_can_wait = models.PositiveIntegerField(_("Leaving out what can wait"))
    left_out_normal = models.PositiveIntegerField(_("Leaving out a normal visit"))
    left_out_must = models.PositiveIntegerField(_("Leaving out what must not be left out"))
    changed_carer = models.PositiveIntegerField(_("Another carer than announced"))
    moved_minute = models.PositiveIntegerField(_("A minute away from the announced time"))
    source = models.CharField(_("Decided where"), max_length=200)
    set_by_name = models.CharField(_("Set by"), max_length=200)
    set_at = models.DateTimeField()

    class Meta:
        ordering = ["-valid_from"]


class PlanOrigin(models.TextChoices):
    """How a plan came about."""

    SEARCHED = "SEARCHED", _("Optimised")
    BASELINE = "BASELINE", _("Nearest visit first, for comparison")
    COPIED = "COPIED", _("Copied to be changed")


class PlanState(models.TextChoices):
    """STARTED: the job has not answered yet. A day has at most one published plan; its forerunners are REPLACED."""

    STARTED = "STARTED", _("Being made")
    FAILED = "FAILED", _("Failed")
    DRAFT = "DRAFT", _("Draft")
    PUBLISHED = "PUBLISHED", _("Published")
    REPLACED = "REPLACED", _("Replaced")


class Plan(models.Model):
    """Who visits whom when on a team's day. The plan proposes; a person approves it by publishing it.

    ``based_on``: the plan it was made from. ``seconds``: CPU time the search may take. ``weights_used``: a copy of the
    weights. ``figures``: what was counted (seconds, metres, counts), kept for lists. ``problems``: what kept visits out
    or could not be used, each with visit, rule and field. ``violations``: the independent checker's list.
    ``travel_source``, ``attribution``: who says how long the ways take. ``version`` counts changes, so that two
    dispatchers do not overwrite each other.
    """

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="plans", verbose_name=_("Team"))
    date = models.DateField(_("Day"))
    origin = models.CharField(_("Made by"), max_length=8, choices=PlanOrigin.choices)
    state = models.CharField(_("State"), max_length=9, choices=PlanState.choices, default=PlanState.STARTED)
    based_on = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="+")
    weights = models.ForeignKey(WeightSet, on_delete=models.PROTECT, null=True, related_name="+")
    weights_used = models.JSONField(default=dict)
    seconds = models.PositiveSmallIntegerField(_("Seconds to search"), default=10)
    seed = models.PositiveIntegerField(default=1)
    job_id = models.UUIDField(null=True)
    failure = models.CharField(max_length=500, blank=True)
    figures = models.JSONField(default=dict)
    problems = models.JSONField(default=list)
    violations = models.JSONField(default=list)
    travel_source = models.CharField(max_length=200, blank=True)
    attribution = models.CharField(max_length=200, blank=True)
    is_travel_estimate = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=0)
    created_by_name = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    published_by_name = models.CharField(max_length=200, blank=True)
    published_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-date", "-id"]
        constraints = [
            models.UniqueConstraint(
                name="care_plan_one_published", fields=["team", "date"], condition=Q(state="PUBLISHED")
            )
        ]
        indexes = [models.Index(name="care_plan_day", fields=["team", "date"])]


class Stop(models.Model):
    """One carer's part of a visit in a plan. Without a shift the visit is left out; ``why`` tells by which rules.

    ``number``: 0, or 1 for the second carer of a two-carer visit. ``travel_*``: the way there from the stop before.
    ``late_seconds``: of the start after the window. ``is_locked``: neither carer nor time is changed by a search.
    """

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="stops")
    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="stops")
    number = models.PositiveSmallIntegerField(default=0)
    shift = models.ForeignKey(Shift, on_delete=models.SET_NULL, null=True, related_name="stops")
    start_at = models.DateTimeField(null=True)
    end_at = models.DateTimeField(null=True)
    travel_seconds = models.PositiveIntegerField(default=0)
    travel_metres = models.PositiveIntegerField(default=0)
    late_seconds = models.PositiveIntegerField(default=0)
    is_locked = models.BooleanField(default=False)
    why = models.JSONField(default=list)

    class Meta:
        ordering = ["plan", "start_at", "id"]
        constraints = [
            models.UniqueConstraint(name="care_stop_once", fields=["plan", "visit", "number"]),
            models.CheckConstraint(name="care_stop_number", condition=Q(number__in=[0, 1])),
            models.CheckConstraint(
                name="care_stop_times", condition=Q(start_at=None, end_at=None) | Q(end_at__gt=F("start_at"))
            ),
        ]
        indexes = [models.Index(name="care_stop_shift", fields=["shift", "start_at"])]


class PlanChange(models.Model):
    """What somebody changed in a plan by hand, what it cost, and the stops as they were, for the undo."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="changes")
    version = models.PositiveIntegerField()
    action = models.CharField(max_length=20)
    detail = models.JSONField(default=dict)
    before = models.JSONField(default=list)
    cost_before = models.BigIntegerField(null=True)
    cost_after = models.BigIntegerField(null=True)
    made_by_name = models.CharField(max_length=200)
    made_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["plan", "-version"]
        constraints = [models.UniqueConstraint(name="care_change_version", fields=["plan", "version"])]
