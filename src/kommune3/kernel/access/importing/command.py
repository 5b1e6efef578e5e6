# SPDX-License-Identifier: MPL-2.0
"""What the two import commands share: a file's name, what is told of it, and in which language."""

from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.translation import gettext as _

from kommune3.kernel import clock
from kommune3.kernel.access.actor import Actor, system
from kommune3.kernel.access.importing.table import MOST_BYTES, Problem, Refused

SHOWN_PROBLEMS = 50


class ImportCommand(BaseCommand):
    """``read_in`` imports the content of a file; ``name`` is how the audit log calls it."""

    name = ""
    read_in: Callable[..., Counter[str]]

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="The CSV file: UTF-8, separated by semicolons or commas.")
        parser.add_argument("--language", default="da", help="Language of what is told: da or en (default: da).")

    def handle(self, *args: Any, file: Path, language: str, **options: Any) -> None:
        with translation.override(language):
            try:
                with file.open("rb") as stream:
                    content = stream.read(MOST_BYTES + 1)
            except OSError as error:
                reason = {"file": file, "reason": error.strerror}
                raise CommandError(_("%(file)s cannot be opened: %(reason)s") % reason) from error
            self._import(file, content, actor=system(self.name), now=clock.now())

    def _import(self, file: Path, content: bytes, *, actor: Actor, now: datetime) -> None:
        try:
            outcomes = self.read_in(actor=actor, now=now, content=content)
        except Refused as refusal:
            for problem in refusal.problems[:SHOWN_PROBLEMS]:
                self.stderr.write(_said(file, problem))
            more = len(refusal.problems) - SHOWN_PROBLEMS
            if more > 0:
                self.stderr.write(_("… and %(count)s more problems.") % {"count": more})
            raise CommandError(str(refusal.message)) from refusal
        self.stdout.write(
            _("%(created)s new, %(changed)s changed, %(unchanged)s as before.")
            % {key: outcomes[key] for key in ("created", "changed", "unchanged")}
        )


def _said(file: Path, problem: Problem) -> str:
    place = f"{file.name}:{problem.line}" if problem.line else file.name
    field = f" {problem.field}" if problem.field else ""
    value = f" “{problem.value}”" if problem.value else ""
    return f"{place}{field}{value}: {problem.message}"
