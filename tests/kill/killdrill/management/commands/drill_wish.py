# SPDX-License-Identifier: MPL-2.0
import json
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from killdrill.models import Wish
from kommune3.kernel import clock, events, jobs
from kommune3.kernel.access.actor import system
from kommune3.kernel.jobs.declare import task_named


class Command(BaseCommand):
    help = "Make wishes, each with its job (or its event) in one transaction; print each label once it is committed."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("prefix")
        parser.add_argument("--count", type=int, default=1)
        parser.add_argument("--task", default="small_mark", help="A task of the drill, or 'event'.")
        parser.add_argument("--kwargs", type=json.loads, default={})
        parser.add_argument("--pause", type=float, default=0.0, help="Seconds between two wishes.")

    def handle(self, *args: Any, **options: Any) -> None:
        for number in range(options["count"]):
            label = f"{options['prefix']}-{number}"
            with transaction.atomic():
                Wish.objects.create(label=label)
                if options["task"] == "event":
                    events.publish("killdrill.wished", {"label": label}, now=clock.now())
                else:
                    task = task_named(f"killdrill.tasks.{options['task']}")
                    kwargs = {"label": label, **options["kwargs"]}
                    jobs.enqueue(task, kwargs, actor=system("killdrill"), now=clock.now(), title=label)
            self.stdout.write(label)
            self.stdout.flush()
            time.sleep(options["pause"])
