# SPDX-License-Identifier: MPL-2.0
"""The words in which every package says what it keeps about people. Read by ``kernel.privacy``."""

from kommune3.kernel.inventory import grounds
from kommune3.kernel.inventory.declare import (
    Category,
    Record,
    Way,
    Whose,
    not_personal,
    reasons,
    record,
    records,
)
from kommune3.kernel.inventory.holding import unheld
from kommune3.kernel.inventory.retention import Rule, rule, rules
from kommune3.kernel.inventory.subject import ERASED_NAME, Subject

__all__ = [
    "ERASED_NAME",
    "Category",
    "Record",
    "Rule",
    "Subject",
    "Way",
    "Whose",
    "grounds",
    "not_personal",
    "reasons",
    "record",
    "records",
    "rule",
    "rules",
    "unheld",
]
