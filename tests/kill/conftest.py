# SPDX-License-Identifier: MPL-2.0
"""Kill drills: real processes on a real database that are killed, stopped and started again.

They run on SQLite, or on the server of KOMMUNE3_DATABASE_URL where that names a PostgreSQL.
"""

import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

import kombu
import pytest
from kill.processes import HERE, POSTGRES, Drill, Zygote, address_of, on_server

BROKER = os.environ.get("KOMMUNE3_CELERY_BROKER_URL", "amqp://guest:guest@127.0.0.1:5672//")


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What every process of a drill finds in its environment."""
    folder = tmp_path_factory.mktemp("kill")
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, [str(HERE), os.environ.get("PYTHONPATH")])),
        "DJANGO_SETTINGS_MODULE": "killdrill.settings",
        "KOMMUNE3_DATA_DIR": str(folder),
        "KOMMUNE3_DATABASE_URL": address_of("postgres") if POSTGRES else f"sqlite:///{folder / 'none.sqlite3'}",
        "KOMMUNE3_LIMIT_API": "0",
        "KOMMUNE3_LIMIT_API_ADDRESS": "0",
        "KOMMUNE3_JOB_LEASE_SECONDS": "2",
        "KOMMUNE3_JOB_RETRY_SECONDS": "1",
        "KOMMUNE3_JOB_STOP_SECONDS": "2",
        "KOMMUNE3_CELERY_BROKER_URL": BROKER,
        "KOMMUNE3_CELERY_QUEUE_PREFIX": f"killdrill-{secrets.token_hex(4)}",
    }


@pytest.fixture(scope="session")
def zygote(environment: dict[str, str]) -> Iterator[Zygote]:
    zygote = Zygote(environment)
    yield zygote
    zygote.process.kill()
    zygote.process.wait()


@pytest.fixture(scope="session")
def migrated(zygote: Zygote, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The name (or file) of an empty, migrated database, to be copied."""
    folder = tmp_path_factory.mktemp("migrated")
    name = f"killdrill_{secrets.token_hex(4)}" if POSTGRES else str(folder / "kommune3.sqlite3")
    if POSTGRES:
        on_server(f"CREATE DATABASE {name}")
    try:
        Drill(zygote, folder, name, {}).run("migrate", "--run-syncdb", "-v0", "--skip-checks")
        yield name
    finally:
        if POSTGRES:
            on_server(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["rows", "celery"])
def carrier(request: pytest.FixtureRequest) -> str:
    """What brings jobs to the workers. Celery only where a broker answers."""
    if request.param == "celery" and not _broker_answers():
        pytest.skip(f"no RabbitMQ answers at {BROKER}")
    return str(request.param)


@pytest.fixture
def let_go(tmp_path: Path) -> Path:
    """The file that the drill's long jobs wait for."""
    return tmp_path / "let-go"


@pytest.fixture
def drill(zygote: Zygote, migrated: str, carrier: str, environment: dict[str, str], tmp_path: Path) -> Iterator[Drill]:
    """A platform with an empty database and queues of its own at the broker."""
    name = f"killdrill_{secrets.token_hex(4)}" if POSTGRES else str(tmp_path / "kommune3.sqlite3")
    if POSTGRES:
        on_server(f"CREATE DATABASE {name} TEMPLATE {migrated}")
    else:
        shutil.copy(migrated, name)
    settings = {"JOB_CARRIER": carrier} if carrier != "rows" else {}
    drill = Drill(zygote, tmp_path, name, settings)
    try:
        if settings:
            drill.start("worker", "--dispatch-only")
        yield drill
    finally:
        drill.end()
        if POSTGRES:
            on_server(f"DROP DATABASE {name} WITH (FORCE)")
        if settings:
            empty_the_broker(environment)


@pytest.fixture
def bare(zygote: Zygote, tmp_path: Path) -> Iterator[Drill]:
    """A platform whose database has no tables yet."""
    name = f"killdrill_{secrets.token_hex(4)}" if POSTGRES else str(tmp_path / "bare.sqlite3")
    if POSTGRES:
        on_server(f"CREATE DATABASE {name}")
    drill = Drill(zygote, tmp_path, name, {})
    try:
        yield drill
    finally:
        drill.end()
        if POSTGRES:
            on_server(f"DROP DATABASE {name} WITH (FORCE)")


def with_folder(drill: Drill, folder: Path) -> Drill:
    """The drill with a data folder of its own, as every installation has."""
    folder.mkdir()
    drill.settings |= {
        "DATA_DIR": str(folder),
        "STORAGES": {
            "default": {
                "BACKEND": "kommune3.kernel.files.storage.FolderStorage",
                "OPTIONS": {"location": str(folder / "files")},
            },
            "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
        },
    }
    return drill


@pytest.fixture
def old(drill: Drill, tmp_path: Path) -> Drill:
    """The platform that is copied."""
    return with_folder(drill, tmp_path / "old")


@pytest.fixture
def new(bare: Drill, tmp_path: Path) -> Drill:
    """A machine with nothing on it."""
    return with_folder(bare, tmp_path / "new")


@pytest.fixture
def key(tmp_path: Path) -> str:
    path = tmp_path / "backup.key"
    path.write_text(secrets.token_hex(32) + "\n")
    return str(path)


def _broker_answers() -> bool:
    try:
        with kombu.Connection(BROKER, connect_timeout=10) as connection:
            connection.connect()
    except (OSError, *kombu.Connection(BROKER).connection_errors):
        return False
    return True


def empty_the_broker(environment: dict[str, str]) -> None:
    """Remove the drill's queues, as a broker that lost its disk would have."""
    with kombu.Connection(BROKER) as connection, connection.channel() as channel:
        for queue in ("default", "events", "optimisation"):
            channel.queue_delete(f"{environment['KOMMUNE3_CELERY_QUEUE_PREFIX']}.{queue}")
