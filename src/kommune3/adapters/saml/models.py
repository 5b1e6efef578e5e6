# SPDX-License-Identifier: MPL-2.0
import json
import uuid

from django.db import models

from kommune3.kernel.people import sealing
from kommune3.kernel.people.models import Account


class LinkedIdentity(models.Model):
    """Whose login the identity provider means by a persistent UUID. Never found by e-mail or name."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="saml_identities")
    issuer = models.CharField(max_length=300)
    subject = models.CharField(max_length=200)
    linked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="saml_identity_once", fields=["issuer", "subject"]),
            models.UniqueConstraint(name="saml_account_once", fields=["issuer", "account"]),
        ]


class SeenMessage(models.Model):
    """An assertion or logout request that has been used, until it would be refused for its age anyway."""

    issuer = models.CharField(max_length=300)
    digest = models.CharField(max_length=64)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="saml_message_once", fields=["issuer", "digest"])]


class Arrival(models.Model):
    """A checked response on its way from the provider's post to the browser's own session; used once, within minutes.

    ``sealed`` is what it says; the address that fetches it holds a secret of which only ``digest`` is kept.
    """

    digest = models.CharField(max_length=64, unique=True)
    sealed = models.BinaryField()
    expires_at = models.DateTimeField(db_index=True)


class ProviderSession(models.Model):
    """A session that began at the identity provider, so that a logout there ends it here and the other way round.

    ``subject_index``: blind index of the NameID. ``sealed``: NameID and session index, to be given back.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="saml_sessions")
    issuer = models.CharField(max_length=300)
    subject_index = models.BinaryField(max_length=32)
    sealed = models.BinaryField()
    session_key = models.CharField(max_length=40)
    started_at = models.DateTimeField(db_index=True)

    class Meta:
        indexes = [models.Index(fields=["issuer", "subject_index"])]


sealing.declare(
    "saml_arrival.sealed", sealing.Column("saml.Arrival", "sealed", place=lambda row: "saml_arrival.sealed")
)
SESSION_SEALED = sealing.declare(
    "saml_providersession.sealed",
    sealing.Column("saml.ProviderSession", "sealed", place=lambda row: f"saml_providersession.sealed:{row.pk}"),
)
sealing.declare_index(
    sealing.Index(
        "saml.ProviderSession",
        "subject_index",
        "saml_providersession.subject_index",
        SESSION_SEALED,
        plain=lambda kept: str(json.loads(kept)["name_id"]["value"]),
    )
)
