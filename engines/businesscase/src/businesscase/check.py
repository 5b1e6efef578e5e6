# SPDX-License-Identifier: MPL-2.0
"""The independent checker: every rule and figure of a choice once more, against the rules and not the solver."""

from dataclasses import dataclass

from businesscase.portfolio import Choice, Fund, Status


@dataclass(frozen=True, slots=True)
class Violation:
    """Something that is not as it should be. ``code`` is a stable word; ``message`` is English."""

    code: str
    message: str


def check(fund: Fund, choice: Choice) -> list[Violation]:
    """All rules the choice breaks, and all figures that are not what the choice comes to."""
    if choice.status is Status.INFEASIBLE:
        return []
    found: list[Violation] = []
    chosen = set(choice.chosen)
    by_id = {initiative.id: initiative for initiative in fund.initiatives}
    for name in chosen - by_id.keys():
        found.append(Violation("unknown", f"{name} is not an initiative"))
    chosen &= by_id.keys()
    gain = 0
    spent = dict.fromkeys(fund.limits, 0)
    for name, initiative in by_id.items():
        if name not in chosen:
            if initiative.must:
                found.append(Violation("must", f"{name} is decided and not chosen"))
            continue
        gain += initiative.gain
        for year, cost in initiative.costs.items():
            if cost:
                spent[year] += cost
        for other in initiative.needs:
            if other not in chosen:
                found.append(Violation("needs", f"{name} needs {other}"))
    for exclusion in fund.exclusions:
        together = [name for name in exclusion.ids if name in chosen]
        if len(together) > 1:
            found.append(Violation("exclusion", f"{' and '.join(together)} exclude each other"))
    for synergy in fund.synergies:
        if synergy.first in chosen and synergy.second in chosen:
            gain += synergy.gain
    for year, limit in fund.limits.items():
        if spent[year] > limit:
            found.append(Violation("limit", f"{spent[year]} in {year}, and there are {limit}"))
        if choice.spent.get(year) != spent[year] or choice.left.get(year) != limit - spent[year]:
            found.append(Violation("spent", f"{year}: it comes to {spent[year]}, not {choice.spent.get(year)}"))
    if gain != choice.gain:
        found.append(Violation("gain", f"it comes to {gain}, not {choice.gain}"))
    return found
