# SPDX-License-Identifier: MPL-2.0
import uuid

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kommune3.kernel.people.models import Person

competence_code = RegexValidator(
    r"^[a-z0-9]+(-[a-z0-9]+)*$", _("A code is written with small letters a-z, digits and hyphens, such as saar-1.")
)


class Kind(models.TextChoices):
    """Whether others may be told to do it."""

    COMPETENCE = "COMPETENCE", _("Competence")
    DELEGABLE = "DELEGABLE", _("Task that can be delegated")


class Competence(models.Model):
    """Something that somebody can do, or may do on another's responsibility: a line of the municipality's catalogue.

    ``kl_code``: the concept's code in KL's classifications (FFB, FSIII), where it has one. A competence that is not
    active is given to nobody any more; who has it, keeps it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    code = models.CharField(_("Code"), max_length=40, unique=True, validators=[competence_code])
    title = models.CharField(_("Title"), max_length=120)
    kind = models.CharField(_("Kind"), max_length=10, choices=Kind.choices, default=Kind.COMPETENCE)
    kl_code = models.CharField(_("KL code"), max_length=40, blank=True)
    is_active = models.BooleanField(_("In use"), default=True)

    class Meta:
        ordering = ["title", "code"]
        constraints = [models.CheckConstraint(name="competence_kind", condition=Q(kind__in=Kind.values))]

    def __str__(self) -> str:
        return self.title


class Dated(models.Model):
    """That a competence holds for the days of a half-open period.

    ``withdrawn_from``: the day from which it holds no more, earlier than planned. What was planned stays, so that it
    can be undone.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    competence = models.ForeignKey(Competence, on_delete=models.PROTECT, related_name="+")
    valid_from = models.DateField(_("From"))
    valid_to = models.DateField(_("Until (not included)"), null=True, blank=True)
    withdrawn_from = models.DateField(_("Withdrawn from"), null=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(class)s_period", condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from"))
            ),
            models.CheckConstraint(
                name="%(class)s_withdrawn",
                condition=Q(withdrawn_from=None) | Q(withdrawn_from__gte=F("valid_from")),
            ),
        ]


class Held(Dated):
    """That a person has a competence. ``source``: what shows it, such as an authorisation or a course."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="competences_held")
    source = models.CharField(_("Source"), max_length=200, blank=True)

    class Meta(Dated.Meta):
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                name="held_once", fields=["person", "competence", "valid_from"], condition=Q(withdrawn_from=None)
            ),
        ]
        indexes = [
            models.Index(fields=["person", "valid_from"], name="held_of_person"),
            models.Index(fields=["competence", "valid_from"], name="held_of_competence"),
            models.Index(fields=["valid_to"], name="held_until"),
        ]


class Delegation(Dated):
    """That somebody who has a competence lets a helper do the task, for one citizen or (None) for all.

    Autorisationsloven § 18 and the order on the use of helpers (BEK 1219 of 2009): helpers are instructed, and who let
    them do what can be accounted for. So it is signed, and names the instruction and its version.
    """

    delegator = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="delegations_given")
    helper = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="delegations_received")
    citizen = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    signed_at = models.DateTimeField(_("Signed"))
    instruction = models.CharField(_("Instruction and its version"), max_length=200)

    class Meta(Dated.Meta):
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(name="delegation_to_another", condition=~Q(delegator=F("helper"))),
            models.UniqueConstraint(
                name="delegation_once",
                fields=["helper", "competence", "citizen", "delegator", "valid_from"],
                condition=Q(withdrawn_from=None, citizen__isnull=False),
            ),
            models.UniqueConstraint(
                name="delegation_once_for_all",
                fields=["helper", "competence", "delegator", "valid_from"],
                condition=Q(withdrawn_from=None, citizen=None),
            ),
        ]
        indexes = [
            models.Index(fields=["helper", "valid_from"], name="delegation_of_helper"),
            models.Index(fields=["competence", "valid_from"], name="delegation_of_competence"),
            models.Index(fields=["valid_to"], name="delegation_until"),
        ]
