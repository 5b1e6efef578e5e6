# SPDX-License-Identifier: MPL-2.0
"""Durable background work. The public names of the package; see README.md.

The names are looked up on first use, since Django imports this package before its models can be.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kommune3.kernel.jobs.context import JobContext
    from kommune3.kernel.jobs.declare import durable, queue, schedule
    from kommune3.kernel.jobs.errors import JobCancelled, LeaseLost, PermanentError
    from kommune3.kernel.jobs.models import Job
    from kommune3.kernel.jobs.operations import cancel, enqueue, retry

__all__ = [
    "Job",
    "JobCancelled",
    "JobContext",
    "LeaseLost",
    "PermanentError",
    "cancel",
    "durable",
    "enqueue",
    "queue",
    "retry",
    "schedule",
]

_MODULE_OF = {
    "Job": "models",
    "JobCancelled": "errors",
    "JobContext": "context",
    "LeaseLost": "errors",
    "PermanentError": "errors",
    "cancel": "operations",
    "durable": "declare",
    "enqueue": "operations",
    "queue": "declare",
    "retry": "operations",
    "schedule": "declare",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
