# SPDX-License-Identifier: MPL-2.0
import hashlib
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from kommune3.kernel import clock, files
from kommune3.kernel.access.actor import system


class Command(BaseCommand):
    help = "Store files one by one, and print the SHA-256 of each once it is acknowledged."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("count", type=int)

    def handle(self, *args: Any, **options: Any) -> None:
        for number in range(options["count"]):
            content = f"file {number} ".encode() * 10_000
            files.store(content=content, name=f"{number}.txt", purpose="drill", actor=system("drill"), now=clock.now())
            self.stdout.write(hashlib.sha256(content).hexdigest())
            self.stdout.flush()
