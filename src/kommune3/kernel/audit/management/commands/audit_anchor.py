# SPDX-License-Identifier: MPL-2.0
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kommune3.kernel import clock
from kommune3.kernel.audit import anchors, log


class Command(BaseCommand):
    help = "Keep an anchor of the audit log now, besides those that are kept each hour, and print it."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            anchors.keep(now=clock.now())
        except (anchors.CannotKeep, log.InvalidAnchor) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(str(log.head() or "-"))
