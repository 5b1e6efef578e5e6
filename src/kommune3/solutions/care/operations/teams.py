# SPDX-License-Identifier: MPL-2.0
"""Teams with their base, and the employees who make their visits."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.clock import municipal_date
from kommune3.kernel.organisation.models import Employment
from kommune3.kernel.organisation.tree import in_force
from kommune3.solutions.care.errors import InvalidRow
from kommune3.solutions.care.models import Carer, Service, Team
from kommune3.solutions.care.operations import rows
from kommune3.solutions.care.operations.addresses import Place, address_of

EDIT = "care.needs.edit"


@transaction.atomic
def save_team(*, actor: Actor, now: datetime, team: Team, base: Place) -> Team:
    """Make or change a team in a unit where the actor holds the right. Raises :class:`InvalidRow`, ``Forbidden``."""
    if team.pk is not None:
        reach.get(actor, Team, team.pk, action=EDIT)
    reach.require(actor, EDIT, unit=team.unit)
    if Team.objects.filter(name=team.name).exclude(pk=team.pk).exists():
        raise InvalidRow({"name": _("There is a team of this name already.")})
    team.address = address_of(base)
    rows.save(actor=actor, now=now, row=team, action="care.team.saved", unit_id=team.unit_id)
    return team


@transaction.atomic
def save_carer(*, actor: Actor, now: datetime, carer: Carer) -> Carer:
    """Let an employee make visits for a team, or change how. Raises :class:`InvalidRow`, ``Forbidden``."""
    if carer.pk is not None:
        reach.get(actor, Carer, carer.pk, action=EDIT)
    reach.require(actor, EDIT, unit=carer.team.unit)
    if carer.pk is None and Carer.objects.filter(person=carer.person_id).exists():
        raise InvalidRow({"person": _("The employee makes visits already. Change the team there.")})
    works = Employment.objects.filter(in_force(municipal_date(now)), person=carer.person_id)
    if carer.pk is None and not works.filter(unit__in=reach.units(actor, EDIT)).exists():
        raise InvalidRow({"person": _("The employee does not work in a unit of yours today.")})
    rows.save(actor=actor, now=now, row=carer, action="care.carer.saved", unit_id=carer.team.unit_id)
    return carer


@transaction.atomic
def save_service(*, actor: Actor, now: datetime, service: Service) -> Service:
    """Make or change an entry of the catalogue of services. Raises :class:`InvalidRow`, ``Forbidden``."""
    reach.require(actor, EDIT)
    faults = service_faults(service)
    if Service.objects.filter(code=service.code).exclude(pk=service.pk).exists():
        faults["code"] = _("There is a service of this code already.")
    if faults:
        raise InvalidRow(faults)
    rows.save(actor=actor, now=now, row=service, action="care.service.saved", unit_id=None)
    return service


def service_faults(service: Service) -> dict[str, str]:
    """What cannot stand of a service, by field."""
    if not 1 <= service.minutes <= 600:
        return {"minutes": _("A visit takes from 1 to 600 minutes.")}
    return {}
