# SPDX-License-Identifier: MPL-2.0
import sys
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from kommune3.kernel import clock
from kommune3.kernel.jobs import leases, workers
from kommune3.kernel.jobs.supervisor import Child, Supervisor
from kommune3.kernel.jobs.worker import own_name

STREAMS_END_SECONDS = 5


class Command(BaseCommand):
    help = "Serve the platform: the web server and its workers, kept running and stopped together."
    requires_system_checks = ["restore"]  # the web server it starts runs the others

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--workers", type=int, default=settings.JOB_WORKERS, help="Worker processes for jobs.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            call_command("migrate", check_unapplied=True, verbosity=0)
        except SystemExit:
            raise CommandError("The database is not up to date. Run: kommune3 migrate") from None
        connection.close()
        children = [Child("web", lambda: _web_command(options["host"], options["port"]), essential=True)]
        if settings.JOB_CARRIER:
            children.append(Child("dispatcher", lambda: _worker_command("--dispatch-only")))
        else:
            children += [
                Child(f"worker-{number}", _worker_command, on_death=_recover) for number in range(options["workers"])
            ]
        self.stdout.write(f"http://{options['host']}:{options['port']}  ({len(children) - 1} workers)")
        self.stdout.flush()
        sys.exit(Supervisor(children, stop_seconds=settings.JOB_STOP_SECONDS).run())


def _web_command(host: str, port: int) -> list[str]:
    return [
        sys.executable, "-m", "uvicorn", "kommune3.asgi:application", "--host", host, "--port", str(port),
        "--log-level", "warning", "--no-server-header", "--timeout-graceful-shutdown", str(STREAMS_END_SECONDS),
    ]  # fmt: skip


def _worker_command(*more: str) -> list[str]:
    return [sys.executable, "-m", "kommune3", "worker", "--name", own_name(), *more]


def _recover(arguments: Sequence[str]) -> None:
    """The process is gone, so its jobs need not wait for their lease to run out."""
    name = arguments[arguments.index("--name") + 1]
    leases.recover_worker(name, now=clock.now())
    workers.gone(name)
    connection.close()
