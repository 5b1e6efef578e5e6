# SPDX-License-Identifier: MPL-2.0
import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kommune3.kernel.organisation.models import Unit
from kommune3.kernel.people.models import Account


class State(models.TextChoices):
    QUEUED = "QUEUED", _("Queued")
    RUNNING = "RUNNING", _("Running")
    SUCCEEDED = "SUCCEEDED", _("Finished")
    FAILED = "FAILED", _("Failed")
    CANCELLED = "CANCELLED", _("Cancelled")


FINISHED = (State.SUCCEEDED, State.FAILED, State.CANCELLED)


class Job(models.Model):
    """One piece of background work. The row is the truth: whatever carries it to a worker carries only its id.

    ``fence`` grows by one at each claim; a worker may write on the job's behalf only while the row still is RUNNING
    under the fence it claimed. ``attempt`` counts the claims that were used up. ``args`` is only filled by Django's
    tasks API; ``kwargs`` and ``result`` are JSON and hold identifiers, never personal data.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    task = models.CharField(max_length=200, help_text="Dotted name of the task.")
    args = models.JSONField(default=list)
    kwargs = models.JSONField(default=dict)
    title = models.CharField(max_length=200)
    link = models.CharField(max_length=300, blank=True, help_text="Address of the page that shows its result.")
    queue = models.CharField(max_length=60)
    solution = models.CharField(max_length=60, blank=True, help_text="Key of the solution the task belongs to.")
    is_small = models.BooleanField(default=False)
    priority = models.SmallIntegerField(default=0, help_text="-100 to 100; higher goes first.")
    idempotency_key = models.CharField(max_length=200, null=True, unique=True)
    requested_by = models.ForeignKey(Account, on_delete=models.CASCADE, null=True, related_name="jobs")
    requested_as = models.CharField(max_length=100, blank=True, help_text="The platform's own work: what asked for it.")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="jobs")

    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    run_after = models.DateTimeField()
    attempt = models.PositiveSmallIntegerField(default=0)
    max_attempts = models.PositiveSmallIntegerField()
    fence = models.PositiveIntegerField(default=0)
    worker = models.CharField(max_length=120, blank=True)
    lease_until = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    announced_at = models.DateTimeField(null=True, help_text="When a carrier was last given the id.")
    cancel_requested = models.BooleanField(default=False)

    progress = models.FloatField(default=0.0, help_text="0 to 1.")
    message = models.CharField(max_length=300, blank=True)
    result = models.JSONField(null=True)
    error = models.JSONField(null=True, help_text="type, message, frames, cause of the last attempt that failed.")

    enqueued_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="job_state", condition=Q(state__in=State.values)),
            models.CheckConstraint(name="job_progress", condition=Q(progress__gte=0, progress__lte=1)),
            models.CheckConstraint(
                name="job_running_has_lease",
                condition=Q(state=State.RUNNING, lease_until__isnull=False)
                | (~Q(state=State.RUNNING) & Q(lease_until=None)),
            ),
            models.CheckConstraint(
                name="job_finished_has_instant",
                condition=Q(state__in=FINISHED, finished_at__isnull=False)
                | (~Q(state__in=FINISHED) & Q(finished_at=None)),
            ),
            models.CheckConstraint(
                name="job_requested_by_one",
                condition=Q(requested_by=None, requested_as__gt="") | Q(requested_by__isnull=False, requested_as=""),
            ),
        ]
        indexes = [
            models.Index(
                F("queue"), F("priority").desc(), F("run_after"), name="job_claim", condition=Q(state=State.QUEUED)
            ),
            models.Index(fields=["queue", "lease_until"], name="job_lease", condition=Q(state=State.RUNNING)),
            models.Index(fields=["-enqueued_at"], name="job_newest"),
            models.Index(fields=["state", "-enqueued_at"], name="job_newest_by_state"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_finished(self) -> bool:
        return self.state in FINISHED


class QueueLimit(models.Model):
    """How many jobs of a queue may run at once, where the municipality wants another number than the code declares."""

    queue = models.CharField(max_length=60, primary_key=True)
    concurrency = models.PositiveSmallIntegerField(null=True, help_text="Empty: no limit.")


class WorkerProcess(models.Model):
    """A worker process that has said it is there, and not yet that it ends."""

    name = models.CharField(max_length=120, primary_key=True)
    host = models.CharField(max_length=100)
    process_id = models.PositiveIntegerField()
    version = models.CharField(max_length=40)
    queues = models.JSONField(default=list)
    is_dispatcher = models.BooleanField(default=False, help_text="Runs no jobs itself: announces them to a carrier.")
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Schedule(models.Model):
    """When a declared schedule next makes a job. The declaration in code has task, title and cron expression."""

    name = models.CharField(max_length=100, primary_key=True)
    cron = models.CharField(max_length=100)
    next_due_at = models.DateTimeField(db_index=True)
    last_due_at = models.DateTimeField(null=True)
