# SPDX-License-Identifier: MPL-2.0
"""Files in a folder, so that a file is there whole or not at all."""

import os
import tempfile
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.files.storage import FileSystemStorage


class FolderStorage(FileSystemStorage):
    """Writes to a temporary file, brings it to disk, and only then gives it its name.

    Django's own storage writes under the final name from the first byte, and leaves half a file when the machine stops.
    """

    def _save(self, name: str, content: File[Any]) -> str:
        target = Path(self.path(name))
        if not target.parent.is_dir():
            target.parent.mkdir(parents=True, exist_ok=True)
            bring_to_disk(target.parent.parent)
        descriptor, temporary = tempfile.mkstemp(prefix=".incoming-", dir=target.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                for chunk in content.chunks():
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).rename(target)
            bring_to_disk(target.parent)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        return name


def bring_to_disk(folder: Path) -> None:
    """The name of a file is on disk when its folder is."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
