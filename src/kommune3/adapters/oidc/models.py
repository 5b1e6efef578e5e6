# SPDX-License-Identifier: MPL-2.0
import uuid

from django.db import models

from kommune3.kernel.people.models import Account


class LinkedSubject(models.Model):
    """Whose login the provider means by a subject. Never found by e-mail or name."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="oidc_subjects")
    issuer = models.CharField(max_length=300)
    subject = models.CharField(max_length=255)
    linked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="oidc_subject_once", fields=["issuer", "subject"]),
            models.UniqueConstraint(name="oidc_account_once", fields=["issuer", "account"]),
        ]
