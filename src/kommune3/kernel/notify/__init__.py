# SPDX-License-Identifier: MPL-2.0
"""Messages to people. The public names of the package; see README.md.

The names are looked up on first use, since Django imports this package before its models can be.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kommune3.kernel.notify.models import Level, Notification
    from kommune3.kernel.notify.reading import inbox, mark_all_read, mark_read, unread_count
    from kommune3.kernel.notify.recipients import HoldersOf, LeaderOf
    from kommune3.kernel.notify.sending import InvalidMessage, send

__all__ = [
    "HoldersOf",
    "InvalidMessage",
    "LeaderOf",
    "Level",
    "Notification",
    "inbox",
    "mark_all_read",
    "mark_read",
    "send",
    "unread_count",
]

_MODULE_OF = {
    "HoldersOf": "recipients",
    "InvalidMessage": "sending",
    "LeaderOf": "recipients",
    "Level": "models",
    "Notification": "models",
    "inbox": "reading",
    "mark_all_read": "reading",
    "mark_read": "reading",
    "send": "sending",
    "unread_count": "reading",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
