# SPDX-License-Identifier: MPL-2.0
from django import forms
from django.utils.translation import gettext_lazy as _

from kommune3.kernel.access.tokens import LONGEST_VALIDITY_DAYS


class TokenForm(forms.Form):
    name = forms.CharField(label=_("Name"), help_text=_("What the key is for, such as the system that uses it."))
    valid_days = forms.IntegerField(
        label=_("Valid for (days)"), min_value=1, max_value=LONGEST_VALIDITY_DAYS, initial=90
    )
