# SPDX-License-Identifier: MPL-2.0
"""A person as the inventory looks for them."""

from kommune3.kernel.inventory import Subject
from kommune3.kernel.people import register
from kommune3.kernel.people.models import Account, Person


def subject_of(person: Person) -> Subject:
    """Everything by which rows and texts about the person are found."""
    account = Account.objects.filter(person=person).first()
    address = person.address
    is_alone = address is not None and not Person.objects.filter(address=address).exclude(pk=person.pk).exists()
    return Subject(
        person_id=person.pk,
        account_id=account.pk if account else None,
        name=str(person),
        turned_name=f"{person.family_name}, {person.given_name}",
        username=account.username if account else "",
        email=person.email or (account.email if account else ""),
        phone=person.phone,
        cpr=register.open_cpr(person) or "",
        street=address.street if address is not None and is_alone else "",
    )


def namesakes(person: Person) -> int:
    """How many others have the same name, so that a text cannot tell whom it means."""
    same = Person.objects.filter(given_name=person.given_name, family_name=person.family_name)
    return same.exclude(pk=person.pk).count()
