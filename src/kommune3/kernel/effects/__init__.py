# SPDX-License-Identifier: MPL-2.0
"""The ledger of gains. The public names of the package; see README.md.

The names are looked up on first use, since Django imports this package before its models can be.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kommune3.kernel.effects.ledger import InvalidEffect, Overlap, UnknownIndicator, overlapping, record
    from kommune3.kernel.effects.models import Effect, Kind
    from kommune3.kernel.effects.queries import Selection, Total, Totals, history, rows, totals

__all__ = [
    "Effect",
    "InvalidEffect",
    "Kind",
    "Overlap",
    "Selection",
    "Total",
    "Totals",
    "UnknownIndicator",
    "history",
    "overlapping",
    "record",
    "rows",
    "totals",
]

_MODULE_OF = {
    "Effect": "models",
    "InvalidEffect": "ledger",
    "Kind": "models",
    "Overlap": "ledger",
    "Selection": "queries",
    "Total": "queries",
    "Totals": "queries",
    "UnknownIndicator": "ledger",
    "history": "queries",
    "overlapping": "ledger",
    "record": "ledger",
    "rows": "queries",
    "totals": "queries",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
