# SPDX-License-Identifier: MPL-2.0
"""What the pages of privacy share: the way to each other, and a job's progress."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from kommune3.kernel.access.actor import Actor
from kommune3.kernel.jobs.access import READ
from kommune3.kernel.jobs.models import FINISHED
from kommune3.kernel.privacy import queries
from kommune3.ui.jobs.views import progress_of

Crumb = tuple[str, str]


def crumbs(*above: Crumb) -> list[Crumb]:
    return [(_("Home"), "/"), *above]


def sections(current: str) -> list[tuple[str, str, bool]]:
    """The pages of the data protection officer: title, address, and whether it is this one."""
    pages = (
        (_("Record of processing"), "privacy:record"),
        (_("Retention"), "privacy:retention"),
        (_("Legal hold"), "privacy:holds"),
        (_("Erasures"), "privacy:erasures"),
    )
    return [(title, reverse(name), name == current) for title, name in pages]


def progress(actor: Actor, job_id: Any) -> dict[str, Any] | None:
    """How far a job is, for those who may see jobs; None once it has ended, or for others."""
    row = queries.job_of(actor, job_id) if actor.may(READ) else None
    return None if row is None or row.state in FINISHED else progress_of(row, streamed=True)
