# SPDX-License-Identifier: MPL-2.0
"""Roles, actions, and what each address needs."""

from collections.abc import Mapping

from kommune3.kernel.access import declare
from scripts.reference.markdown import Page, code, paragraphs, table

_WORDS = {declare.PUBLIC: "nothing: anybody", declare.LOGGED_IN: "a login"}


def needs(rule: declare.PageRule | None) -> str:
    """What an address needs, in words."""
    if rule is None:
        return "refused: nobody declared it"
    if isinstance(rule, Mapping):
        return "; ".join(f"{method}: {needs(action)}" for method, action in rule.items())
    return _WORDS.get(rule, code(rule))


def page() -> Page:
    roles, actions = declare.roles(), declare.all_actions()
    matrix = [
        (code(action), title, *(_right(role, action) for role in roles)) for action, title in sorted(actions.items())
    ]
    addresses = sorted(declare.page_rules().items())
    text = paragraphs(
        "## Roles",
        table(("Role", "Title"), ((code(key), title) for key, title in roles.items())),
        "## Actions and roles",
        "● the role may do it in the units its grant covers · *own* on one's own rows only · empty: may not.",
        table(("Action", "Lets somebody", *roles.values()), matrix),
        "## What each address needs",
        "An address that is not in this table is refused.",
        table(("Address name", "Needs"), ((code(name), needs(rule)) for name, rule in addresses)),
    )
    return Page(
        "access.md",
        "Roles, actions and addresses",
        "A grant gives an account a role, in a unit and everything below it, for a period. What the role may do there "
        "stands here. See [access](../explanation/access.md) for the thinking behind it.",
        text,
    )


def _right(role: str, action: str) -> str:
    held = declare.actions_of(role)
    return "●" if action in held else "own" if f"{action}.own" in held else ""
