# SPDX-License-Identifier: MPL-2.0
from django.db import models


class Mark(models.Model):
    """The effect of one measured job. ``at``: seconds since the epoch when it ran."""

    number = models.IntegerField()
    at = models.FloatField()
