# SPDX-License-Identifier: MPL-2.0
"""Secrets of a small installation: made once, kept in the data folder, readable by its owner only.

A larger installation gives them through the environment from its own secret store.
"""

import contextlib
import os
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import overload


def kept_secret(folder: Path, name: str) -> str:
    """Return the secret ``name``; make 256 random bits (hex) on the first call.

    The value is written aside and then linked into place, so processes that start together agree on one
    value and none ever reads half of it.
    """
    path = folder / "secrets" / name
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        aside = path.with_name(f"{name}.{os.getpid()}")
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32))
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(aside, path)
        aside.unlink()
    return path.read_text(encoding="ascii").strip()


class KeptRing(Sequence[str]):
    """Keys kept in a file of the data folder, newest first, one a line; made with one key on the first use.

    The file is looked at anew whenever it has changed, so that a running server knows a new key at once.
    """

    def __init__(self, folder: Path, name: str) -> None:
        kept_secret(folder, name)
        self._path = folder / "secrets" / name
        self._stamp: tuple[int, int, int] | None = None
        self._keys: tuple[str, ...] = ()

    def _current(self) -> tuple[str, ...]:
        status = self._path.stat()
        stamp = (status.st_mtime_ns, status.st_ino, status.st_size)
        if stamp != self._stamp:
            self._keys = tuple(self._path.read_text(encoding="ascii").split())
            self._stamp = stamp
        return self._keys

    def __len__(self) -> int:
        return len(self._current())

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[str, ...]: ...
    def __getitem__(self, index: int | slice) -> str | tuple[str, ...]:
        return self._current()[index]

    @property
    def changed_at(self) -> datetime:
        """When a key was last added or forgotten."""
        return datetime.fromtimestamp(self._path.stat().st_mtime, UTC)

    def add(self) -> None:
        """Make a new key and put it first. What the others sealed still opens."""
        self._replace((secrets.token_hex(32), *self._current()))

    def keep(self, keys: Sequence[str]) -> None:
        """Forget every key that is not in ``keys``; what only they sealed is lost."""
        kept = tuple(key for key in self._current() if key in keys)
        if not kept:
            raise ValueError("a ring needs a key")
        self._replace(kept)

    def _replace(self, keys: tuple[str, ...]) -> None:
        aside = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write("\n".join(keys))
            file.flush()
            os.fsync(file.fileno())
        aside.replace(self._path)
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
