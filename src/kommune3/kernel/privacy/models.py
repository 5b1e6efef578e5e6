# SPDX-License-Identifier: MPL-2.0
import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kommune3.kernel.files.models import StoredFile
from kommune3.kernel.people.models import Account, Person


class HoldKind(models.TextChoices):
    """Why rows may not go."""

    ARCHIVE = "ARCHIVE", _("Archive")
    COMPLAINT = "COMPLAINT", _("Complaint")
    COURT = "COURT", _("Court case")
    OTHER = "OTHER", _("Other")


class Hold(models.Model):
    """A legal hold on a person, or on all rows of a solution: until it is released they are neither deleted nor erased.

    ``review_date``: when the hold was meant to end, or is to be looked at again; it does not end by itself.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="holds", verbose_name=_("Person")
    )
    solution = models.CharField(_("Solution"), max_length=60, blank=True)
    kind = models.CharField(_("Kind"), max_length=10, choices=HoldKind.choices)
    reason = models.CharField(_("Reason"), max_length=500)
    placed_by = models.ForeignKey(Account, on_delete=models.SET_NULL, null=True, related_name="+")
    placed_at = models.DateTimeField(_("Placed"))
    review_date = models.DateField(_("To be looked at again"))
    told_date = models.DateField(null=True, help_text="When somebody was last told that it has lasted long.")
    released_by = models.ForeignKey(Account, on_delete=models.SET_NULL, null=True, related_name="+")
    released_at = models.DateTimeField(_("Released"), null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="hold_on_one", condition=Q(person=None, solution__gt="") | Q(person__isnull=False, solution="")
            ),
            models.CheckConstraint(name="hold_kind", condition=Q(kind__in=HoldKind.values)),
        ]
        indexes = [models.Index(fields=["person"], condition=Q(released_at=None), name="hold_in_force")]


class PersonExport(models.Model):
    """A person's own data in one file, while it is being made and until it expires."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="exports", verbose_name=_("Person"))
    purpose = models.CharField(_("Purpose"), max_length=200)
    asked_by = models.ForeignKey(Account, on_delete=models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField(_("Asked for"))
    job_id = models.UUIDField(null=True)
    file = models.ForeignKey(StoredFile, on_delete=models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(null=True)
    expires_date = models.DateField(null=True)
    rows = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["person", "-asked_at"])]


class ErasureState(models.TextChoices):
    """How far an erasure has come. PROPOSED ones wait for another person; from APPROVED on there is no way back."""

    PROPOSED = "PROPOSED", _("Waits for another person")
    DECLINED = "DECLINED", _("Declined")
    APPROVED = "APPROVED", _("Approved")
    DONE = "DONE", _("Erased")


class Ground(models.TextChoices):
    """Why somebody is erased: GDPR article 17(1), letters a to e, and retention that has run out."""

    NOT_NEEDED = "NOT_NEEDED", _("The data are no longer needed (article 17(1)(a))")
    CONSENT = "CONSENT", _("The consent has been withdrawn (article 17(1)(b))")
    OBJECTION = "OBJECTION", _("The person objects, and nothing weighs more (article 17(1)(c))")
    UNLAWFUL = "UNLAWFUL", _("The data were processed unlawfully (article 17(1)(d))")
    DUTY = "DUTY", _("A law demands it (article 17(1)(e))")


class Erasure(models.Model):
    """A person being erased: proposed by one, approved by another, then done by a job.

    ``person_id`` is empty once it is done. ``preview``: what would be done, as ``shredding.Preview`` writes it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person_id = models.UUIDField(null=True)
    state = models.CharField(_("State"), max_length=10, choices=ErasureState.choices, default=ErasureState.PROPOSED)
    ground = models.CharField(_("Ground"), max_length=12, choices=Ground.choices)
    reason = models.CharField(_("Reason"), max_length=500)
    preview = models.JSONField(null=True)
    asked_by = models.ForeignKey(Account, on_delete=models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField(_("Proposed"))
    decided_by = models.ForeignKey(Account, on_delete=models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(_("Decided"), null=True)
    job_id = models.UUIDField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="erasure_state", condition=Q(state__in=ErasureState.values)),
            models.CheckConstraint(name="erasure_ground", condition=Q(ground__in=Ground.values)),
            models.CheckConstraint(
                name="erasure_four_eyes",
                condition=Q(asked_by=None) | Q(decided_by=None) | ~Q(asked_by=F("decided_by"))
                | Q(state=ErasureState.DECLINED),
            ),
            models.UniqueConstraint(
                name="erasure_one_open", fields=["person_id"],
                condition=Q(state__in=[ErasureState.PROPOSED, ErasureState.APPROVED]),
            ),
        ]  # fmt: skip


class LedgerEntry(models.Model):
    """A line of the erasure ledger: that a person was erased. Written once; database triggers refuse changes.

    No personal data: ``digest`` is a keyed digest of the person's id (``ledger.digest_of``), ``key_name`` tells which
    key.
    ``counts``: what was there when the erasure began, {"notify.Notification": {"way": "DELETE", "rows": 3}}.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    digest = models.CharField(max_length=64, unique=True)
    key_name = models.CharField(max_length=8)
    erased_at = models.DateTimeField(_("When"))
    asked_by = models.UUIDField(null=True, help_text="Account.")
    decided_by = models.UUIDField(
        null=True, help_text="Account; null for one that was decided in another installation."
    )
    ground = models.CharField(_("Ground"), max_length=12, choices=Ground.choices)
    counts = models.JSONField(default=dict)


class Period(models.Model):
    """How many days rows of a rule are kept, from ``valid_from`` (empty: always) until the rule's next row.

    No number: nothing goes until the municipality decides. ``source``: the decision or the law it is from.
    """

    rule = models.CharField(_("Rule"), max_length=100)
    days = models.PositiveIntegerField(_("Days"), null=True, blank=True)
    valid_from = models.DateField(_("From"), null=True, blank=True)
    source = models.CharField(_("Decision or source"), max_length=300)
    decided_by = models.UUIDField(null=True, help_text="Account; null for the platform's beginning.")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["rule", "valid_from"]
        constraints = [
            models.UniqueConstraint(name="period_start", fields=["rule", "valid_from"]),
            models.UniqueConstraint(name="period_always", fields=["rule"], condition=Q(valid_from=None)),
        ]


class PurgeLine(models.Model):
    """What the retention clock removed in a night by a rule."""

    rule = models.CharField(_("Rule"), max_length=100)
    at = models.DateTimeField(_("When"))
    rows = models.PositiveIntegerField(_("Rows"))
    days = models.PositiveIntegerField(_("Days"))

    class Meta:
        indexes = [models.Index(fields=["-at"])]
