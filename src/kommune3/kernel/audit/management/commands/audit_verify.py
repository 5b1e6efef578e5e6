# SPDX-License-Identifier: MPL-2.0
import contextlib
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, transaction

from kommune3.kernel import clock
from kommune3.kernel.audit import anchors, append_only, log
from kommune3.kernel.audit.models import Entry
from kommune3.kernel.metrics import milestones


class Command(BaseCommand):
    help = "Prove that no line of the audit log was changed, removed, moved, put in or added."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--anchor", help="number:digest of a line, as an earlier run printed it.")
        parser.add_argument(
            "--without-kept-anchors", action="store_true", help="Leave out the anchors that are kept each hour."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        kept = [] if options["without_kept_anchors"] else self._kept()
        try:
            given = [log.Anchor.parse(options["anchor"])] if options["anchor"] else []
        except log.InvalidAnchor as error:
            raise CommandError(f"--anchor {error}: expected number:digest.") from error
        broken = log.verify(anchors=[*kept, *given])
        unguarded = append_only.missing(Entry._meta.db_table)
        outcome = "BROKEN" if broken or unguarded else "OK"
        with (
            contextlib.suppress(DatabaseError),
            transaction.atomic(),
        ):  # a log is also verified where nothing can be written
            milestones.reached(milestones.AUDIT_VERIFIED, at=clock.now(), outcome=outcome)
        if broken is not None:
            raise CommandError(f"The audit log is broken at line {broken.number}: {broken.reason}.")
        if unguarded:
            raise CommandError(f"The database does not refuse {' and '.join(unguarded)} on the audit log.")
        lines = f"{Entry.objects.count()} lines, {len(kept)} kept anchors"
        self.stdout.write(f"The audit log is whole: {lines}. Anchor: {log.head() or '-'}")

    def _kept(self) -> list[log.Anchor]:
        try:
            return anchors.kept()
        except log.InvalidAnchor as error:
            raise CommandError(f"{anchors.path()} holds a line that is not an anchor: {error}") from error
        except anchors.CannotKeep as error:
            raise CommandError(str(error)) from error
