# SPDX-License-Identifier: MPL-2.0
import uuid
from typing import ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models

from kommune3.kernel.people import sealing
from kommune3.kernel.places.models import Address


class Person(models.Model):
    """A citizen or an employee (or both)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    given_name = models.CharField(max_length=100)
    family_name = models.CharField(max_length=100)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=30, blank=True)
    cpr_sealed = models.BinaryField(null=True)
    cpr_index = models.BinaryField(max_length=32, null=True, unique=True)
    address = models.ForeignKey(Address, on_delete=models.PROTECT, null=True)
    has_protected_address = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["family_name", "given_name"])]

    def __str__(self) -> str:
        return f"{self.given_name} {self.family_name}"


CPR_SEALED = sealing.declare(
    "people_person.cpr_sealed",
    sealing.Column("people.Person", "cpr_sealed", place=lambda row: f"people_person.cpr_sealed:{row.pk}"),
)
sealing.declare_index(sealing.Index("people.Person", "cpr_index", "people_person.cpr", CPR_SEALED, plain=str))
# django-allauth's table. What it seals is not told the row (kernel.people.login).
sealing.declare(
    "mfa_authenticator.secret",
    sealing.Column(
        "mfa.Authenticator", "data", place=lambda row: "mfa_authenticator.secret", inside=("secret", "seed")
    ),
)


class AccountManager(UserManager["Account"]):
    """Accounts with their persons: whoever is logged in is shown by name, so both are read at once."""

    use_in_migrations = False

    def get_queryset(self) -> models.QuerySet["Account"]:
        return super().get_queryset().select_related("person")


class Account(AbstractUser):
    """A login. What it may do follows from its grants (``kernel.access``), never from Django's permissions."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    first_name = None  # type: ignore[assignment]  # the person has the name
    last_name = None  # type: ignore[assignment]
    person = models.OneToOneField(Person, on_delete=models.PROTECT, null=True, related_name="account")
    must_change_password = models.BooleanField(default=False)

    objects: ClassVar[AccountManager] = AccountManager()


class LoginSession(models.Model):
    """That an account is logged in somewhere. Only a digest of the session's key is kept, so a row opens nothing.

    ``browser``: the family, such as "Firefox". ``address``: the network, without the part that tells the machine.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="login_sessions")
    digest = models.CharField(max_length=64, unique=True)
    started_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    browser = models.CharField(max_length=20, blank=True)
    address = models.CharField(max_length=40, blank=True)
    level = models.PositiveSmallIntegerField()
    method = models.CharField(max_length=30)
