# SPDX-License-Identifier: MPL-2.0
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from kommune3.kernel.access.row_security import policies


class Command(BaseCommand):
    help = (
        "Row-level security on PostgreSQL. With --role, run as the tables' owner: make the policies for the role that "
        "the platform runs as. Without: check that they hold for the role that is connected."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--role", help="The role the platform runs as. It must not own the tables.")
        parser.add_argument("--remove", action="store_true", help="Take every policy away.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with transaction.atomic():
                if options["remove"]:
                    policies.remove()
                    self.stdout.write("There are no policies any more.")
                elif options["role"]:
                    count = policies.apply(role=options["role"])
                    self.stdout.write(f"{count} tables show {options['role']} only what the one who asks may see.")
                else:
                    self._check()
        except policies.NotOnPostgreSQL:
            raise CommandError("Row-level security needs PostgreSQL.") from None

    def _check(self) -> None:
        problems = policies.problems()
        if problems:
            raise CommandError("\n".join(problems))
        self.stdout.write(f"The policies of {len(policies.policies())} tables hold for this role.")
