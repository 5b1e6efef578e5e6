# SPDX-License-Identifier: MPL-2.0
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kommune3.kernel.jobs import declare
from kommune3.kernel.jobs.worker import Worker


class Command(BaseCommand):
    help = "Run background jobs until stopped. Start as many as you want to run at the same time."
    requires_system_checks = ["restore"]  # pages are checked elsewhere; a worker that restarts is quick

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--queues", default="", help="Only these queues, separated by commas. Default: all.")
        parser.add_argument("--name", default="", help="Name of this worker, never used before. Default: made up.")
        parser.add_argument(
            "--dispatch-only",
            action="store_true",
            help="Run no job: only recover lost ones, fire schedules and announce jobs to the carrier.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        queues = [word.strip() for word in options["queues"].split(",") if word.strip()]
        unknown = sorted(set(queues) - set(declare.queues()))
        if unknown:
            raise CommandError(f"No such queue: {', '.join(unknown)}. Queues: {', '.join(declare.queues())}.")
        Worker(name=options["name"], queues=queues, dispatch_only=options["dispatch_only"]).run_until_stopped()
