# SPDX-License-Identifier: MPL-2.0
import pytest

from kommune3.kernel.places import addresses
from kommune3.kernel.places.models import Address

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def three_addresses() -> None:
    for street, postcode, town in [
        ("Ågade 12", "8500", "Grenaa"),
        ("Hovedgaden 1", "8950", "Ørsted"),
        ("Åstrædet 2", "8950", "Ørsted"),
    ]:
        Address.objects.create(street=street, postcode=postcode, town=town)


@pytest.mark.parametrize(
    ("text", "streets"),
    [
        ("ågade", ["Ågade 12"]),
        ("ågade 12, 8500 grenaa", ["Ågade 12"]),
        ("ørsted", ["Hovedgaden 1", "Åstrædet 2"]),
        ("ØRSTED hoved", ["Hovedgaden 1"]),
        ("8950", ["Hovedgaden 1", "Åstrædet 2"]),
        ("ørsted ågade", []),
        ("å", []),
        ("", []),
        ("%%", []),
    ],
)
def test_every_word_must_stand_in_the_address(text: str, streets: list[str]) -> None:
    assert [address.street for address in addresses.search(text=text)] == streets


def test_no_more_than_asked_for() -> None:
    assert len(addresses.search(text="ørsted", limit=1)) == 1
