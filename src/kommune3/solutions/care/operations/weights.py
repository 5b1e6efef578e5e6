# SPDX-License-Identifier: MPL-2.0
"""What a plan weighs: sets with a date from which they hold, where it was decided, and by whom."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.audit import log
from kommune3.kernel.clock import municipal_date
from kommune3.solutions.care.errors import InvalidRow
from kommune3.solutions.care.models import Plan, WeightSet
from kommune3.solutions.care.operations import rows

EDIT = "care.weights.edit"


def in_force(*, on: date) -> WeightSet | None:
    """The set that holds on a day; None where the municipality has not decided any."""
    return WeightSet.objects.filter(valid_from__lte=on).order_by("-valid_from").first()


@transaction.atomic
def save_weights(*, actor: Actor, now: datetime, weights: WeightSet) -> WeightSet:
    """Make a set that holds from today or later, or correct one that does not hold yet.

    What has held is kept as it was, so that a plan can be told by the weights of its day. Raises
    :class:`InvalidRow`, ``Forbidden``.
    """
    reach.require(actor, EDIT)
    today = municipal_date(now)
    if weights.pk is not None and reach.get(actor, WeightSet, weights.pk).valid_from < today:
        raise InvalidRow({"": _("A set that has held is not changed. Make a new one that holds from today or later.")})
    if weights.valid_from < today and WeightSet.objects.exists():
        raise InvalidRow({"valid_from": _("Weights hold from today at the earliest.")})
    if WeightSet.objects.filter(valid_from=weights.valid_from).exclude(pk=weights.pk).exists():
        raise InvalidRow({"valid_from": _("There is a set from this day already. Change that one.")})
    weights.set_by_name, weights.set_at = "Kommune3" if actor.is_system else actor.name, now
    rows.save(actor=actor, now=now, row=weights, action="care.weights.saved", unit_id=None)
    return weights


@transaction.atomic
def remove_weights(*, actor: Actor, now: datetime, weights_id: int) -> None:
    """Take back a set that does not hold yet."""
    reach.require(actor, EDIT)
    weights = reach.get(actor, WeightSet, weights_id)
    if weights.valid_from <= municipal_date(now) or Plan.objects.filter(weights=weights).exists():
        raise InvalidRow({"": _("The set holds, or plans were made by it. Make a new one instead.")})
    log.record(
        actor=actor, action="care.weights.removed", now=now, object=weights,
        detail={"valid_from": str(weights.valid_from)},
    )  # fmt: skip
    weights.delete()
