# SPDX-License-Identifier: MPL-2.0
"""What effects are measured in: units of measure, kinds, and each solution's indicators."""

from kommune3.kernel.effects import units
from kommune3.kernel.effects.models import Kind
from kommune3.kernel.solutions import registry
from scripts.reference.markdown import Page, code, paragraphs, table


def page() -> Page:
    indicators = [
        (code(manifest.key), code(indicator.key), indicator.title, code(indicator.unit))
        for manifest in registry.all_manifests()
        for indicator in manifest.indicators
    ]
    text = paragraphs(
        "## Units of measure",
        "Quantities of different units are never added.",
        table(
            ("Unit", "What is measured", "Symbol", "Decimals shown"),
            ((code(unit.key), unit.title, unit.symbol, unit.decimals) for unit in units.all_units()),
        ),
        "## Kinds",
        "How one knows. Kinds stand side by side and are never added.",
        table(("Kind", "Title"), ((code(kind.value), kind.label) for kind in Kind)),
        "## Indicators",
        table(("Solution", "Indicator", "Title", "Unit"), indicators),
    )
    return Page(
        "effects.md",
        "Effects",
        "What the ledger of effects is kept in. See [the ledger](../explanation/effects.md) for how it is meant.",
        text,
    )
