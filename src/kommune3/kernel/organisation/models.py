# SPDX-License-Identifier: MPL-2.0
import uuid
from typing import Any

from django.core.validators import RegexValidator
from django.db import models, transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Concat, Substr
from django.utils.translation import gettext_lazy as _

from kommune3.kernel.people.models import Person
from kommune3.kernel.places.models import Address

kle_number = RegexValidator(r"^\d{2}(\.\d{2}(\.\d{2})?)?$", _("A KLE number is written 27, 27.36 or 27.36.00."))


class BelowItself(ValueError):
    """A unit cannot be moved below itself."""


class Municipality(models.Model):
    """The municipality this installation serves: one row."""

    id = models.SmallAutoField(primary_key=True)
    name = models.CharField(max_length=100)
    code = models.CharField(max_length=4, blank=True, help_text="Municipality code (kommunekode).")
    cvr = models.CharField(max_length=8, blank=True)

    def __str__(self) -> str:
        return self.name


class Unit(models.Model):
    """A unit of the organisation tree, with the UUID it has in the municipality's FK Organisation.

    ``path`` is "/root id/…/own id/" (hexadecimal), so that a subtree is a prefix.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    name = models.CharField(max_length=200)
    path = models.CharField(max_length=400, unique=True, editable=False)
    kle = models.CharField(max_length=8, blank=True, validators=[kle_number])
    address = models.ForeignKey(Address, on_delete=models.PROTECT, null=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        ordering = ["path"]
        constraints = [
            models.CheckConstraint(name="unit_period", condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")))
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, **kwargs: Any) -> None:
        """Save the unit, and give it and all below it their paths when it is new or has moved.

        Raises :class:`BelowItself` when the parent is the unit itself or one below it.
        """
        before = Unit.objects.filter(pk=self.pk).values_list("path", flat=True).first()
        self.path = f"{self.parent.path if self.parent else '/'}{self.id.hex}/"
        if self.parent and self.parent.path.startswith(before or self.path):
            raise BelowItself(self.name)
        with transaction.atomic():
            super().save(**kwargs)
            if before is not None and before != self.path:
                below = Unit.objects.filter(path__startswith=before).exclude(pk=self.pk)
                below.update(path=Concat(Value(self.path), Substr("path", len(before) + 1)))


class Employment(models.Model):
    """A person's employment in a unit, for a half-open period of days."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="employments")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="employments")
    title = models.CharField(max_length=200)
    is_leader = models.BooleanField(default=False)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="employment_period", condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from"))
            )
        ]


class Substitute(models.Model):
    """Somebody who stands in for a leader of a unit, for a half-open period of days."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="substitutes")
    person = models.ForeignKey(Person, on_delete=models.PROTECT)
    valid_from = models.DateField()
    valid_to = models.DateField()

    class Meta:
        constraints = [models.CheckConstraint(name="substitute_period", condition=Q(valid_to__gt=F("valid_from")))]
