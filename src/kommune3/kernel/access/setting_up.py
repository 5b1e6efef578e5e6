# SPDX-License-Identifier: MPL-2.0
"""The first day of a real municipality: its name, the root of its organisation, and its first administrator."""

from datetime import datetime
from uuid import UUID, uuid4

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kommune3.kernel import clock
from kommune3.kernel.access.actor import system
from kommune3.kernel.access.errors import AccessError
from kommune3.kernel.access.models import Grant
from kommune3.kernel.access.standard import ADMINISTRATOR
from kommune3.kernel.audit import log
from kommune3.kernel.organisation.models import Municipality, Unit
from kommune3.kernel.people.models import Account, Person


class AlreadySetUp(AccessError):
    message = _("This database already holds a municipality.")


@transaction.atomic
def set_up(
    *,
    now: datetime,
    name: str,
    code: str,
    cvr: str,
    given_name: str,
    family_name: str,
    username: str,
    password: str,
    unit_id: UUID | None = None,
) -> Account:
    """Make the municipality, its root unit and its first administrator, who may do all in all of it.

    ``unit_id`` is the root unit's UUID in FK Organisation, where there is one.
    Raises AlreadySetUp, and AccessError for a password that is too weak.
    """
    if Municipality.objects.exists():
        raise AlreadySetUp
    person = Person(given_name=given_name, family_name=family_name)
    account = Account(person=person, username=username, date_joined=now)
    try:
        password_validation.validate_password(password, account)
    except ValidationError as error:
        raise AccessError(" ".join(error.messages)) from error
    today = clock.municipal_date(now)
    Municipality.objects.create(name=name, code=code, cvr=cvr)
    Unit.objects.create(id=unit_id or uuid4(), name=name, valid_from=today)
    person.save()
    account.set_password(password)
    account.save()
    Grant.objects.create(account=account, role=ADMINISTRATOR, purpose="setup", valid_from=today)
    log.record(actor=system("setup"), action="organisation.municipality.set_up", now=now, object=account)
    return account
