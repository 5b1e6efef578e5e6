# SPDX-License-Identifier: MPL-2.0
"""What the demo's carers may do: assistants everything, most helpers medicine and lifting."""

from datetime import datetime

from kommune3.kernel.access.actor import system
from kommune3.kernel.competences import demo
from kommune3.solutions.care.demo.citizens import CATHETER, INSULIN, LIFT, MEDICINE, WOUNDS
from kommune3.solutions.care.demo.teams import chance_for
from kommune3.solutions.care.models import Carer

_ASSISTANTS = 0.45
_GIVE_MEDICINE = 0.7


def give_competences(carers: list[Carer], *, now: datetime) -> None:
    """Enter in the municipality's register of competences what each carer may do."""
    holders = {carer.person_id: _codes(number) for number, carer in enumerate(carers)}
    demo.seed(actor=system("care.demo"), now=now, holders=holders)


def _codes(number: int) -> list[str]:
    chance = chance_for("competences", number)
    if chance.random() < _ASSISTANTS:
        return ["ssa", LIFT, MEDICINE, INSULIN, WOUNDS, CATHETER]
    return ["ssh", LIFT, MEDICINE] if chance.random() < _GIVE_MEDICINE else ["ssh", LIFT]
