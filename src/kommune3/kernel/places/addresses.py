# SPDX-License-Identifier: MPL-2.0
"""Finding addresses."""

from django.db.models import Q, QuerySet

from kommune3.kernel.places.models import Address


def search(*, text: str, limit: int = 20) -> QuerySet[Address]:
    """Addresses in which every word of ``text`` stands: in the street with its number, the postcode or the town.

    Fewer than two letters find nothing. At most ``limit`` rows, by town and street.
    """
    words = text.replace(",", " ").split()
    if len("".join(words)) < 2:
        return Address.objects.none()
    found = Address.objects.all()
    for word in words:
        found = found.filter(_has("street", word) | _has("town", word) | Q(postcode__startswith=word))
    return found.order_by("town", "street", "id")[:limit]


def _has(column: str, word: str) -> Q:
    """Whatever the case: SQLite knows upper and lower case of A to Z only, so æ, ø and å are asked for in both."""
    condition = Q()
    for spelling in {word, word.lower(), word.upper(), word.capitalize()}:
        condition |= Q(**{f"{column}__icontains": spelling})
    return condition
