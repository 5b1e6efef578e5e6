# SPDX-License-Identifier: MPL-2.0
"""What can be refused, said so that it can be shown as it stands."""

from collections.abc import Mapping

from django.utils.translation import gettext as _


class CareError(Exception):
    """The root of the solution's own errors; ``str(error)`` is for the user."""


class PlanNotReady(CareError):
    """The plan is still being made, or could not be made."""

    def __str__(self) -> str:
        return _("The plan is not ready: it is being made, or could not be made.")


class StalePlan(CareError):
    """Somebody has changed the plan since it was shown."""

    def __str__(self) -> str:
        return _("Somebody else has changed the plan in the meantime. It has been fetched anew: try again.")


class PlanStands(CareError):
    """A published or replaced plan is not changed by hand: what was announced is kept."""

    def __str__(self) -> str:
        return _("A plan that has been published is not changed. Copy it, change the copy and publish that.")


class RuleBroken(CareError):
    """A change that no plan can take. ``str()`` tells the rule and the visit."""


class InvalidPlan(CareError):
    """A plan cannot be asked for so. ``str()`` tells what to change."""


class InvalidRow(CareError):
    """Something of a row cannot stand as it was given. ``faults``: field -> what is wrong and what to do."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__()
        self.faults = dict(faults)

    def __str__(self) -> str:
        return " ".join(self.faults.values())
