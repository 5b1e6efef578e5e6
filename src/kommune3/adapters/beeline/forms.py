# SPDX-License-Identifier: MPL-2.0
from django import forms
from django.utils.translation import gettext_lazy as _

from kommune3.adapters.beeline.models import TravelMode
from kommune3.ui.widgets import DatePicker


class AssumptionForm(forms.Form):
    """What to assume from a day on. A figure left empty is one nobody has established."""

    mode = forms.ChoiceField(label=_("Way of travelling"), choices=TravelMode.choices)
    valid_from = forms.DateField(label=_("From"), widget=DatePicker())
    detour_factor = forms.DecimalField(
        label=_("Detour factor"),
        required=False,
        max_digits=4,
        decimal_places=2,
        localize=True,
        help_text=_("Kilometres on the road for each kilometre in a straight line."),
    )
    detour_source = forms.CharField(label=_("Source of the detour factor"), required=False, max_length=400)
    speed_km_h = forms.DecimalField(
        label=_("Speed (km/h)"),
        required=False,
        max_digits=5,
        decimal_places=1,
        localize=True,
        help_text=_("From door to door."),
    )
    speed_source = forms.CharField(label=_("Source of the speed"), required=False, max_length=400)
