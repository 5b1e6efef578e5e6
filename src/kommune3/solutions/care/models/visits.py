# SPDX-License-Identifier: MPL-2.0
"""What has been granted, the visits that follow from it, and how visits hang together."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kommune3.solutions.care.models.teams import Citizen


class Channel(models.TextChoices):
    """Where a visit takes place. By telephone or screen nobody travels."""

    HOME = "HOME", _("At home")
    PHONE = "PHONE", _("By telephone")
    SCREEN = "SCREEN", _("By screen")


class PartOfDay(models.TextChoices):
    """When in the day a visit belongs, as the grant says it."""

    MORNING = "MORNING", _("Morning")
    FORENOON = "FORENOON", _("Forenoon")
    NOON = "NOON", _("Noon")
    AFTERNOON = "AFTERNOON", _("Afternoon")
    EVENING = "EVENING", _("Evening")
    NIGHT = "NIGHT", _("Night")


class Priority(models.IntegerChoices):
    """What is left out first when there are too few hands: what can wait."""

    CAN_WAIT = 0, _("Can wait")
    NORMAL = 1, _("Normal")
    MUST = 2, _("Must not be left out")


class Service(models.Model):
    """An entry of the municipality's catalogue of services. ``fs_code``: its code in Fælles Sprog III, if any.

    ``competences``: codes of ``kernel.competences``, all of which the carer must have on the day.
    """

    code = models.CharField(_("Code"), max_length=30, unique=True)
    title = models.CharField(_("Granted service"), max_length=150)
    fs_code = models.CharField(_("FS III code"), max_length=20, blank=True)
    minutes = models.PositiveSmallIntegerField(_("Usual minutes"))
    competences = models.JSONField(_("Competences"), default=list)
    is_active = models.BooleanField(_("In use"), default=True)

    class Meta:
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title


class Demand(models.Model):
    """What a visit asks of the plan, shared by the grant and the visits that follow from it.

    ``carers``: how many at once (1 or 2). ``is_strict``: outside its window the visit is not made at all.
    """

    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+", verbose_name=_("Granted service"))
    channel = models.CharField(_("Where"), max_length=6, choices=Channel.choices, default=Channel.HOME)
    minutes = models.PositiveSmallIntegerField(_("Minutes"))
    carers = models.PositiveSmallIntegerField(_("Carers at once"), default=1)
    is_strict = models.BooleanField(_("The window must be kept"), default=False)
    priority = models.SmallIntegerField(_("Priority"), choices=Priority.choices, default=Priority.NORMAL)
    tasks = models.CharField(_("Tasks"), max_length=500, blank=True)

    class Meta:
        abstract = True


class Need(Demand):
    """A granted service that recurs: on ``weekdays`` (0 is Monday) of each ``every_weeks``-th week from its start.

    The visit begins between the two times of day; where ``latest`` is before ``earliest``, midnight lies between.
    """

    citizen = models.ForeignKey(Citizen, on_delete=models.CASCADE, related_name="needs", verbose_name=_("Citizen"))
    valid_from = models.DateField(_("From"))
    valid_to = models.DateField(_("Until (not included)"), null=True, blank=True)
    weekdays = models.JSONField(_("Weekdays"), default=list)
    every_weeks = models.PositiveSmallIntegerField(_("Every … weeks"), default=1)
    part_of_day = models.CharField(_("Part of the day"), max_length=9, choices=PartOfDay.choices)
    earliest = models.TimeField(_("Begins at the earliest"))
    latest = models.TimeField(_("Begins at the latest"))

    class Meta:
        ordering = ["citizen", "earliest", "id"]
        constraints = [
            models.CheckConstraint(
                name="care_need_period", condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from"))
            ),
            models.CheckConstraint(name="care_need_carers", condition=Q(carers__in=[1, 2])),
            models.CheckConstraint(name="care_need_minutes", condition=Q(minutes__gt=0)),
            models.CheckConstraint(name="care_need_weeks", condition=Q(every_weeks__gt=0)),
        ]


class SameCarer(models.TextChoices):
    """Who makes two visits that hang together. The values, in small letters, are those of the engine ``careroutes``."""

    ANY = "ANY", _("Anybody")
    SAME = "SAME", _("The same carer")
    DIFFERENT = "DIFFERENT", _("Another carer")


class Gap(models.Model):
    """From the start of the one to the start of the other: ``least_minutes`` to ``most_minutes`` (empty: no limit)."""

    least_minutes = models.PositiveSmallIntegerField(_("At least, minutes"), null=True, blank=True)
    most_minutes = models.PositiveSmallIntegerField(_("At most, minutes"), null=True, blank=True)
    by = models.CharField(_("Made by"), max_length=9, choices=SameCarer.choices, default=SameCarer.ANY)

    class Meta:
        abstract = True


class NeedLink(Gap):
    """Two needs of a citizen whose visits hang together on each day that both fall on: medicine before breakfast."""

    first = models.ForeignKey(Need, on_delete=models.CASCADE, related_name="links_from")
    second = models.ForeignKey(Need, on_delete=models.CASCADE, related_name="links_to")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="care_need_link_once", fields=["first", "second"]),
            models.CheckConstraint(name="care_need_link_itself", condition=~Q(first=F("second"))),
        ]


class VisitState(models.TextChoices):
    """Whether the visit is to be made."""

    WANTED = "WANTED", _("To be made")
    CANCELLED = "CANCELLED", _("Cancelled")


class Visit(Demand):
    """A visit on the team's day ``date`` that begins between two instants. Without a need it is a single one.

    ``cancelled_because`` is a word of the municipality's own list, such as "Indlagt"; never a diagnosis.
    """

    citizen = models.ForeignKey(Citizen, on_delete=models.CASCADE, related_name="visits", verbose_name=_("Citizen"))
    need = models.ForeignKey(Need, on_delete=models.SET_NULL, null=True, related_name="visits")
    date = models.DateField(_("Day"))
    earliest_at = models.DateTimeField(_("Begins at the earliest"))
    latest_at = models.DateTimeField(_("Begins at the latest"))
    is_acute = models.BooleanField(_("Acute"), default=False)
    state = models.CharField(_("State"), max_length=9, choices=VisitState.choices, default=VisitState.WANTED)
    cancelled_because = models.CharField(_("Cancelled because"), max_length=60, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["date", "earliest_at", "id"]
        constraints = [
            models.CheckConstraint(name="care_visit_window", condition=Q(latest_at__gte=F("earliest_at"))),
            models.CheckConstraint(name="care_visit_carers", condition=Q(carers__in=[1, 2])),
            models.CheckConstraint(name="care_visit_minutes", condition=Q(minutes__gt=0)),
            models.UniqueConstraint(name="care_visit_of_need_once", fields=["need", "date"]),
        ]
        indexes = [models.Index(name="care_visit_day", fields=["date", "citizen"])]


class VisitLink(Gap):
    """Two visits of a day that hang together."""

    first = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="links_from")
    second = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="links_to")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="care_visit_link_once", fields=["first", "second"]),
            models.CheckConstraint(name="care_visit_link_itself", condition=~Q(first=F("second"))),
        ]
