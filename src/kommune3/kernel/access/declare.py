# SPDX-License-Identifier: MPL-2.0
"""What kernel packages and solutions declare in their ``access.py``: actions, roles, pages and the reach of rows.

Declared while Django starts, read-only afterwards. What is not declared is refused.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.core.exceptions import ImproperlyConfigured
from django.db.models import Model
from django.utils.functional import Promise

Text = str | Promise

PUBLIC = "*public"  # anybody, also without a login
LOGGED_IN = "*logged-in"  # anybody with a login

PageRule = str | Mapping[str, str]


@dataclass(frozen=True)
class Scope:
    """How a model's rows are reached.

    ``read``: the action that shows them. ``unit``: look-up of the path of the row's unit (None: the rows belong to no
    unit, so a grant on any unit reaches them). ``person``: look-up of the person whose own row it is. ``kle``: look-up
    of its KLE number (None: the rows belong to no field of work, so a grant narrowed to one reaches them). ``many``: a
    look-up goes through rows of which there may be several, such as employments. ``wall``: further look-ups of persons
    who get to the row in some other way than through a grant, for row-level security (``row_security``) alone.
    """

    read: str
    unit: str | None = None
    person: str | None = None
    kle: str | None = None
    many: bool = False
    wall: tuple[str, ...] = ()


_actions: dict[str, Text] = {}
_role_titles: dict[str, Text] = {}
_role_actions: dict[str, set[str]] = {}
_pages: dict[str, PageRule] = {}
_scopes: dict[type[Model], Scope] = {}
_breakable: set[str] = set()


def actions(titles: Mapping[str, Text]) -> None:
    """Declare actions: dotted code -> what it lets somebody do."""
    _actions.update(titles)


def role(key: str, *, title: Text | None = None, may: Iterable[str] = ()) -> None:
    """Declare the role ``key``, or give more actions to it. An action may be narrowed to own rows by ``.own``."""
    if title is not None:
        _role_titles[key] = title
    for action in may:
        if action.removesuffix(".own") not in _actions:
            raise ImproperlyConfigured(f"role {key}: the action {action} is not declared")
        _role_actions.setdefault(key, set()).add(action)


def pages(rules: Mapping[str, PageRule]) -> None:
    """Declare what each URL name needs: an action, PUBLIC, LOGGED_IN, or one of them per HTTP method."""
    _pages.update(rules)


def scope(model: type[Model], rule: Scope) -> None:
    """Declare how rows of ``model`` are reached."""
    _scopes[model] = rule


def break_glass(codes: Iterable[str]) -> None:
    """Declare actions that may be opened in an emergency: such as only show something."""
    for action in codes:
        if action not in _actions:
            raise ImproperlyConfigured(f"break-glass: the action {action} is not declared")
        _breakable.add(action)


def breakable() -> dict[str, Text]:
    """The actions that may be opened in an emergency: code -> title."""
    return {code: title for code, title in _actions.items() if code in _breakable}


def scopes() -> dict[type[Model], Scope]:
    """Every declared reach of rows, by model."""
    return dict(_scopes)


def roles() -> dict[str, Text]:
    """Every role: key -> title."""
    return dict(_role_titles)


def all_actions() -> dict[str, Text]:
    """Every action: code -> title."""
    return dict(_actions)


def actions_of(role_key: str) -> frozenset[str]:
    """The actions of a role; none for a role that no installed solution declares."""
    return frozenset(_role_actions.get(role_key, ()))


def page_rules() -> dict[str, PageRule]:
    """Every declared URL name and what it needs."""
    return dict(_pages)


def needed(url_name: str, method: str) -> str | None:
    """What the URL needs for this HTTP method; None where nothing is declared, which means: refuse."""
    rule = _pages.get(url_name)
    if rule is None or isinstance(rule, str):
        return rule
    return rule.get("GET" if method in ("HEAD", "OPTIONS") else method)


def scope_of(model: type[Model]) -> Scope:
    """The declared reach of a model; raises LookupError."""
    try:
        return _scopes[model]
    except KeyError:
        raise LookupError(f"{model.__name__} is not declared: rows cannot be reached on behalf of a user") from None
