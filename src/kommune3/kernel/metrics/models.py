# SPDX-License-Identifier: MPL-2.0
from django.db import models


class Tally(models.Model):
    """What worker processes have counted, all of them together, also those that are gone.

    ``name`` and ``labels`` are those of a Prometheus sample; ``labels`` is JSON with sorted keys.
    """

    name = models.CharField(max_length=100)
    labels = models.CharField(max_length=400)
    value = models.FloatField(default=0.0)

    class Meta:
        constraints = [models.UniqueConstraint(name="tally_once", fields=["name", "labels"])]

    def __str__(self) -> str:
        return f"{self.name} {self.labels}"


class Milestone(models.Model):
    """When something important last happened, and how it went. ``detail``: identifiers and counts only."""

    kind = models.CharField(max_length=60, primary_key=True)
    at = models.DateTimeField()
    outcome = models.CharField(max_length=20, default="OK")
    detail = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.kind
