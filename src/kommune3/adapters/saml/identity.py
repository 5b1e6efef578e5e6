# SPDX-License-Identifier: MPL-2.0
"""Who a checked assertion is about, and which login that is."""

import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from uuid import UUID

from kommune3.adapters.saml import names, privileges
from kommune3.adapters.saml.assertion import NameId, Statement
from kommune3.adapters.saml.errors import Reason, Refused
from kommune3.adapters.saml.party import Party
from kommune3.kernel.access.from_provider import Claim
from kommune3.kernel.organisation.models import Municipality


@dataclass(frozen=True)
class Identity:
    """What a login needs of an assertion. ``subject``: the persistent UUID; ``cpr``: ten digits, or empty."""

    in_response_to: str
    subject: str
    cpr: str
    claims: tuple[Claim, ...]
    name_id: NameId
    session_index: str
    session_until: datetime | None

    def as_text(self) -> str:
        return json.dumps(asdict(self), default=lambda at: at.isoformat())

    @classmethod
    def from_text(cls, text: str) -> "Identity":
        values = json.loads(text)
        until = values.pop("session_until")
        claims = tuple(
            Claim(
                claim["privilege"],
                tuple(claim["units"]),
                tuple(claim["kle"]),
                claim["cvr"],
                tuple(claim["other_limits"]),
            )
            for claim in values.pop("claims")
        )
        name_id = NameId(**values.pop("name_id"))
        return cls(
            **values,
            claims=claims,
            name_id=name_id,
            session_until=datetime.fromisoformat(until) if until else None,
        )


def identity_of(statement: Statement, *, party: Party) -> Identity:
    """Check who it is and how surely; raises :class:`Refused`."""
    _check_level(statement, party)
    cvr = statement.only(names.CVR)
    own_cvr = Municipality.objects.values_list("cvr", flat=True).first() or ""
    if cvr and cvr != own_cvr:
        raise Refused(Reason.OTHER_AUTHORITY)
    try:
        subject = str(UUID(statement.only(names.UUID)))
    except ValueError as error:
        raise Refused(Reason.NO_IDENTIFIER) from error
    claims = privileges.claims_of(statement.only(names.PRIVILEGES), party=party)
    return Identity(
        in_response_to=statement.in_response_to,
        subject=subject,
        cpr=statement.only(names.CPR),
        # A scope may hold the number of a person; what came as a CVR number has eight digits or none.
        claims=tuple(claim if _is_cvr(claim.cvr) else replace(claim, cvr="?") for claim in claims),
        name_id=statement.name_id,
        session_index=statement.session_index,
        session_until=statement.session_until,
    )


def _is_cvr(cvr: str | None) -> bool:
    return cvr is None or (len(cvr) == 8 and cvr.isdecimal())


def _check_level(statement: Statement, party: Party) -> None:
    """The level of assurance, and of its parts where they are stated, is at least the one demanded."""
    needed = names.LEVELS.index(party.level)
    for name in (names.LOA, names.IAL, names.AAL):
        stated = statement.only(name)
        if not stated and name != names.LOA:
            continue
        if stated not in names.LEVELS or names.LEVELS.index(stated) < needed:
            shown = stated if stated in names.LEVELS else "?"
            raise Refused(Reason.LEVEL_TOO_LOW, f"{name.rpartition('/')[2]} {shown}")
