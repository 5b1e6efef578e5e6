# SPDX-License-Identifier: MPL-2.0
from django import forms
from django.utils.translation import gettext_lazy as _

from kommune3.ui.widgets import DatePicker, DateTimePicker, TimePicker

_DRIVES = [("petrol", _("Petrol")), ("electric", _("Electric")), ("bicycle", _("Bicycle"))]


class ExampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label=_("Name of the vehicle"), help_text=_("As it is called at the base."), max_length=60)
    kilometres = forms.IntegerField(label=_("Kilometres a year"), min_value=0)
    base = forms.ChoiceField(label=_("Base"), choices=[("", _("Choose a base")), ("1", "Grenaa"), ("2", "Auning")])
    drive = forms.ChoiceField(label=_("Drive"), choices=_DRIVES, widget=forms.RadioSelect)
    weekdays = forms.MultipleChoiceField(
        label=_("Used on"), choices=[("1", _("Weekdays")), ("2", _("Weekends"))], widget=forms.CheckboxSelectMultiple
    )
    acquired_date = forms.DateField(label=_("Acquired"), widget=DatePicker)
    ready_at = forms.DateTimeField(label=_("Ready for use"), widget=DateTimePicker, required=False)
    opens = forms.TimeField(label=_("The base opens"), widget=TimePicker, required=False)
    remarks = forms.CharField(label=_("Remarks"), widget=forms.Textarea(attrs={"rows": 3}), required=False)
    document = forms.FileField(label=_("Registration certificate"), required=False, help_text=_("PDF, at most 10 MB."))
    has_towbar = forms.BooleanField(label=_("Has a towbar"), required=False)
