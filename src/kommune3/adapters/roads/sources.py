# SPDX-License-Identifier: MPL-2.0
"""What every source of roads has in common: the names of the modes, and whom to thank for the map."""

from django.utils.translation import gettext as _

from kommune3.kernel.places.travel import Mode

MODES = {Mode.CAR: "car", Mode.BICYCLE: "bicycle", Mode.WALK: "foot"}


def attribution() -> str:
    """What the Open Database License asks maps and exports to show."""
    return _("© OpenStreetMap contributors")
