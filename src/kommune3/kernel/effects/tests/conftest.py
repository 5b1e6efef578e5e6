# SPDX-License-Identifier: MPL-2.0
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from kommune3.kernel import effects
from kommune3.kernel.access.actor import system
from kommune3.kernel.effects import units as measures
from kommune3.kernel.solutions import registry
from kommune3.kernel.solutions.manifest import Indicator, Manifest

MANIFEST = Manifest(
    key="carpool",
    title="Carpool",
    summary="",
    icon="directions-car",
    indicators=(
        Indicator("fewer_cars_dkk", "Cheaper fleet", measures.DKK_CASH),
        Indicator("time_dkk", "Worth of time", measures.DKK_SOCIAL),
        Indicator("km", "Fewer kilometres", measures.KM),
    ),
)


@pytest.fixture(autouse=True)
def carpool(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "all_manifests", lambda: [MANIFEST])


@pytest.fixture
def recorded(now: datetime, db: None) -> Callable[..., effects.Effect]:
    """``recorded(quantity="100", …)``: a proven gain of 2026 in the whole municipality, but for what is said."""

    def record(**changes: Any) -> effects.Effect:
        values: dict[str, Any] = {
            "solution": "carpool",
            "indicator": "fewer_cars_dkk",
            "unit": None,
            "period_start": date(2026, 1, 1),
            "period_end": date(2027, 1, 1),
            "quantity": "100",
            "kind": effects.Kind.PROVEN,
            "source": "run-1",
            "actor": system("tests"),
            "now": now,
        } | changes
        values["quantity"] = Decimal(values["quantity"])
        return effects.record(**values)

    return record
