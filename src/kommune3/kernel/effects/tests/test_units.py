# SPDX-License-Identifier: MPL-2.0
import pytest
from django.utils import translation

from kommune3.kernel.effects import checks, units
from kommune3.kernel.solutions import registry
from kommune3.kernel.solutions.manifest import Indicator, Manifest


def test_kroner_in_the_accounts_and_kroner_for_society_are_two_units() -> None:
    assert units.get(units.DKK_CASH) != units.get(units.DKK_SOCIAL)


def test_an_unknown_unit_is_refused() -> None:
    with pytest.raises(units.UnknownUnit):
        units.get("furlongs")


def test_a_solution_may_declare_a_unit_of_its_own(monkeypatch) -> None:
    monkeypatch.setattr(units, "_units", dict(units._units))
    units.declare(units.MeasureUnit("kwh", "Energy", "kWh", 1))
    assert units.get("kwh").symbol == "kWh"


def test_every_unit_has_a_danish_and_an_english_name() -> None:
    for unit in units.all_units():
        with translation.override("en"):
            english = str(unit.title)
        with translation.override("da"):
            assert str(unit.title) != english


def test_a_manifest_with_an_unknown_unit_or_a_double_key_is_found_when_the_platform_starts(monkeypatch) -> None:
    indicators = (Indicator("a", "A", "km"), Indicator("a", "A", "furlongs"))
    monkeypatch.setattr(registry, "all_manifests", lambda: [Manifest("x", "X", "", "i", indicators=indicators)])
    assert [problem.id for problem in checks.indicators_have_units(None)] == ["effects.E001", "effects.E002"]
