# SPDX-License-Identifier: MPL-2.0
"""What can go wrong with a job, and what is kept of it."""

import traceback
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

import kommune3

_SOURCE_DIR = Path(kommune3.__file__).resolve().parent.parent


class LeaseLost(Exception):
    """Another worker has the job, or it was finished or removed: nothing of this attempt was written."""

    def __init__(self) -> None:
        super().__init__("The lease of the job was lost; nothing of this attempt was written.")


class JobCancelled(Exception):
    """Somebody cancelled the job: nothing of this attempt was written."""

    def __init__(self) -> None:
        super().__init__("The job was cancelled.")


class PermanentError(Exception):
    """Raised by a task when trying again cannot help. The message is shown: no personal data in it."""


class JobTimeout(Exception):
    """The task ran longer than it declared."""

    def __init__(self, minutes: float) -> None:
        super().__init__(_("The job took longer than the %(minutes)g minutes it may take.") % {"minutes": minutes})


class UnknownTask(PermanentError):
    """The job's task is not in this version of the program."""

    def __init__(self, dotted: str) -> None:
        super().__init__(_("The task “%(task)s” is not in this version of Kommune3.") % {"task": dotted})


class KeyAlreadyUsed(ValueError):
    """The idempotency key belongs to a job of another task."""

    def __init__(self, key: str, task: str) -> None:
        super().__init__(f"The idempotency key {key!r} belongs to a job of the task {task}.")


class NobodyAnswers(ValueError):
    """A job needs an actor: an account, or ``actor.system("…")``."""

    def __init__(self, task: str) -> None:
        super().__init__(f"{task}: a job is started by an account or by actor.system(…), not by an unknown visitor.")


class NotPossible(Exception):
    """The job is not in a state where this can be done. The message is for the user."""


def describe(error: BaseException, *, message: str) -> dict[str, Any]:
    """What is kept of an exception: its type, ``message``, and where it happened, without any value.

    The text of an exception may quote a person's data, so it is left out unless the caller vouches for it and gives
    it as ``message``. Each frame is "file:line function".
    """
    steps = traceback.extract_tb(error.__traceback__)
    frames = [f"{_within_source(step.filename)}:{step.lineno} {step.name}" for step in steps]
    cause = error.__cause__ or error.__context__
    return {
        "type": _dotted(error),
        "message": message,
        "frames": frames[-40:],
        "cause": _dotted(cause) if cause is not None else "",
    }


def _dotted(error: BaseException) -> str:
    return f"{type(error).__module__}.{type(error).__qualname__}"


def _within_source(filename: str) -> str:
    path = Path(filename)
    for root in (_SOURCE_DIR, *path.parents):
        if (root == _SOURCE_DIR or root.name == "site-packages") and path.is_relative_to(root):
            return str(path.relative_to(root))
    return path.name
