# SPDX-License-Identifier: MPL-2.0
from django.db import models


class Entry(models.Model):
    """One line of the audit log. Never changed, never deleted: database triggers refuse both.

    ``digest`` is SHA-256 over ``previous`` (the digest of the line before) and this line's content.
    ``seal`` is an HMAC of the digest by a key that is not in the database (``seals``).
    ``detail`` holds identifiers and counts only, never names, CPR numbers or free text about a person.
    """

    number = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(db_index=True)
    actor_id = models.UUIDField(null=True, db_index=True)
    actor_name = models.CharField(max_length=100, blank=True, help_text="Only for the platform's own work.")
    unit_id = models.UUIDField(null=True)
    action = models.CharField(max_length=100)
    object_type = models.CharField(max_length=100, blank=True)
    object_id = models.CharField(max_length=64, blank=True)
    citizen_id = models.UUIDField(null=True, db_index=True)
    purpose = models.CharField(max_length=200, blank=True)
    basis = models.CharField(max_length=200, blank=True)
    outcome = models.CharField(max_length=20, default="OK")
    request_id = models.CharField(max_length=36, blank=True)
    detail = models.JSONField(default=dict)
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64, unique=True)
    seal = models.CharField(max_length=73)

    class Meta:
        indexes = [models.Index(fields=["object_type", "object_id"])]
