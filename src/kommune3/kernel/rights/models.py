# SPDX-License-Identifier: MPL-2.0
import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kommune3.kernel.access.models import Grant
from kommune3.kernel.organisation.models import Unit
from kommune3.kernel.people.models import Account


class Decision(models.TextChoices):
    """What becomes of a right."""

    KEEP = "KEEP", _("Keep")
    END = "END", _("End")
    CHANGE = "CHANGE", _("Change")


class Round(models.Model):
    """A review of the rights in a unit, and below it down to units with a leader of their own.

    Required by Datatilsynet (decision 2023-423-0016): rights are reviewed periodically, and it is documented. Signed,
    it never changes again; ``digest`` is SHA-256 over the round and its lines as they were then. Names stand in it as
    text, so that it holds when a login is gone.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(Account, on_delete=models.SET_NULL, null=True, related_name="+")
    due_date = models.DateField()
    signed_at = models.DateTimeField(null=True)
    signed_by = models.ForeignKey(Account, on_delete=models.SET_NULL, null=True, related_name="+")
    signer = models.CharField(max_length=250, blank=True)
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="review_one_open", fields=["unit"], condition=Q(signed_at=None)),
            models.CheckConstraint(
                name="review_signed",
                condition=Q(signed_at=None, digest="") | (Q(signed_at__isnull=False) & ~Q(digest="")),
            ),
        ]
        indexes = [models.Index(fields=["unit", "-opened_at"], name="review_of_unit")]


class Line(models.Model):
    """A right as it was when the round began, and what was decided about it.

    ``grant`` is empty once the right is gone. What is said of it here stays. A change, and the end of a right that an
    identity provider would give again, waits for an administrator until ``carried_out_at``.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="lines")
    grant = models.ForeignKey(Grant, on_delete=models.SET_NULL, null=True, related_name="+")
    account = models.ForeignKey(Account, on_delete=models.SET_NULL, null=True, related_name="+")
    holder = models.CharField(max_length=250)
    role = models.CharField(max_length=60)
    unit_name = models.CharField(max_length=200, blank=True)
    kle = models.CharField(max_length=8, blank=True)
    purpose = models.CharField(max_length=200, blank=True)
    source = models.CharField(max_length=200, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    last_used_date = models.DateField(null=True)
    decision = models.CharField(max_length=10, choices=Decision.choices, blank=True)
    note = models.CharField(max_length=300, blank=True)
    decided_by = models.ForeignKey(Account, on_delete=models.SET_NULL, null=True, related_name="+")
    decider = models.CharField(max_length=250, blank=True)
    decided_at = models.DateTimeField(null=True)
    carried_out_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["holder", "role", "unit_name", "id"]
        constraints = [
            models.UniqueConstraint(name="review_line_once", fields=["round", "grant"]),
            models.CheckConstraint(name="review_decision", condition=Q(decision__in=["", *Decision.values])),
            models.CheckConstraint(
                name="review_line_period", condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from"))
            ),
        ]
