# SPDX-License-Identifier: MPL-2.0
"""Cases to test with."""

from datetime import date
from decimal import Decimal

from businesscase import Case, Line, Range, Rate

FROM_2013 = Rate(date(2013, 5, 31), date(2021, 1, 7), Decimal("0.04"), Decimal("0.03"), Decimal("0.02"), "test")
FROM_2021 = Rate(date(2021, 1, 7), None, Decimal("0.035"), Decimal("0.025"), Decimal("0.015"), "test")
RATES = (FROM_2013, FROM_2021)
MILLION = 100_000_000  # øre


def line(name: str, *amounts: int | tuple[int, int, int], first: int = 2026, **more: object) -> Line:
    """Amounts from the year ``first`` on, in øre: one number is certain, three are the scenarios."""
    return Line(
        id=name,
        title=name,
        amounts={
            first + offset: Range(*amount) if isinstance(amount, tuple) else Range.certain(amount)
            for offset, amount in enumerate(amounts)
        },
        **({"owner": "Chefen"} | more),  # type: ignore[arg-type]
    )


def case(*lines: Line, base_year: int = 2026, decided: date = date(2026, 3, 1)) -> Case:
    return Case("case", "A case", base_year, decided, lines)


FAXE = case(
    line("investment", 100_000_000, 250_000_000, 750_000_000, 750_000_000, first=2019),
    base_year=2019,
    decided=date(2018, 6, 1),
)
"""The investment proposal ØK-O-204: 1 000, 2 500, 7 500 and 7 500 thousand kroner in 2019-2022."""
