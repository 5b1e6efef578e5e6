# SPDX-License-Identifier: MPL-2.0
import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kommune3.kernel.organisation.models import Unit, kle_number
from kommune3.kernel.people.models import Account


class Grant(models.Model):
    """A right: role x organisation subtree x KLE x purpose x validity.

    No unit means the whole municipality; no KLE number means every field of work. ``role`` is a key of
    ``kernel.access.declare``. The period is half-open, in days; a day the grant ends it no longer holds. ``source`` is
    the identity provider it came from; empty where somebody gave it by hand.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(max_length=60)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True)
    kle = models.CharField(max_length=8, blank=True, validators=[kle_number])
    purpose = models.CharField(max_length=200, blank=True)
    source = models.CharField(max_length=200, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    last_used_date = models.DateField(null=True, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(name="grant_period", condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")))
        ]
        indexes = [models.Index(fields=["account", "valid_from"])]


class PrivilegeRole(models.Model):
    """The role that a privilege of the municipality's identity provider gives.

    ``privilege`` is written as the provider writes it, most often an address. ``whole_municipality``: a privilege that
    names no unit gives the role everywhere; otherwise it gives nothing.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    privilege = models.CharField(max_length=300, unique=True)
    role = models.CharField(max_length=60)
    whole_municipality = models.BooleanField(default=False)


class RefusedPrivilege(models.Model):
    """A part of what the identity provider said of an account at its latest login, and that gave no right."""

    class Reason(models.TextChoices):
        UNKNOWN_PRIVILEGE = "UNKNOWN_PRIVILEGE", _("No role has been chosen for this privilege")
        UNKNOWN_ROLE = "UNKNOWN_ROLE", _("The role chosen for this privilege no longer exists")
        OTHER_AUTHORITY = "OTHER_AUTHORITY", _("The privilege is for another authority (CVR number)")
        UNKNOWN_LIMIT = "UNKNOWN_LIMIT", _("The privilege is narrowed in a way the platform does not know")
        NO_UNIT = "NO_UNIT", _("The privilege names no unit")
        UNKNOWN_UNIT = "UNKNOWN_UNIT", _("No unit has this UUID today")
        UNKNOWN_KLE = "UNKNOWN_KLE", _("This is not a KLE number")
        TOO_MANY = "TOO_MANY", _("The privilege names too many units and KLE numbers")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="refused_privileges")
    source = models.CharField(max_length=200)
    privilege = models.CharField(max_length=300)
    part = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=20, choices=Reason.choices)
    refused_at = models.DateTimeField()

    class Meta:
        ordering = ["-refused_at", "privilege"]


class ApiToken(models.Model):
    """A key to the API that acts with its owner's grants. Only a digest of the secret is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=100)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_date = models.DateField(null=True)


class Substitution(models.Model):
    """Somebody stands in for somebody else with a set of that person's own grants, for a half-open period of days.

    A grant counts for the substitute only while it is in force for the absent person, whose login is open. What the
    substitute holds this way is nobody's own grant, and so cannot be lent on.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    absent = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    substitute = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    grants = models.ManyToManyField(Grant, related_name="substitutions")
    valid_from = models.DateField()
    valid_to = models.DateField()
    named_by = models.ForeignKey(Account, on_delete=models.SET_NULL, null=True, related_name="+")
    named_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="substitution_period", condition=Q(valid_to__gt=F("valid_from"))),
            models.CheckConstraint(name="substitution_of_another", condition=~Q(absent=F("substitute"))),
        ]
        indexes = [models.Index(fields=["substitute", "valid_to"], name="substitution_in_force")]


class Outcome(models.TextChoices):
    """What a leader thought of a use of break-glass access."""

    APPROVED = "APPROVED", _("Seen and approved")
    FOLLOW_UP = "FOLLOW_UP", _("To be followed up")


class BreakGlass(models.Model):
    """A narrow reach that somebody opened in an emergency: one action in one unit and below it, for some hours.

    ``reason`` is shown to those who follow up and stands in the audit log. It ends by itself at ``expires_at``.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=60)
    reason = models.CharField(max_length=500)
    opened_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    note = models.CharField(max_length=500, blank=True)
    signed_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="break_glass_period", condition=Q(expires_at__gt=F("opened_at"))),
            models.CheckConstraint(name="break_glass_outcome", condition=Q(outcome__in=["", *Outcome.values])),
            models.CheckConstraint(
                name="break_glass_signed",
                condition=Q(outcome="", signed_at=None) | (~Q(outcome="") & Q(signed_at__isnull=False)),
            ),
        ]
        indexes = [models.Index(fields=["account", "expires_at"], name="break_glass_open")]
