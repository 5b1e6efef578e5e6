# SPDX-License-Identifier: MPL-2.0
from typing import Any

from django.core.management.base import BaseCommand

from kommune3.kernel.privacy.tasks import scrub_database


class Command(BaseCommand):
    help = "Write the database's file anew, so that nothing of removed rows is left in it. Needs room for a copy of it."

    def handle(self, *args: Any, **options: Any) -> None:
        scrub_database()
        self.stdout.write("Nothing of removed rows is left in the database's file.")
