# SPDX-License-Identifier: MPL-2.0
"""Who acts: a person with grants, the system itself, or nobody known."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from kommune3.kernel import clock
from kommune3.kernel.access import declare
from kommune3.kernel.access.models import BreakGlass, Grant
from kommune3.kernel.organisation.tree import in_force
from kommune3.kernel.people.models import Account

WHOLE_MUNICIPALITY = "/"
OWN = ".own"
BREAK_GLASS = "access.break_glass"


@dataclass(frozen=True)
class Absent:
    """Somebody for whom the actor stands in."""

    account_id: UUID
    person_id: UUID | None
    name: str


@dataclass(frozen=True)
class Emergency:
    """A reach that was opened with break-glass: one action, for a written reason."""

    id: UUID
    action: str
    reason: str
    expires_at: datetime


@dataclass(frozen=True)
class Held:
    """A grant in force, as the actor carries it; ``absent``: it is somebody else's, ``emergency``: it is nobody's."""

    role: str
    unit_path: str
    unit_id: UUID | None
    kle: str
    purpose: str
    unit_name: str = ""
    grant_id: UUID | None = None
    last_used_date: date | None = None
    absent: Absent | None = None
    emergency: Emergency | None = None

    @property
    def is_borrowed(self) -> bool:
        return self.absent is not None or self.emergency is not None

    @property
    def reaches_others(self) -> bool:
        """Whether it includes anything beyond one's own rows."""
        return self.emergency is not None or not all(code.endswith(OWN) for code in declare.actions_of(self.role))

    def includes(self, action: str) -> bool:
        """Whether this lets somebody do ``action``, somewhere."""
        return action == self.emergency.action if self.emergency else action in declare.actions_of(self.role)

    def covers(self, unit_path: str | None, kle: str = "") -> bool:
        """Whether it holds in the unit with this path (None: wherever) and for this field of work."""
        return (unit_path is None or unit_path.startswith(self.unit_path)) and (not kle or kle.startswith(self.kle))


@dataclass(frozen=True)
class Actor:
    """Somebody on whose behalf things are read and done.

    ``is_system`` is the platform's own work (schedules, seeding): it may do everything and is named in the audit log.
    """

    account_id: UUID | None
    person_id: UUID | None
    name: str
    held: tuple[Held, ...] = ()
    is_system: bool = False
    _relied_on: dict[Held, None] = field(default_factory=dict, repr=False, compare=False)

    @property
    def is_known(self) -> bool:
        return self.account_id is not None

    @property
    def acts_for(self) -> tuple[Absent, ...]:
        """Those for whom the actor stands in today, each once."""
        return tuple(dict.fromkeys(held.absent for held in self.held if held.absent))

    @property
    def emergencies(self) -> tuple[Held, ...]:
        """What the actor has opened with break-glass."""
        return tuple(held for held in self.held if held.emergency)

    def holding(self, action: str) -> Iterator[Held]:
        """The grants whose role includes ``action``."""
        return (held for held in self.held if held.includes(action))

    def may(self, action: str, *, unit_path: str | None = None, kle: str = "") -> bool:
        """Whether a grant includes ``action``: anywhere, or on the unit with this path.

        Without a unit, the right to one's own rows (``action + ".own"``) counts as well.
        """
        if self.is_system:
            return True
        if unit_path is None and any(True for _ in self.holding(action + OWN)):
            return True
        return any(held.covers(unit_path, kle) for held in self.holding(action))

    def may_decide(self, action: str, *, about: UUID | None, unit_path: str | None = None, kle: str = "") -> bool:
        """Whether the actor may do ``action`` where it decides on something of the person ``about``.

        Nobody decides on their own things: neither the person themselves with rights of somebody who is absent, nor
        a substitute with the rights of the very person whose things they are.
        """
        if self.is_system:
            return True
        if about is not None and about == self.person_id:
            return False
        return any(
            held.covers(unit_path, kle)
            for held in self.holding(action)
            if about is None or held.absent is None or held.absent.person_id != about
        )

    # --- What was borrowed, and used ----------------------------------------------------------------------------------

    @property
    def borrows(self) -> bool:
        """Whether some of what the actor holds is another's, or was opened in an emergency."""
        return any(held.is_borrowed for held in self.held)

    def with_own_rights(self) -> "Actor":
        """The same person with nothing borrowed."""
        return replace(self, held=tuple(held for held in self.held if not held.is_borrowed))

    def rely_on(self, action: str, *, unit_path: str | None = None) -> None:
        """Note that what is done now rests on what the actor has borrowed, unless own grants are enough."""
        own = [held for held in self.holding(action) if not held.is_borrowed and held.covers(unit_path)]
        if (unit_path is not None and own) or any(held.unit_path == WHOLE_MUNICIPALITY for held in own):
            return
        for held in self.holding(action):
            if held.is_borrowed and held.covers(unit_path):
                self._relied_on[held] = None

    @property
    def relied_on(self) -> tuple[Held, ...]:
        """What the actor has borrowed and, since the request or the job began, made use of."""
        return tuple(self._relied_on)

    @property
    def basis(self) -> str:
        """On what the audit log says that this rests: the reason of break-glass access; empty otherwise."""
        reasons = [held.emergency.reason for held in self.relied_on if held.emergency]
        return f"break-glass: {reasons[0]}"[:200] if reasons else ""

    @property
    def borrowed(self) -> dict[str, Any]:
        """What the audit log adds: for whom the actor stood in, and which emergency it was. Identifiers only."""
        absent = sorted({str(held.absent.account_id) for held in self.relied_on if held.absent})
        opened = sorted({str(held.emergency.id) for held in self.relied_on if held.emergency})
        return {**({"on_behalf_of": absent} if absent else {}), **({"break_glass": opened} if opened else {})}


ANONYMOUS = Actor(account_id=None, person_id=None, name="")

_COLUMNS = (
    "pk", "role", "unit_id", "unit__path", "unit__name", "kle", "purpose", "last_used_date", "account_id",
    "account__person_id", "account__username", "account__person__given_name", "account__person__family_name",
)  # fmt: skip


def system(name: str) -> Actor:
    """The platform itself, doing ``name`` (a dotted code such as "jobs.schedule")."""
    return Actor(account_id=None, person_id=None, name=name, is_system=True)


def actor_of(account: Account, *, now: datetime) -> Actor:
    """The account with the grants that are in force now, its own and those of whom it stands in for.

    Nobody known, where the account is closed. What was opened with break-glass is not among them (see
    :func:`with_emergencies`): background work and keys to the API do not have it.
    """
    if not account.is_active:
        return ANONYMOUS
    today = clock.municipal_date(now)
    grants = Grant.objects.filter(in_force(today))
    own = grants.filter(account=account).values_list(*_COLUMNS)
    lent = grants.filter(
        substitutions__substitute=account,
        substitutions__ended_at=None,
        substitutions__valid_from__lte=today,
        substitutions__valid_to__gt=today,
        account__is_active=True,
    ).values_list(*_COLUMNS)
    held = dict.fromkeys(_held(row, account) for row in own.union(lent, all=True))
    return Actor(account.pk, account.person_id, str(account.person or account.username), tuple(held))


def _held(row: tuple[Any, ...], account: Account) -> Held:
    grant_id, role, unit_id, path, unit_name, kle, purpose, last_used, owner, person_id, username, given, family = row
    name = f"{given} {family}" if person_id else username
    return Held(
        role=role,
        unit_path=path or WHOLE_MUNICIPALITY,
        unit_id=unit_id,
        kle=kle,
        purpose=purpose,
        unit_name=unit_name or "",
        grant_id=grant_id,
        last_used_date=last_used,
        absent=None if owner == account.pk else Absent(owner, person_id, name),
    )


def with_emergencies(actor: Actor, *, now: datetime) -> Actor:
    """The actor with what they have opened with break-glass; only while they still have the right to open it."""
    if actor.account_id is None or not any(not held.is_borrowed for held in actor.holding(BREAK_GLASS)):
        return actor
    rows = BreakGlass.objects.filter(
        account_id=actor.account_id, closed_at=None, opened_at__lte=now, expires_at__gt=now
    ).select_related("unit")
    opened = tuple(
        Held(
            role="",
            unit_path=row.unit.path,
            unit_id=row.unit_id,
            kle="",
            purpose="",
            unit_name=row.unit.name,
            emergency=Emergency(row.pk, row.action, row.reason, row.expires_at),
        )
        for row in rows
        if row.action in declare.breakable()
    )
    return replace(actor, held=(*actor.held, *opened)) if opened else actor
