# SPDX-License-Identifier: MPL-2.0
"""Who gives the care and who gets it: teams with bases, carers with shifts, citizens with wishes."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kommune3.kernel.organisation.models import Unit
from kommune3.kernel.people import sealing
from kommune3.kernel.people.models import Person
from kommune3.kernel.places.models import Address


class Mode(models.TextChoices):
    """How a carer gets about. The values are those of ``kernel.places.travel``."""

    CAR = "CAR", _("Car")
    BICYCLE = "BICYCLE", _("Bicycle")
    WALK = "WALK", _("On foot")


class Team(models.Model):
    """Those who care for the citizens of a district, and their base. Plans are made for a team's day."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("Unit"))
    name = models.CharField(_("Name"), max_length=100, unique=True)
    address = models.ForeignKey(Address, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("Base"))
    is_active = models.BooleanField(_("In use"), default=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Carer(models.Model):
    """An employee who makes visits. What a carer may do is in ``kernel.competences``, not here.

    ``starts_from_home``: the way to the first visit and from the last one is counted from home, not from the base.
    """

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="carers", verbose_name=_("Team"))
    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("Employee"))
    mode = models.CharField(_("Gets about by"), max_length=7, choices=Mode.choices, default=Mode.CAR)
    starts_from_home = models.BooleanField(_("Starts from home"), default=False)
    is_active = models.BooleanField(_("Makes visits"), default=True)

    class Meta:
        ordering = ["team", "person__given_name", "person__family_name"]

    def __str__(self) -> str:
        return str(self.person)


class ShiftState(models.TextChoices):
    """Whether the carer comes. ABSENT: ill, or away for another reason that is not kept here."""

    ON = "ON", _("On duty")
    ABSENT = "ABSENT", _("Absent")


class Shift(models.Model):
    """A carer's working hours, [start_at, end_at), in the team's day ``date`` (a night's is the day it began).

    ``pause_*``: a break of so many minutes that begins between the two instants; all empty where there is none.
    """

    carer = models.ForeignKey(Carer, on_delete=models.CASCADE, related_name="shifts", verbose_name=_("Carer"))
    date = models.DateField(_("Day"))
    start_at = models.DateTimeField(_("From"))
    end_at = models.DateTimeField(_("Until"))
    pause_earliest_at = models.DateTimeField(_("Break from"), null=True, blank=True)
    pause_latest_at = models.DateTimeField(_("Break begins at the latest"), null=True, blank=True)
    pause_minutes = models.PositiveSmallIntegerField(_("Break, minutes"), null=True, blank=True)
    may_run_over = models.BooleanField(_("May run over time"), default=True)
    state = models.CharField(_("State"), max_length=6, choices=ShiftState.choices, default=ShiftState.ON)

    class Meta:
        ordering = ["date", "start_at", "carer"]
        constraints = [
            models.CheckConstraint(name="care_shift_period", condition=Q(end_at__gt=F("start_at"))),
            models.CheckConstraint(
                name="care_shift_pause",
                condition=Q(pause_earliest_at=None, pause_latest_at=None, pause_minutes=None)
                | Q(pause_latest_at__gte=F("pause_earliest_at"), pause_minutes__gt=0),
            ),
            models.UniqueConstraint(name="care_shift_once", fields=["carer", "start_at"]),
        ]
        indexes = [models.Index(name="care_shift_day", fields=["date", "carer"])]

    def __str__(self) -> str:
        return f"{self.date}"


class Citizen(models.Model):
    """A citizen who gets visits from a team, at the person's address.

    ``access_seconds``: what each visit takes besides the way itself (parking, stairs, key box). ``entry_sealed``: how
    one gets in (key box code and the like), sealed; shown for a purpose only.
    """

    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("Citizen"))
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="citizens", verbose_name=_("Team"))
    access_seconds = models.PositiveIntegerField(_("Getting in, seconds"), default=0)
    entry_sealed = models.BinaryField(null=True)
    note = models.CharField(_("What a carer must know"), max_length=500, blank=True)
    is_active = models.BooleanField(_("Gets visits"), default=True)

    class Meta:
        ordering = ["person__family_name", "person__given_name"]

    def __str__(self) -> str:
        return str(self.person)


ENTRY_SEALED = sealing.declare(
    "care_citizen.entry",
    sealing.Column("care.Citizen", "entry_sealed", place=lambda row: f"care_citizen.entry:{row.pk}"),
)


class WishKind(models.TextChoices):
    """How a citizen stands to a carer."""

    PRIMARY = "PRIMARY", _("Primary carer")
    PREFERRED = "PREFERRED", _("Wanted")
    AVOIDED = "AVOIDED", _("Must not come")


class Wish(models.Model):
    """Whom a citizen wants, or must not have. A citizen has one primary carer at most."""

    citizen = models.ForeignKey(Citizen, on_delete=models.CASCADE, related_name="wishes")
    carer = models.ForeignKey(Carer, on_delete=models.CASCADE, related_name="+", verbose_name=_("Carer"))
    kind = models.CharField(_("Wish"), max_length=9, choices=WishKind.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="care_wish_once", fields=["citizen", "carer"]),
            models.UniqueConstraint(name="care_wish_one_primary", fields=["citizen"], condition=Q(kind="PRIMARY")),
        ]
