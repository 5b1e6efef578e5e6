# SPDX-License-Identifier: MPL-2.0
"""What the keys in the ledger are called."""

from django.utils.functional import Promise

from kommune3.kernel.solutions import registry

Text = str | Promise


def solution_title(key: str) -> Text:
    """The solution's title; the key where it is no longer installed."""
    try:
        return registry.manifest_of(key).title
    except registry.UnknownSolution:
        return key


def indicator_title(solution: str, key: str) -> Text:
    """The indicator as its solution calls it; the key where the solution no longer has it."""
    try:
        indicators = registry.manifest_of(solution).indicators
    except registry.UnknownSolution:
        return key
    return next((indicator.title for indicator in indicators if indicator.key == key), key)
