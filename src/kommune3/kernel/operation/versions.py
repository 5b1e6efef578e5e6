# SPDX-License-Identifier: MPL-2.0
"""What is installed: read from the packages themselves, so it is what runs."""

import json
import platform
import re
import sqlite3
from dataclasses import dataclass
from functools import lru_cache
from importlib import metadata
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from kommune3 import __version__

_REQUIREMENT = re.compile(r"^([\w.-]+)(\[[^\]]*\])?\s*([^;]*)")


@dataclass(frozen=True)
class Installed:
    """Versions by name. ``engines`` are the house's own packages, ``libraries`` others' that the platform asks for,
    ``web`` the npm packages the browser gets."""

    platform: str
    python: str
    database: str
    engines: dict[str, str]
    libraries: dict[str, str]
    web: dict[str, str]


def installed() -> Installed:
    """Everything; asks the database for its own version."""
    engines, libraries = _packages()
    return Installed(__version__, platform.python_version(), database(), engines, libraries, _web())


def database() -> str:
    """The database with its version, such as "SQLite 3.40.1"."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            return f"PostgreSQL {cursor.fetchone()[0]}"
    return f"SQLite {sqlite3.sqlite_version}"


@lru_cache(maxsize=1)
def _packages() -> tuple[dict[str, str], dict[str, str]]:
    """What the platform asks for without an extra: the house's own are the ones it pins no version of."""
    engines: dict[str, str] = {}
    libraries: dict[str, str] = {}
    for requirement in metadata.requires("kommune3") or []:
        found = _REQUIREMENT.match(requirement)
        if found is None or "extra ==" in requirement:
            continue
        name, pinned = found.group(1), found.group(3).strip()
        try:
            (libraries if pinned else engines)[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return dict(sorted(engines.items())), dict(sorted(libraries.items()))


@lru_cache(maxsize=1)
def _web() -> dict[str, str]:
    """What the front end was built of, from the file beside its build; nothing where that is not there."""
    path = Path(settings.WEB_DIST_DIR).parent / "package.json"
    try:
        listed = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return dict(sorted(listed.get("dependencies", {}).items()))


@lru_cache(maxsize=1)
def _newest_migrations() -> frozenset[tuple[str, str]]:
    """The last migration of each app, from the files: read once, since anybody may ask and they do not change."""
    return frozenset(MigrationLoader(None).graph.leaf_nodes())


def missing_migrations() -> list[str]:
    """What ``kommune3 migrate`` has not done yet, as ``app.name``. Raises :class:`django.db.DatabaseError`."""
    applied = MigrationRecorder(connection).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in _newest_migrations() - applied.keys())


def count_applied_migrations() -> int:
    """How many migrations the database has been through."""
    return len(MigrationRecorder(connection).applied_migrations())
