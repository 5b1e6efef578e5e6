# SPDX-License-Identifier: MPL-2.0
"""What lies on the disk, and what room there is left. Sizes in bytes."""

import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.models import Count, Sum

from kommune3.kernel.files.models import StoredFile


@dataclass(frozen=True)
class Purpose:
    """The stored files of one purpose."""

    purpose: str
    count: int
    size: int


@dataclass(frozen=True)
class Storage:
    """``log_size``: what the database's write-ahead log takes besides (SQLite); 0 where the server keeps it."""

    database_size: int
    log_size: int
    purposes: list[Purpose]
    disk_free: int
    disk_total: int

    @property
    def files_count(self) -> int:
        return sum(purpose.count for purpose in self.purposes)

    @property
    def files_size(self) -> int:
        return sum(purpose.size for purpose in self.purposes)


def measured() -> Storage:
    """Everything at once. Raises :class:`django.db.DatabaseError`, and OSError where the data folder is gone."""
    sums = StoredFile.objects.values_list("purpose").annotate(n=Count("pk"), size=Sum("size")).order_by("purpose")
    database_size, log_size = _database_sizes()
    disk = shutil.disk_usage(settings.DATA_DIR)
    return Storage(
        database_size, log_size, [Purpose(purpose, n, size or 0) for purpose, n, size in sums], disk.free, disk.total
    )


def _database_sizes() -> tuple[int, int]:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            return int(cursor.fetchone()[0]), 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
        size = int(cursor.fetchone()[0])
    log = Path(f"{connection.settings_dict['NAME']}-wal")
    return size, log.stat().st_size if log.exists() else 0


def disk_free() -> int:
    """Room on the disk of the data folder. Raises OSError."""
    return shutil.disk_usage(settings.DATA_DIR).free


def write_and_remove() -> None:
    """Put a small file on the disk of the data folder and take it away again. Raises OSError."""
    with tempfile.TemporaryFile(dir=settings.DATA_DIR, prefix=".health-") as trial:
        trial.write(b"k3" * 2048)
        trial.flush()
        os.fsync(trial.fileno())
