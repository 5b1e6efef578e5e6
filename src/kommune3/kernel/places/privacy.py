# SPDX-License-Identifier: MPL-2.0
from django.utils.translation import gettext_lazy as _

from kommune3.kernel.inventory import Record, Way, Whose, grounds, not_personal, record

record(
    Record(
        model="places.Address",
        what=_(
            "Street address and coordinates of a person's home. Addresses of units and facilities are not personal."
        ),
        fields=("street", "postcode", "town", "latitude", "longitude", "dar_id"),
        about=(Whose.CITIZEN, Whose.EMPLOYEE),
        purpose=_("Reaching the person, and planning ways to them."),
        basis=grounds.PUBLIC_TASK,
        seen_by=grounds.PEOPLE_READERS,
        kept=grounds.AS_LONG_AS_THE_PERSON,
        way=Way.DELETE,
        person=("person",),
        shared=True,
    )
)
not_personal(
    {
        "places.Facility": "a place the municipality runs",
        "places.Area": "an area of the municipality",
    }
)
