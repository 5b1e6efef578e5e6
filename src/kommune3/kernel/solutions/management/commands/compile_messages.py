# SPDX-License-Identifier: MPL-2.0
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kommune3.kernel.solutions import messages


class Command(BaseCommand):
    help = "Compile each app's Danish texts (locale/da/LC_MESSAGES/django.po) to the .mo files Django reads."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            written = messages.compile_all()
        except messages.UnreadableMessages as error:
            raise CommandError(str(error)) from error
        if options["verbosity"]:
            self.stdout.write(f"{len(written)} files compiled.")
