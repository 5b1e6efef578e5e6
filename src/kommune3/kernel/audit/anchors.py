# SPDX-License-Identifier: MPL-2.0
"""Anchors in a file outside the database: they show that the newest lines were cut off, or all of it replaced.

One anchor a line: ``instant number:digest``. The file is only ever added to, so it may lie where lines can be added
and nothing else (a mounted folder of another machine, ``chattr +a``).
"""

import contextlib
import os
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from kommune3.kernel.audit.log import Anchor, InvalidAnchor, head


class CannotKeep(Exception):
    """The file of anchors cannot be written or read; the message names it."""


def path() -> Path:
    """Where the anchors are kept."""
    return Path(settings.AUDIT_ANCHOR_DIR) / "anchors"


def keep(*, now: datetime) -> Anchor | None:
    """Add the newest line's anchor to the file, on disk when this returns; None where the log is empty or unchanged.

    Raises :class:`CannotKeep`.
    """
    anchor = head()
    if anchor is None or anchor == _newest():
        return None
    line = f"{now.astimezone(UTC).isoformat(timespec='seconds')} {anchor}\n"
    try:
        path().parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path(), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(descriptor, line.encode("ascii"))
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise CannotKeep(f"{path()}: {error.strerror}") from error
    return anchor


def kept() -> list[Anchor]:
    """Every anchor in the file, oldest first. A line that a crash cut short is left out.

    Raises :class:`CannotKeep`, and :class:`InvalidAnchor` for a whole line that is not an anchor.
    """
    try:
        text = path().read_text(encoding="ascii", errors="replace")
    except FileNotFoundError:
        return []
    except OSError as error:
        raise CannotKeep(f"{path()}: {error.strerror}") from error
    found = []
    for line in text.splitlines(keepends=True):
        _instant, _, anchor = line.strip().partition(" ")
        try:
            found.append(Anchor.parse(anchor))
        except InvalidAnchor:
            if line.endswith("\n"):
                raise
    return found


def set_aside(*, now: datetime) -> None:
    """Keep the file under another name: the log that begins now is another one (a restored copy of the database)."""
    with contextlib.suppress(FileNotFoundError):
        path().rename(path().with_name(f"anchors.before-{now.astimezone(UTC):%Y%m%dT%H%M%S.%fZ}"))


def _newest() -> Anchor | None:
    found = kept()
    return found[-1] if found else None
