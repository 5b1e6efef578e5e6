# SPDX-License-Identifier: MPL-2.0
from typing import Any

from django.core.management.base import BaseCommand

from kommune3.solutions.fleet.operations import daily


class Command(BaseCommand):
    help = "Make the daily sums that the dashboards read anew from the trips. Days whose trips were purged stay."

    def handle(self, *args: Any, **options: Any) -> None:
        days = daily.mark_everything()
        daily.recount_all()
        self.stdout.write(f"{days} days of bases were counted.")
