# SPDX-License-Identifier: MPL-2.0
from django.db import models


class Flag(models.Model):
    """A switch that somebody has set; a switch without a row has its default."""

    name = models.CharField(max_length=100, primary_key=True)
    is_on = models.BooleanField()
    changed_at = models.DateTimeField()
