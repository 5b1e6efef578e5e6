# SPDX-License-Identifier: MPL-2.0
import uuid

from django.db import models


class Event(models.Model):
    """Something that happened. ``payload`` is JSON: identifiers and figures, never personal data."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=100)
    payload = models.JSONField(default=dict)
    published_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.name
