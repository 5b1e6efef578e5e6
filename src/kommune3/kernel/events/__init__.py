# SPDX-License-Identifier: MPL-2.0
"""What happened, told to whoever wants to know. The public names of the package; see README.md.

The names are looked up on first use, since Django imports this package before its models can be.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kommune3.kernel.events.handling import Published, on
    from kommune3.kernel.events.outbox import publish

__all__ = ["Published", "on", "publish"]

_MODULE_OF = {"Published": "handling", "on": "handling", "publish": "outbox"}


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
