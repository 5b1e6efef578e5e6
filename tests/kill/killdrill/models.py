# SPDX-License-Identifier: MPL-2.0
from django.db import models


class Wish(models.Model):
    """What somebody asked for, written in the transaction that enqueued its job."""

    label = models.CharField(max_length=60, unique=True)


class Mark(models.Model):
    """An effect. Nothing keeps it from being recorded twice, so that the drill would see it."""

    label = models.CharField(max_length=60)
    attempt = models.IntegerField()
    process = models.IntegerField()
