# SPDX-License-Identifier: MPL-2.0
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kommune3.kernel.solutions import messages


class Command(BaseCommand):
    help = "Put each app's new texts into its Danish .po file, empty and ready to be translated, and drop unused ones."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("apps", nargs="*", help="Names of app folders, such as fleet or people. None: all.")

    def handle(self, *args: Any, **options: Any) -> None:
        folders = messages.app_folders()
        unknown = set(options["apps"]) - {folder.name for folder in folders}
        if unknown:
            raise CommandError(f"No app is called {', '.join(sorted(unknown))}.")
        for folder in folders:
            if not options["apps"] or folder.name in options["apps"]:
                missing = messages.update(folder)
                if missing:
                    self.stdout.write(f"{messages.po_file(folder)}: {missing} texts wait for a translation.")
