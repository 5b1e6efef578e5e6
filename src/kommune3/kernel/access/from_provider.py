# SPDX-License-Identifier: MPL-2.0
"""Rights that the municipality's identity provider says an account has, kept in step with what it says at each login.

A provider hands over privileges with data delimitation, as KOMBIT's Context Handler does: a privilege, the units (UUID
of FK Organisation) and the KLE numbers it is narrowed to. An administrator has chosen the role of each privilege
(:class:`PrivilegeRole`). What cannot be understood whole gives nothing and is kept for the administrator to see.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from kommune3.kernel import clock
from kommune3.kernel.access import declare, reach
from kommune3.kernel.access.access import MAP_PRIVILEGES
from kommune3.kernel.access.actor import WHOLE_MUNICIPALITY, Actor
from kommune3.kernel.access.errors import InvalidPrivilege, PrivilegeTaken, UnknownRole
from kommune3.kernel.access.models import Grant, PrivilegeRole, RefusedPrivilege
from kommune3.kernel.audit import log
from kommune3.kernel.organisation.models import Municipality, Unit, kle_number
from kommune3.kernel.organisation.tree import employments_of, in_force
from kommune3.kernel.people import cpr, register
from kommune3.kernel.people.models import Account, Person

MOST_RIGHTS_PER_PRIVILEGE = 500

Reason = RefusedPrivilege.Reason
Right = tuple[str, UUID | None, str]  # role, unit, KLE number


@dataclass(frozen=True)
class Claim:
    """A privilege as the provider states it.

    No ``units``: no unit is named. No ``kle``: every field of work. ``cvr``: the authority it is for; None where the
    provider does not say. ``other_limits``: names of limits that are neither unit nor KLE number.
    """

    privilege: str
    units: tuple[str, ...] = ()
    kle: tuple[str, ...] = ()
    cvr: str | None = None
    other_limits: tuple[str, ...] = ()


@dataclass(frozen=True)
class Refused:
    """A part of a claim that gave no right: the privilege, which part of it, and why."""

    privilege: str
    part: str
    reason: str


@dataclass(frozen=True)
class Synchronised:
    """What a login changed: numbers of rights, and what was refused."""

    given: int
    kept: int
    ended: int
    refused: tuple[Refused, ...]


def employee_with_cpr(number: str, *, now: datetime) -> Person | None:
    """The person whom a provider means by a CPR number, if employed today; None for what is no CPR number."""
    try:
        person = register.find_by_cpr(number)
    except cpr.InvalidCpr:
        return None
    if person is None or not employments_of(person.pk, on=clock.municipal_date(now)).exists():
        return None
    return person


@transaction.atomic
def synchronise_grants(
    *, account: Account, source: str, claims: Iterable[Claim], valid_days: int, actor: Actor, now: datetime
) -> Synchronised:
    """Let the account hold exactly the rights that ``source`` states now; rights given by hand stay as they are.

    ``source`` names the provider, such as its entity id. A right holds ``valid_days`` days unless a later login renews
    it, so that somebody who has left also loses the rights behind their keys to the API. Each right given or ended is
    a line in the audit log, and so is what was refused.
    """
    Account.objects.select_for_update(of=("self",)).get(pk=account.pk)  # two logins at once take turns
    today = clock.municipal_date(now)
    until = today + timedelta(days=valid_days)
    stated, refused = _understand(claims, today=today)
    held: dict[Right, Grant] = {}
    ended = 0
    for grant in Grant.objects.filter(in_force(today), account=account, source=source):
        right = (grant.role, grant.unit_id, grant.kle)
        if right in stated and right not in held:
            held[right] = grant
        else:
            _end(grant, actor=actor, today=today, now=now)
            ended += 1
    for grant in held.values():
        if grant.valid_to != until:
            grant.valid_to = until
            grant.save(update_fields=["valid_to"])
    new = [right for right in stated if right not in held]
    for right in new:
        _give(account, right, source=source, valid_from=today, valid_to=until, actor=actor, now=now)
    _keep_refused(account, source, refused, actor=actor, now=now)
    return Synchronised(given=len(new), kept=len(held), ended=ended, refused=tuple(refused))


@transaction.atomic
def map_privilege(
    *, actor: Actor, now: datetime, privilege: str, role: str, whole_municipality: bool = False
) -> PrivilegeRole:
    """Choose the role that a privilege gives from the next login on.

    Only somebody who manages the whole municipality may. Raises Forbidden, InvalidPrivilege, PrivilegeTaken,
    UnknownRole.
    """
    _require_everywhere(actor)
    privilege = privilege.strip()
    if not privilege or len(privilege) > 300 or any(character.isspace() for character in privilege):
        raise InvalidPrivilege
    if role not in declare.roles():
        raise UnknownRole
    if PrivilegeRole.objects.filter(privilege=privilege).exists():
        raise PrivilegeTaken
    made = PrivilegeRole.objects.create(privilege=privilege, role=role, whole_municipality=whole_municipality)
    detail = {"privilege": privilege, "role": role, "whole_municipality": whole_municipality}
    log.record(actor=actor, action="access.privilege.mapped", now=now, object=made, detail=detail)
    return made


@transaction.atomic
def unmap_privilege(*, actor: Actor, now: datetime, privilege_id: UUID) -> None:
    """Let a privilege give nothing from the next login on. Raises NotVisible, Forbidden."""
    _require_everywhere(actor)
    row = reach.get(actor, PrivilegeRole, privilege_id)
    detail = {"privilege": row.privilege, "role": row.role}
    log.record(actor=actor, action="access.privilege.unmapped", now=now, object=row, detail=detail)
    row.delete()


def _require_everywhere(actor: Actor) -> None:
    """A privilege gives its role in any unit, so choosing it takes the right in every unit."""
    if not actor.may(MAP_PRIVILEGES, unit_path=WHOLE_MUNICIPALITY):
        raise reach.Forbidden


def _understand(claims: Iterable[Claim], *, today: date) -> tuple[list[Right], list[Refused]]:
    """The rights that the claims give, each once, and the parts that give none."""
    own_cvr = Municipality.objects.values_list("cvr", flat=True).first() or ""
    mapped = {row.privilege: row for row in PrivilegeRole.objects.all()}
    units = {str(pk): pk for pk in Unit.objects.filter(in_force(today)).values_list("pk", flat=True)}
    rights: dict[Right, None] = {}
    refused: list[Refused] = []
    for claim in claims:
        try:
            mapping = _mapping_of(claim, mapped, own_cvr)
        except _GivesNothing as why:
            refused.append(Refused(claim.privilege, why.part, why.reason))
            continue
        found_units: list[UUID | None] = list(_known_units(claim, units, refused)) if claim.units else [None]
        found_kle = list(_known_kle(claim, refused)) if claim.kle else [""]
        rights.update(dict.fromkeys((mapping.role, unit, kle) for unit in found_units for kle in found_kle))
    return list(rights), refused


class _GivesNothing(Exception):
    """The claim as a whole gives no right."""

    def __init__(self, reason: str, part: str = "") -> None:
        super().__init__(reason)
        self.reason, self.part = reason, part


def _mapping_of(claim: Claim, mapped: dict[str, PrivilegeRole], own_cvr: str) -> PrivilegeRole:
    mapping = mapped.get(claim.privilege)
    if mapping is None:
        raise _GivesNothing(Reason.UNKNOWN_PRIVILEGE)
    if mapping.role not in declare.roles():
        raise _GivesNothing(Reason.UNKNOWN_ROLE, mapping.role)
    if claim.cvr is not None and claim.cvr != own_cvr:
        raise _GivesNothing(Reason.OTHER_AUTHORITY, claim.cvr)
    if claim.other_limits:  # to leave a limit out would make the right wider than it was given
        raise _GivesNothing(Reason.UNKNOWN_LIMIT, claim.other_limits[0])
    if not claim.units and not mapping.whole_municipality:
        raise _GivesNothing(Reason.NO_UNIT)
    if max(1, len(claim.units)) * max(1, len(claim.kle)) > MOST_RIGHTS_PER_PRIVILEGE:
        raise _GivesNothing(Reason.TOO_MANY)
    return mapping


def _known_units(claim: Claim, units: dict[str, UUID], refused: list[Refused]) -> Iterator[UUID]:
    for text in claim.units:
        unit = units.get(text.strip().lower().removeprefix("urn:uuid:"))
        if unit is None:
            refused.append(Refused(claim.privilege, text, Reason.UNKNOWN_UNIT))
        else:
            yield unit


def _known_kle(claim: Claim, refused: list[Refused]) -> Iterator[str]:
    """KLE numbers; "27.*" is how a provider writes the whole of 27."""
    for text in claim.kle:
        number = text.strip()
        while number.endswith(".*"):
            number = number.removesuffix(".*")
        try:
            kle_number(number)
        except ValidationError:
            refused.append(Refused(claim.privilege, text, Reason.UNKNOWN_KLE))
        else:
            yield number


def _give(
    account: Account, right: Right, *, source: str, valid_from: date, valid_to: date, actor: Actor, now: datetime
) -> None:
    role, unit_id, kle = right
    grant = Grant.objects.create(
        account=account, role=role, unit_id=unit_id, kle=kle, source=source, valid_from=valid_from, valid_to=valid_to
    )
    detail = {"account": str(account.pk), "role": role, "kle": kle, "source": source, "from": str(valid_from),
              "to": str(valid_to)}  # fmt: skip
    log.record(actor=actor, action="access.grant.given", now=now, object=grant, unit_id=unit_id, detail=detail)


def _end(grant: Grant, *, actor: Actor, today: date, now: datetime) -> None:
    detail = {"account": str(grant.account_id), "role": grant.role, "source": grant.source}
    log.record(actor=actor, action="access.grant.ended", now=now, object=grant, unit_id=grant.unit_id, detail=detail)
    if grant.valid_from >= today:
        grant.delete()
    else:
        grant.valid_to = today
        grant.save(update_fields=["valid_to"])


def _keep_refused(account: Account, source: str, refused: list[Refused], *, actor: Actor, now: datetime) -> None:
    """Keep what this login refused in place of what the latest one did; a line in the log where anything was."""
    RefusedPrivilege.objects.filter(account=account, source=source).delete()
    RefusedPrivilege.objects.bulk_create(
        RefusedPrivilege(
            account=account, source=source, privilege=each.privilege[:300], part=each.part[:200], reason=each.reason,
            refused_at=now,
        )
        for each in refused
    )  # fmt: skip
    if refused:
        parts = [[each.privilege[:300], each.part[:200], each.reason] for each in refused]
        log.record(
            actor=actor,
            action="access.privileges.refused",
            now=now,
            object=account,
            outcome="REFUSED",
            detail={"source": source, "count": len(parts), "refused": parts[:50]},
        )
