# SPDX-License-Identifier: MPL-2.0
from typing import Any

from django.core.checks import CheckMessage, Error

from kommune3.kernel.effects import units
from kommune3.kernel.solutions import registry


def indicators_have_units(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Every indicator of every manifest is measured in a declared unit, and has a key of its own."""
    known = {unit.key for unit in units.all_units()}
    problems: list[CheckMessage] = []
    for manifest in registry.all_manifests():
        keys = [indicator.key for indicator in manifest.indicators]
        problems += [
            Error(f"{manifest.key}: indicator {indicator.key} has the unknown unit {indicator.unit}", id="effects.E001")
            for indicator in manifest.indicators
            if indicator.unit not in known
        ]
        problems += [
            Error(f"{manifest.key}: indicator {key} is declared twice", id="effects.E002")
            for key in sorted({key for key in keys if keys.count(key) > 1})
        ]
    return problems
