# SPDX-License-Identifier: MPL-2.0
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kommune3.kernel import clock
from kommune3.kernel.privacy import ledger, replaying


class Command(BaseCommand):
    help = "Erase anew everybody in the erasure ledger whom a restored copy has brought back."
    requires_system_checks = []  # one of them asks for this command

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            count = replaying.replay(now=clock.now(), tell=lambda text: self.stdout.write(f"… {text}"))
        except (ledger.UnreadableLedger, replaying.KeyMissing) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{count} erased anew. Nobody in the erasure ledger is in the database.")
