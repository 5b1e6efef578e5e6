# SPDX-License-Identifier: MPL-2.0
from collections.abc import Iterator, Mapping
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from kommune3.kernel.access.actor import Actor
from kommune3.kernel.organisation.models import Unit
from kommune3.kernel.rights import reviews
from kommune3.kernel.rights.models import Decision
from kommune3.kernel.rights.reviews import Decided

DECISION, NOTE = "decision-", "note-"


class StartForm(forms.Form):
    unit: forms.ModelChoiceField[Unit] = forms.ModelChoiceField(
        label=_("Unit"),
        queryset=None,
        help_text=_("Its rights, and those of units below it that have no leader of their own."),
    )

    def __init__(self, data: QueryDict | None = None, *, actor: Actor) -> None:
        # The list's filter on the same page has a field "unit", too.
        super().__init__(data, auto_id="id_start_%s")
        self.fields["unit"].queryset = reviews.startable(actor)  # type: ignore[attr-defined]


def decided(sent: Mapping[str, str]) -> Iterator[Decided]:
    """What was chosen for each line, of the fields "decision-<line>" and "note-<line>"; what is neither is left out."""
    for name in sent:
        if name.startswith(DECISION) and sent[name] in Decision.values:
            try:
                line_id = UUID(name.removeprefix(DECISION))
            except ValueError:
                continue
            yield Decided(line_id, Decision(sent[name]), sent.get(f"{NOTE}{line_id}", ""))
