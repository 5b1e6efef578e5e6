# SPDX-License-Identifier: MPL-2.0
from django.db import models


class Count(models.Model):
    """Calls in the present window of a limit. ``key`` is a blind index of the limit and of who called."""

    key = models.BinaryField(primary_key=True, max_length=32)
    window = models.BigIntegerField()
    ends_at = models.DateTimeField(db_index=True)
    calls = models.PositiveIntegerField()


class Cached(models.Model):
    """The table of Django's database cache, here so that migrations make it."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)
