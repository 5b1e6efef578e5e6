# SPDX-License-Identifier: MPL-2.0
import hashlib
import os
from argparse import ArgumentParser
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import translation

from kommune3.kernel import clock
from kommune3.kernel.demo import seed
from kommune3.kernel.solutions import registry


class Command(BaseCommand):
    help = "Set up the demo municipality, run the solutions' main jobs, and with --serve show it all in the browser."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--serve", action="store_true", help="Serve the pages when all is in place.")
        parser.add_argument("--port", type=int, default=8000, help="The port to serve on (default: 8000).")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override(settings.LANGUAGE_CODE):
            if self._prepare_database():
                with _beside_each_other() as pool:
                    self._seed()
                    _collect_static_files()
                    lines = _main_jobs(pool.map)
            else:
                self._seed()
                _collect_static_files()
                lines = _main_jobs(map)
            self._say(lines, port=options["port"])
        if options["serve"]:
            call_command("serve", port=options["port"])

    def _prepare_database(self) -> bool:
        """Bring the database up to date; False where it was."""
        executor = MigrationExecutor(connection)
        if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return False
        self.stdout.write("Preparing the database …")
        self.stdout.flush()
        call_command("migrate", verbosity=0, interactive=False)
        return True

    def _seed(self) -> None:
        now = clock.now()
        try:
            if seed.seed(now=now):
                self.stdout.write("The demo municipality has moved in.")
            seed.give_second_steps()  # for a demo from before staff needed them
        except seed.RealMunicipality as error:
            raise CommandError(
                "This database holds a real municipality. Give the demo a folder of its own: KOMMUNE3_DATA_DIR=FOLDER"
            ) from error
        for module in _demo_modules():
            module.seed(now=now)
            self.stdout.flush()

    def _say(self, lines: list[str], *, port: int) -> None:
        width = max(len(login.username) for login in seed.LOGINS)
        self.stdout.write("\n" + "\n".join(lines) + ("\n" if lines else ""))
        self.stdout.write(f"Kommune3, {seed.MUNICIPALITY_NAME}: http://localhost:{port}\n\nLog in as (password):")
        for login in seed.LOGINS:
            self.stdout.write(f"  {login.username:<{width}}  {login.password}")
        self.stdout.write(
            "\nEmployees log in with two steps. The demo shows the code that a phone would: choose 'Brug koden' "
            "(use the code)."
        )
        self.stdout.write("")
        self.stdout.flush()


def _beside_each_other() -> ProcessPoolExecutor:
    """Processes that load the platform while this one seeds, so that the main jobs then need not wait for another."""
    pool = ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn"), initializer=django.setup)
    pool.submit(clock.now)  # the first task is what starts them
    return pool


def _main_jobs(each: Callable[..., Iterable[list[str]]]) -> list[str]:
    """Run the main job of every solution, with ``each`` for a map; what they found, in the solutions' order."""
    names = [module.__name__ for module in _demo_modules()]
    return [line for lines in each(_main_job, names) for line in lines]


def _main_job(module: str) -> list[str]:
    lines: list[str] = import_module(module).run_main_job(now=clock.now())
    return lines


def _demo_modules() -> list[Any]:
    """The ``demo`` modules of the solutions that are switched on."""
    active = {manifest.key for manifest in registry.active_manifests()}
    return [
        import_module(f"{config.name}.demo")
        for config in registry.configs()
        if config.manifest.key in active and find_spec(f"{config.name}.demo")
    ]


def _collect_static_files() -> None:
    """Collect the static files, unless none of them has changed since the last time."""
    total = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            file = Path(storage.path(name))
            total.update(f"{name}:{file.stat().st_mtime_ns}:{file.stat().st_size}\n".encode())
    stamp = Path(settings.STATIC_ROOT).with_name("static.stamp")
    if stamp.exists() and stamp.read_text(encoding="ascii") == total.hexdigest():
        return
    call_command("collectstatic", verbosity=0, interactive=False)
    stamp.write_text(total.hexdigest(), encoding="ascii")
