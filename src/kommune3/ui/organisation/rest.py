# SPDX-License-Identifier: MPL-2.0
from datetime import date
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema

from kommune3.kernel import clock
from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.organisation.models import Unit
from kommune3.kernel.organisation.tree import in_force

router = Router(tags=["organisation"])


class UnitOut(Schema):
    """A unit of the organisation, with its identifier in FK Organisation. The period is half-open, in days."""

    id: UUID
    parent_id: UUID | None
    name: str
    kle: str
    valid_from: date
    valid_to: date | None


@router.get("/units", response=list[UnitOut], url_name="organisation_units", summary="The units I may see today")
def units(request: HttpRequest) -> list[Unit]:
    """The units whose rows the caller may see, in force today."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return list(reach.visible(actor, Unit).filter(in_force(clock.municipal_date(clock.now()))))
