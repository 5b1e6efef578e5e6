# SPDX-License-Identifier: MPL-2.0
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from kommune3.adapters.celery.app import app, queue_of
from kommune3.kernel.jobs import declare


class Command(BaseCommand):
    help = "Run background jobs whose ids RabbitMQ brings, on this machine. Beside it, one 'kommune3 serve' dispatches."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--queues", default="", help="Only these queues, separated by commas. Default: all.")
        parser.add_argument("--concurrency", type=int, default=settings.JOB_WORKERS, help="Jobs at the same time.")

    def handle(self, *args: Any, **options: Any) -> None:
        queues = [word.strip() for word in options["queues"].split(",") if word.strip()] or list(declare.queues())
        unknown = sorted(set(queues) - set(declare.queues()))
        if unknown:
            raise CommandError(f"No such queue: {', '.join(unknown)}. Queues: {', '.join(declare.queues())}.")
        concurrency = options["concurrency"]
        pool = ["--pool=solo"] if concurrency == 1 else ["--pool=prefork", f"--concurrency={concurrency}"]
        names = ",".join(queue_of(queue) for queue in queues)
        app.worker_main(
            ["worker", f"--queues={names}", "--loglevel=WARNING", "--without-gossip", "--without-mingle", *pool]
        )
