# SPDX-License-Identifier: MPL-2.0
"""Stored files. The public names of the package; see README.md.

The names are looked up on first use, since Django imports this package before its models can be.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kommune3.kernel.files.keeping import (
        FileTooLarge,
        NotStored,
        StorageFull,
        WrongType,
        get,
        open_file,
        remove,
        store,
        visible,
    )
    from kommune3.kernel.files.models import StoredFile
    from kommune3.kernel.files.purposes import purpose

__all__ = [
    "FileTooLarge",
    "NotStored",
    "StorageFull",
    "StoredFile",
    "WrongType",
    "get",
    "open_file",
    "purpose",
    "remove",
    "store",
    "visible",
]

_MODULE_OF = dict.fromkeys(__all__, "keeping") | {"StoredFile": "models", "purpose": "purposes"}


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
