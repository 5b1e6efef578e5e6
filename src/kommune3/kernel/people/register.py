# SPDX-License-Identifier: MPL-2.0
"""Looking people up."""

from kommune3.kernel.people import cpr, sealing
from kommune3.kernel.people.models import CPR_SEALED, Person


def _place(person: Person) -> str:
    return CPR_SEALED.place(person)


def set_cpr(person: Person, value: str) -> None:
    """Seal a CPR number into ``person`` (not saved); raises :class:`cpr.InvalidCpr`."""
    digits = cpr.normalised(value)
    person.cpr_sealed = sealing.seal(digits, place=_place(person))
    person.cpr_index = sealing.blind_index(digits, column="people_person.cpr")


def open_cpr(person: Person) -> str | None:
    """The ten digits. Callers show them with a purpose only, and record that they did (``kernel.audit``)."""
    return None if person.cpr_sealed is None else sealing.open_sealed(bytes(person.cpr_sealed), place=_place(person))


def find_by_cpr(value: str) -> Person | None:
    """The person with this CPR number, through the blind index."""
    digests = sealing.blind_indexes(cpr.normalised(value), column="people_person.cpr")
    return Person.objects.filter(cpr_index__in=digests).first()
