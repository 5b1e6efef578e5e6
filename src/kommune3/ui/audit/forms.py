# SPDX-License-Identifier: MPL-2.0
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kommune3.kernel.audit.log import Anchor, InvalidAnchor


class AnchorField(forms.CharField):
    """``number:digest``; None where empty."""

    def clean(self, value: Any) -> Anchor | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return Anchor.parse(text)
        except InvalidAnchor:
            raise forms.ValidationError(
                _("An anchor is a line's number, a colon, and 64 letters and digits.")
            ) from None


class AnchorForm(forms.Form):
    anchor = AnchorField(
        label=_("Anchor"),
        required=False,
        help_text=_("From an earlier verification. It also shows if lines were cut off the end since then."),
    )
