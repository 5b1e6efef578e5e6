# SPDX-License-Identifier: MPL-2.0
import uuid

from django.db import models
from django.db.models import Q

from kommune3.kernel.organisation.models import Unit
from kommune3.kernel.people.models import Account


class StoredFile(models.Model):
    """A file. Its content lies in the default storage under ``key``; ``name`` is what its maker called it, for display.

    ``sha256`` is hexadecimal, ``size`` in bytes, ``content_type`` told by the content. No unit: the whole municipality.
    After ``retention_date`` it is removed; null is until somebody removes it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    content_type = models.CharField(max_length=100)
    name = models.CharField(max_length=200)
    purpose = models.CharField(max_length=100)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    created_by = models.ForeignKey(Account, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    retention_date = models.DateField(null=True, db_index=True)

    class Meta:
        constraints = [models.CheckConstraint(name="stored_file_size", condition=Q(size__gte=0))]
        indexes = [models.Index(fields=["purpose", "created_at"])]

    def __str__(self) -> str:
        return self.name

    @property
    def key(self) -> str:
        """Where the content lies in the storage."""
        return key_of(self.id)


def key_of(file_id: uuid.UUID) -> str:
    """The storage key of a file's content: by its id alone, spread over 256 folders."""
    return f"{file_id.hex[:2]}/{file_id.hex}"
