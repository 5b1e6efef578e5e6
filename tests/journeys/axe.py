# SPDX-License-Identifier: MPL-2.0
"""Accessibility rules (axe-core), asked of a page as it stands in the browser."""

from pathlib import Path

from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]


def violations(page: Page) -> list[str]:
    """One line for each element that breaks a rule; empty when axe finds nothing.

    The script is evaluated by the browser's debugger, which the page's content security policy does not bind.
    """
    page.evaluate(SOURCE.read_text(encoding="utf-8"))
    found = page.evaluate(
        "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}, resultTypes: ['violations']})", RULES
    )
    return [
        f"{rule['id']}: {node['target']}: {node['failureSummary'].splitlines()[-1].strip()}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]
