# SPDX-License-Identifier: MPL-2.0
"""Who may do what on a day. Solutions ask here about people whom they have reached themselves.

Each answer takes a fixed number of queries, however many people it is about.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from kommune3.kernel.access import lookups, reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.competences.access import EDIT, READ
from kommune3.kernel.competences.models import Competence, Delegation, Held, Kind
from kommune3.kernel.organisation.models import Employment
from kommune3.kernel.organisation.tree import in_force
from kommune3.kernel.people.models import Person


def held(*, person_ids: Collection[UUID], on: date) -> dict[UUID, frozenset[str]]:
    """The codes of what each person may do for any citizen on a day: what they have, and what is delegated for all.

    Every person asked about is in the answer. What is delegated for one citizen is in :func:`held_for`.
    """
    found: defaultdict[UUID, set[str]] = defaultdict(set)
    own = Held.objects.filter(_holds(on), person__in=person_ids).values_list("person_id", "competence__code")
    lent = Delegation.objects.filter(_holds(on), helper__in=person_ids, citizen=None)
    for person_id, code in own.union(lent.values_list("helper_id", "competence__code")):
        found[person_id].add(code)
    return {person_id: frozenset(found[person_id]) for person_id in person_ids}


def held_for(
    *, person_ids: Collection[UUID], citizen_ids: Collection[UUID], on: date
) -> dict[tuple[UUID, UUID], frozenset[str]]:
    """(person, citizen) -> the codes that are delegated to the person for this citizen alone, beside :func:`held`.

    Pairs without any are not in the answer.
    """
    found: defaultdict[tuple[UUID, UUID], set[str]] = defaultdict(set)
    rows = Delegation.objects.filter(_holds(on), helper__in=person_ids, citizen__in=citizen_ids)
    for helper_id, citizen_id, code in rows.values_list("helper_id", "citizen_id", "competence__code"):
        found[helper_id, citizen_id].add(code)
    return {pair: frozenset(codes) for pair, codes in found.items()}


def may(*, person_id: UUID, competence: str, citizen_id: UUID | None, on: date) -> bool:
    """Whether a person may do what the code ``competence`` stands for on a day, for this citizen (None: for any)."""
    own = Held.objects.filter(_holds(on), person=person_id, competence__code=competence)
    for_whom = Q(citizen=None) if citizen_id is None else Q(citizen=None) | Q(citizen=citizen_id)
    lent = Delegation.objects.filter(_holds(on), for_whom, helper=person_id, competence__code=competence)
    return own.exists() or lent.exists()


def holders(*, competence: str, on: date) -> frozenset[UUID]:
    """The persons who may do what the code ``competence`` stands for, for any citizen, on a day."""
    own = Held.objects.filter(_holds(on), competence__code=competence).values_list("person_id", flat=True)
    lent = Delegation.objects.filter(_holds(on), competence__code=competence, citizen=None)
    return frozenset(own.union(lent.values_list("helper_id", flat=True)))


def titles(*, codes: Iterable[str]) -> dict[str, str]:
    """What competences are called: code -> title. A code that nothing in the catalogue has is left out."""
    return dict(Competence.objects.filter(code__in=codes).values_list("code", "title"))


def catalogue() -> QuerySet[Competence]:
    """The competences in use, by title: what services can ask for. They are about nobody."""
    return Competence.objects.filter(is_active=True)


# --- For the pages, as far as an actor may see -----------------------------------------------------------------------


def whole_catalogue() -> QuerySet[Competence]:
    """Every competence, also those no longer in use."""
    return Competence.objects.all()


@transaction.atomic
def look_up(*, actor: Actor, now: datetime, person_id: UUID) -> Person:
    """The person whose competences are shown; that somebody else looked is put on record. Raises NotVisible."""
    people = Person.objects.all() if actor.person_id == person_id else reach.visible(actor, Person, action=READ)
    found = people.filter(pk=person_id).first()
    if found is None:
        raise reach.NotVisible
    lookups.read(actor=actor, now=now, kind="competences.person.read", person_id=person_id, object=found)
    return found


def held_by(actor: Actor, person_id: UUID) -> QuerySet[Held]:
    """What a person has and has had, newest first."""
    return reach.visible(actor, Held).filter(person=person_id).select_related("competence").order_by("-valid_from")


def delegations_of(actor: Actor, person_id: UUID) -> QuerySet[Delegation]:
    """What is and was delegated to a person, newest first; also what one has delegated oneself."""
    within = Q(pk__in=reach.visible(actor, Delegation).values("pk"))
    if actor.person_id == person_id:
        within |= Q(delegator=person_id)
    rows = Delegation.objects.filter(within, Q(helper=person_id) | Q(delegator=person_id))
    return rows.select_related("competence", "delegator", "helper", "citizen").order_by("-valid_from")


def all_held(actor: Actor, *, on: date) -> QuerySet[Held]:
    """Who has what on a day."""
    return reach.visible(actor, Held).filter(_holds(on)).select_related("competence", "person")


def all_delegations(actor: Actor, *, on: date) -> QuerySet[Delegation]:
    """What is delegated to whom on a day."""
    rows = reach.visible(actor, Delegation).filter(_holds(on))
    return rows.select_related("competence", "helper", "delegator", "citizen")


def expiring(actor: Actor, *, on: date, days: int) -> tuple[QuerySet[Held], QuerySet[Delegation]]:
    """What holds on a day and ends within ``days`` after it: held and delegated, earliest first."""
    soon = Q(valid_to__lte=on + timedelta(days=days), withdrawn_from=None)
    return (
        all_held(actor, on=on).filter(soon).order_by("valid_to"),
        all_delegations(actor, on=on).filter(soon).order_by("valid_to"),
    )


def employees(actor: Actor, *, on: date) -> QuerySet[Person]:
    """Whom ``actor`` may give competences, by name: those employed on a day, and never oneself."""
    at_work = Employment.objects.filter(in_force(on)).values("person")
    people = reach.visible(actor, Person, action=EDIT).filter(pk__in=at_work)
    if actor.person_id is not None:
        people = people.exclude(pk=actor.person_id)
    return people.order_by("family_name", "given_name")


def delegators(actor: Actor, *, on: date) -> QuerySet[Person]:
    """Those whom ``actor`` sees to have a task of their own that can be delegated, by name."""
    tasks = reach.visible(actor, Held).filter(_holds(on), competence__kind=Kind.DELEGABLE)
    return Person.objects.filter(pk__in=tasks.values("person")).order_by("family_name", "given_name")


def record_shown(*, actor: Actor, now: datetime, by: Sequence[str], found: int) -> None:
    """Put on record that somebody was shown who can do what."""
    lookups.search(actor=actor, now=now, kind="competences.listed", by=by, found=found)


def record_export(*, actor: Actor, now: datetime, form: str) -> None:
    """Put on record that a list of who can do what left the platform as a file."""
    lookups.export(actor=actor, now=now, kind="competences.exported", form=form)


def _holds(on: date) -> Q:
    return in_force(on) & (Q(withdrawn_from=None) | Q(withdrawn_from__gt=on))
