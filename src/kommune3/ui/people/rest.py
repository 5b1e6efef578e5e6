# SPDX-License-Identifier: MPL-2.0
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema

from kommune3.kernel.access.actor import Actor

router = Router(tags=["people"])


class RightOut(Schema):
    """A right the caller holds. No unit: in the whole municipality. No KLE number: in every field of work."""

    role: str
    unit_id: UUID | None
    kle: str
    purpose: str


class MeOut(Schema):
    """Who calls, and with which rights."""

    account_id: UUID
    person_id: UUID | None
    name: str
    rights: list[RightOut]


@router.get("/me", response=MeOut, url_name="people_me", summary="Who I am, and my rights")
def me(request: HttpRequest) -> dict[str, Any]:
    """The account that calls, and the rights it holds today."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return {"account_id": actor.account_id, "person_id": actor.person_id, "name": actor.name, "rights": actor.held}
