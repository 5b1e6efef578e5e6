# SPDX-License-Identifier: MPL-2.0
"""When, for what and by which unit somebody was looked up: theirs to see, but never by which employee.

Datatilsynet 2024-32-0283: a citizen may be told when and for what purpose, not who in the municipality it was.
"""

from django.db.models import Case, CharField, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import gettext as _

from kommune3.kernel.access import lookups
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.audit.models import Entry
from kommune3.kernel.organisation import tree
from kommune3.kernel.organisation.models import Unit


def own_lookups(actor: Actor) -> QuerySet[Entry]:
    """The lines about the actor's own person that others brought about, the newest first.

    Each with ``what`` (plain words), ``why`` and ``unit_name``, and without a field that tells who it was. Reading them
    is no look-up, and is not put on record.
    """
    if actor.person_id is None:
        return Entry.objects.none()
    kinds = lookups.kinds()
    text: CharField[str, str] = CharField()
    unit = Unit.objects.filter(pk=OuterRef("unit_id")).values("name")[:1]
    return (
        Entry.objects.filter(citizen_id=actor.person_id, actor_id__isnull=False)
        .exclude(actor_id=actor.account_id)
        .annotate(
            what=Case(
                *(When(action=code, then=Value(str(kind.title))) for code, kind in kinds.items()),
                default=Value(_("Your data were used")),
                output_field=text,
            ),
            why=Coalesce(
                NullIf("purpose", Value("")),
                Case(
                    *(When(action=code, then=Value(str(kind.purpose))) for code, kind in kinds.items()),
                    default=Value(""),
                    output_field=text,
                ),
            ),
            unit_name=Coalesce(Subquery(unit), Value(_municipality())),
        )
        .only("number", "at")
        .order_by("-number")
    )


def _municipality() -> str:
    try:
        return tree.municipality().name
    except tree.NoMunicipality:
        return ""
