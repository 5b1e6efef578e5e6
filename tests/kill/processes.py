# SPDX-License-Identifier: MPL-2.0
"""The processes of a drill, and the platform they work on: started, watched, paused and killed."""

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

HERE = Path(__file__).resolve().parent
POSTGRES = os.environ.get("KOMMUNE3_DATABASE_URL", "").startswith("postgres")
PATIENCE_SECONDS = float(os.environ.get("KOMMUNE3_TEST_PATIENCE_SECONDS", "240"))
"""Longer than the busiest machine needs. Only a drill that fails waits so long."""


# The jobs that a drill asked for: at the half-hour the platform's own schedules put theirs beside them.
SCHEDULED = "substr(coalesce(idempotency_key, ''), 1, 9) = 'schedule:'"
ASKED_FOR = f"(SELECT * FROM jobs_job WHERE NOT {SCHEDULED}) AS asked_for"


class Zygote:
    """The process that starts the others: see ``zygote.py``."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / "zygote.py")], env=environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip

    def order(self, **order: Any) -> Any:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


class Process:
    """A process of the drill, with the words of ``subprocess.Popen``."""

    def __init__(self, zygote: Zygote, pid: int, out: Path, err: Path) -> None:
        self.zygote, self.pid, self.out, self.err = zygote, pid, out, err
        self.returncode: int | None = None

    def poll(self) -> int | None:
        if self.returncode is None:
            self.returncode = self.zygote.order(wait=self.pid)
        return self.returncode

    def wait(self, timeout: float = PATIENCE_SECONDS) -> int:
        until = time.monotonic() + timeout
        while self.poll() is None:
            assert time.monotonic() < until, f"still running after {timeout} s\n{self.complained()}"
            time.sleep(0.02)
        assert self.returncode is not None
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once, with whatever it has started, and wait until it is gone."""
        if self.poll() is None:
            try:
                os.killpg(self.pid, signal.SIGKILL)
            except ProcessLookupError:  # so young that it leads no group yet, and has started nothing
                os.kill(self.pid, signal.SIGKILL)
            self.wait()

    def said(self) -> str:
        return self.out.read_text(errors="replace")

    def lines(self) -> list[str]:
        """What it said in whole lines: the last one may be on its way."""
        return self.said().split("\n")[:-1]

    def complained(self) -> str:
        return self.err.read_text(errors="replace")


class Drill:
    """A platform of its own: a folder, a database, the processes in it, and what carries jobs to its workers."""

    def __init__(self, zygote: Zygote, folder: Path, database: str, settings: dict[str, Any]) -> None:
        self.zygote, self.folder, self.database, self.settings = zygote, folder, database, settings
        self.processes: list[Process] = []

    @property
    def url(self) -> str:
        """The address of the database, as the setting KOMMUNE3_DATABASE_URL takes it."""
        return address_of(self.database) if POSTGRES else f"sqlite:///{self.database}"

    def start(self, *arguments: str, **limits: int) -> Process:
        """Start ``kommune3 …``. ``limits``: of :mod:`resource`, by their names."""
        out, err = (self.folder / f"{len(self.processes)}.{stream}" for stream in ("out", "err"))
        out.touch()
        err.touch()
        pid = self.zygote.order(
            arguments=arguments, database=self.database, settings=self.settings,
            folder=str(self.folder), out=str(out), err=str(err), limits=limits,
        )  # fmt: skip
        self.processes.append(Process(self.zygote, pid, out, err))
        return self.processes[-1]

    def start_worker(self) -> Process:
        """Start a worker that the drill's carrier brings jobs to."""
        if self.settings.get("JOB_CARRIER"):
            return self.start("celery_worker", "--concurrency", "1")
        return self.start("worker")

    def run(self, *arguments: str) -> str:
        """Run ``kommune3 …`` to its end and return what it printed."""
        process = self.start(*arguments)
        assert process.wait() == 0, process.complained()
        return process.said()

    def pause(self, process: Process) -> None:
        """Stop a process, but not in the middle of a transaction: nobody could work while it holds its lock."""

        def paused() -> bool:
            process.send_signal(signal.SIGSTOP)
            if self._nothing_is_locked():
                return True
            process.send_signal(signal.SIGCONT)
            return False

        self.wait_for(paused)

    def _nothing_is_locked(self) -> bool:
        if not POSTGRES:
            with contextlib.closing(sqlite3.connect(self.database, timeout=0, isolation_level=None)) as connection:
                try:
                    connection.execute("BEGIN IMMEDIATE")
                    connection.execute("ROLLBACK")
                except sqlite3.OperationalError:
                    return False
                return True
        return not self.value(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND xact_start IS NOT NULL"
        )

    def wait_until_alone(self) -> None:
        """Wait until the server has noticed that the killed ones are gone; a file notices at once."""
        if POSTGRES:
            self.wait_for(
                lambda: (
                    not self.value(
                        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                        " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
                    )
                )
            )

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Ask the database directly."""
        if not POSTGRES:
            with contextlib.closing(sqlite3.connect(self.database, timeout=PATIENCE_SECONDS)) as connection:
                return connection.execute(query).fetchall()
        import psycopg

        with psycopg.connect(address_of(self.database)) as connection:
            return connection.execute(query).fetchall()

    def value(self, query: str) -> Any:
        return self.rows(query)[0][0]

    def wait_for(self, what: Callable[[], Any], *, seconds: float = PATIENCE_SECONDS) -> Any:
        """Wait until ``what()`` is true, and return it."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if answer := what():
                return answer
            time.sleep(0.05)
        logs = "\n".join(process.complained()[-2000:] for process in self.processes)
        raise AssertionError(f"waited {seconds} s in vain\n{self.rows('SELECT * FROM jobs_job LIMIT 20')}\n{logs}")

    def states(self) -> dict[str, int]:
        return dict(self.rows(f"SELECT state, count(*) FROM {ASKED_FOR} GROUP BY state"))

    def marks(self) -> list[str]:
        return [label for (label,) in self.rows("SELECT label FROM killdrill_mark ORDER BY label")]

    def end(self) -> None:
        for process in self.processes:
            process.send_signal(signal.SIGCONT)
            process.kill()


def address_of(database: str) -> str:
    """The address of another database on the configured PostgreSQL server."""
    return urlunsplit(urlsplit(os.environ["KOMMUNE3_DATABASE_URL"])._replace(path=f"/{database}"))


def on_server(statement: str) -> None:
    """Have the configured PostgreSQL server do something outside any database of a drill."""
    import psycopg

    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            with psycopg.connect(address_of("postgres"), autocommit=True) as connection:
                connection.execute(statement)
                return
        except psycopg.errors.ObjectInUse:  # the database that is copied is just being left by somebody
            if time.monotonic() > until:
                raise
            time.sleep(0.2)
