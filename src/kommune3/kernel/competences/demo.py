# SPDX-License-Identifier: MPL-2.0
"""A believable catalogue for home care, and who has what of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from kommune3.kernel import clock
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.competences.models import Competence, Held, Kind
from kommune3.kernel.competences.operations import CompetenceValues, HeldValues, add_competence, give

CATALOGUE = {
    # code: (title, kind, days for which it is given, None: without end; source)
    "ssh": ("Social- og sundhedshjælper", Kind.COMPETENCE, None, "Uddannelsesbevis"),
    "ssa": ("Social- og sundhedsassistent", Kind.COMPETENCE, None, "Autorisation"),
    "sygeplejerske": ("Sygeplejerske", Kind.COMPETENCE, None, "Autorisation"),
    "forflytning": ("Forflytning med lift", Kind.COMPETENCE, 730, "Kursus i forflytning"),
    "demens": ("Demens", Kind.COMPETENCE, None, "Kursus i demens"),
    "palliation": ("Palliation", Kind.COMPETENCE, None, "Kursus i palliation"),
    "koerekort": ("Kørekort (kategori B)", Kind.COMPETENCE, None, "Kørekort set"),
    "medicin": ("Medicin, givning", Kind.DELEGABLE, 730, "Medicinkursus"),
    "medicin-dosering": ("Medicin, dosering", Kind.DELEGABLE, 730, "Medicinkursus"),
    "insulin": ("Insulin", Kind.DELEGABLE, 365, "Oplæring i insulin"),
    "saar": ("Sårpleje", Kind.DELEGABLE, 730, "Kursus i sårpleje"),
    "kateter": ("Kateter", Kind.DELEGABLE, 365, "Oplæring i kateter"),
    "sonde": ("Sonde", Kind.DELEGABLE, 365, "Oplæring i sonde"),
    "stomi": ("Stomi", Kind.DELEGABLE, 365, "Oplæring i stomi"),
    "kompression": ("Kompressionsbehandling", Kind.DELEGABLE, None, "Oplæring i kompression"),
    "ilt": ("Ilt", Kind.DELEGABLE, 365, "Oplæring i ilt"),
}


def seed(*, actor: Actor, now: datetime, holders: Mapping[UUID, Sequence[str]]) -> None:
    """Fill the catalogue, and give each person the codes that ``holders`` says. What is there already stays.

    Given so that some end within the next weeks, and none before: the persons' order decides, so it is the same each
    time. Raises KeyError for a code that the catalogue lacks.
    """
    known = {row.code: row.pk for row in Competence.objects.all()}
    for code, (title, kind, _days, _source) in CATALOGUE.items():
        if code not in known:
            values = CompetenceValues(code=code, title=title, kind=kind)
            known[code] = add_competence(actor=actor, now=now, values=values).pk
    today = clock.municipal_date(now)
    has = set(Held.objects.filter(person__in=holders).values_list("person_id", "competence__code"))
    for number, (person_id, codes) in enumerate(holders.items()):
        for code in codes:
            if (person_id, code) in has:
                continue
            _title, _kind, days, source = CATALOGUE[code]
            valid_from = today - timedelta(days=20 + number * 37 % ((days or 1500) - 40))
            valid_to = None if days is None else valid_from + timedelta(days=days)
            values_held = HeldValues(competence_id=known[code], valid_from=valid_from, valid_to=valid_to, source=source)
            give(actor=actor, now=now, person_id=person_id, values=values_held)
