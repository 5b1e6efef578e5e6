# SPDX-License-Identifier: MPL-2.0
import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kommune3.kernel.people.models import Person


class Level(models.TextChoices):
    """How much a message asks of its reader."""

    INFO = "INFO", _("Information")
    SUCCESS = "SUCCESS", _("Success")
    WARNING = "WARNING", _("Warning")
    ERROR = "ERROR", _("Error")


class Notification(models.Model):
    """A message to a person. ``key`` names the occasion: a person gets one message for each.

    ``title`` may leave the platform by e-mail and is free of personal data; ``body`` stays. ``url`` is an address on
    this platform, or empty.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="notifications")
    key = models.CharField(max_length=200)
    level = models.CharField(max_length=10, choices=Level.choices, default=Level.INFO)
    title = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    url = models.CharField(max_length=500, blank=True)
    sent_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    emailed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="notification_once", fields=["person", "key"]),
            models.CheckConstraint(name="notification_level", condition=Q(level__in=Level.values)),
        ]
        indexes = [
            models.Index(fields=["person", "-sent_at"], name="notification_inbox"),
            models.Index(fields=["person"], condition=Q(read_at=None), name="notification_unread"),
        ]

    def __str__(self) -> str:
        return self.title
