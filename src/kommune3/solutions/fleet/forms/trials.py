# SPDX-License-Identifier: MPL-2.0
"""What a trial is asked: which weeks a fleet is tried on, or what shall change."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from fleetplan import Split

from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.solutions.fleet.models import Base, Charger, FleetMode, RateSet, Run, RunGoal
from kommune3.solutions.fleet.operations.runs import Asked
from kommune3.solutions.fleet.operations.trials import AskedTrial
from kommune3.solutions.fleet.planning.trials import LEVELS, HoldoutAsked, WhatIfAsked
from kommune3.ui.widgets import DatePicker

OPTIMISE = "fleet.runs.start"
WEEKS = 16
"""Weeks that a form proposes to look at: enough for an interval, few enough to be done in minutes."""

_SPLITS = [
    (Split.RANDOM.value, _("Some weeks drawn at random")),
    (Split.ROLLING.value, _("The weeks just before: each week tries the fleet of the weeks before it")),
    (Split.LEAVE_ONE_OUT.value, _("All other weeks: each week in turn tries the fleet of all the others")),
]


class TrialForm(forms.Form):
    """What every trial is asked: of a finished run, or of bases, goal and rates of its own."""

    template_name = "fleet/parts/grouped_fields.html"
    weeks = WEEKS
    question: tuple[str, ...] = ("title", "bases", "period_start", "period_last", "goal", "max_unserved", "rate_set")

    title = forms.CharField(
        label=_("Title"), max_length=120, required=False, help_text=_("Empty: made from the bases and the period.")
    )
    bases: "forms.ModelMultipleChoiceField[Base]" = forms.ModelMultipleChoiceField(
        label=_("Bases"), queryset=None, widget=forms.CheckboxSelectMultiple
    )
    period_start = forms.DateField(label=_("First day"), widget=DatePicker)
    period_last = forms.DateField(label=_("Last day"), widget=DatePicker)
    goal = forms.ChoiceField(
        label=_("What matters most"), choices=RunGoal.choices, widget=forms.RadioSelect, initial=RunGoal.CASH,
        help_text=_("Cash is vehicles, energy and mileage. The social cost of CO2e is shown by itself."),
    )  # fmt: skip
    max_unserved = forms.IntegerField(
        label=_("Most unserved trips"), min_value=0, required=False, initial=0,
        help_text=_("Trips that employees would drive in their own cars for an allowance. Empty: as many as pays off."),
    )  # fmt: skip
    rate_set: "forms.ModelChoiceField[RateSet]" = forms.ModelChoiceField(
        label=_("Rates"), queryset=None, empty_label=None,
        help_text=_("Prices and factors in force on the last day are used; the result lists each with its source."),
    )  # fmt: skip

    def __init__(
        self, *args: Any, actor: Actor, run: Run | None = None, span: tuple[date, date] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.run = run
        bases = list(run.bases.all()) if run else list(reach.visible(actor, Base, action=OPTIMISE))
        self._bases = bases
        if run is None:
            self._offer("bases", reach.visible(actor, Base, action=OPTIMISE), bases)
            rate_sets = list(reach.visible(actor, RateSet))
            self._offer("rate_set", reach.visible(actor, RateSet), rate_sets)
            self.fields["rate_set"].initial = rate_sets[0].pk if rate_sets else None
        else:
            for name in ("bases", "goal", "max_unserved", "rate_set"):
                del self.fields[name]
        if span is not None:
            self._propose(*span)

    @property
    def groups(self) -> list[tuple[str | Promise, list[BoundField]]]:
        """Fields by what they are about, for the page."""
        raise NotImplementedError

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("period_start") and values.get("period_last") and values["period_last"] < values["period_start"]:
            self.add_error("period_last", _("The last day comes before the first."))
        return values

    def asked_of(self, what: HoldoutAsked | WhatIfAsked) -> AskedTrial:
        """The trial of a valid form."""
        values = self.cleaned_data
        start, end = values["period_start"], values["period_last"] + timedelta(days=1)
        if self.run is not None:
            return AskedTrial(run=self.run, what=what, title=values["title"], period_start=start, period_end=end)
        question = Asked(
            title=values["title"], bases=list(values["bases"].select_related("unit")), period_start=start,
            period_end=end, goal=RunGoal(values["goal"]), max_unserved=values["max_unserved"],
            rate_set=values["rate_set"], with_front=False,
        )  # fmt: skip
        return AskedTrial(question=question, what=what, title=values["title"])

    def _named(self, *names: str) -> list[BoundField]:
        return [self[name] for name in names if name in self.fields]

    def _offer(self, name: str, queryset: Any, rows: list[Any]) -> None:
        """Let the field choose among ``rows``, which have been read once."""
        field: Any = self.fields[name]
        field.queryset = queryset
        field.choices = [(row.pk, str(row)) for row in rows]

    def _propose(self, oldest: date, newest: date) -> None:
        """Whole weeks up to the last one with trips; those around a run's period where there is a run."""
        sunday = newest - timedelta(days=(newest.weekday() + 1) % 7)
        monday = oldest + timedelta(days=-oldest.weekday() % 7)
        start, last = sunday - timedelta(weeks=self.weeks) + timedelta(days=1), sunday
        if self.run is not None:
            own_last = self.run.period_end - timedelta(days=1)
            after = max(0, min(self.weeks // 2, (sunday - own_last).days // 7))
            start = self.run.period_start - timedelta(weeks=self.weeks - after)
            last, monday = own_last + timedelta(weeks=after), min(monday, self.run.period_start)
        self.fields["period_start"].initial = max(monday, start)
        self.fields["period_last"].initial = last


class HoldoutForm(TrialForm):
    """Which weeks a fleet is chosen on and which it is tried on."""

    split = forms.ChoiceField(
        label=_("The fleet is chosen on"), choices=_SPLITS, widget=forms.RadioSelect, initial=Split.RANDOM.value
    )
    train_weeks = forms.IntegerField(
        label=_("Weeks to choose on"), min_value=1, max_value=51, initial=4,
        help_text=_("All other weeks of the period try the fleet. At least eight of them give an interval."),
    )  # fmt: skip
    seed = forms.IntegerField(
        label=_("Number for the draw"), min_value=0, max_value=1_000_000, initial=1,
        help_text=_("The same number draws the same weeks, so that others can repeat the trial."),
    )  # fmt: skip
    with_sizes = forms.BooleanField(
        label=_("Also find how many vehicles 95, 99 and 100 per cent of the trips take"), required=False, initial=True,
        help_text=_("Tries fleets from meagre to generous. Takes some minutes longer for many trips."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.run is not None:
            split: Any = self.fields["split"]
            split.choices = [
                (Split.GIVEN.value, _("The weeks of the optimisation, with the fleet it proposed")),
                *_SPLITS,
            ]
            split.initial = Split.GIVEN.value
            self.fields["train_weeks"].required = False
            if self.run.fleet_mode != FleetMode.FREE:
                split.choices = split.choices[:1]
                del self.fields["with_sizes"]

    @property
    def groups(self) -> list[tuple[str | Promise, list[BoundField]]]:
        """Fields by what they are about."""
        return [
            (_("What is tried"), self._named(*self.question)),
            (_("On which weeks"), self._named("split", "train_weeks", "seed", "with_sizes")),
        ]

    def asked(self) -> AskedTrial:
        """The trial of a valid form."""
        values = self.cleaned_data
        return self.asked_of(
            HoldoutAsked(
                split=Split(values["split"]), train_weeks=values["train_weeks"] or 1, seed=values["seed"],
                levels=LEVELS if values.get("with_sizes") else (),
            )
        )  # fmt: skip


class WhatIfForm(TrialForm):
    """What shall change. Each change is computed by itself, beside the case without changes."""

    weeks = 4

    electrify = forms.BooleanField(label=_("Only electric cars and bikes"), required=False)
    charge_kw = forms.DecimalField(
        label=_("What a charger gives, kW"), min_value=1, max_value=400, max_digits=5, decimal_places=1, required=False,
        help_text=_("To estimate how many chargers it takes. Leave empty if you do not know it."),
    )  # fmt: skip
    charge_source = forms.CharField(label=_("Where the charging power is from"), max_length=200, required=False)
    close_base: "forms.ModelChoiceField[Base]" = forms.ModelChoiceField(
        label=_("Close this base"), queryset=None, required=False, empty_label=_("None")
    )
    to_base: "forms.ModelChoiceField[Base]" = forms.ModelChoiceField(
        label=_("Its trips and vehicles move to"), queryset=None, required=False, empty_label=_("None"),
        help_text=_("Each trip becomes longer by the way between the two, out and back."),
    )  # fmt: skip
    share_a: "forms.ModelChoiceField[Base]" = forms.ModelChoiceField(
        label=_("This base shares its vehicles"), queryset=None, required=False, empty_label=_("None")
    )
    share_b: "forms.ModelChoiceField[Base]" = forms.ModelChoiceField(
        label=_("with this one"), queryset=None, required=False, empty_label=_("None"),
        help_text=_("A vehicle still stands where it stands; fetching it takes the way between the two."),
    )  # fmt: skip
    move_twice = forms.BooleanField(
        label=_("Vehicles change base in April and October"), required=False,
        help_text=_("The period must have trips in both halves of the year."),
    )  # fmt: skip
    move_dkk = forms.DecimalField(
        label=_("What moving one vehicle once costs, kr."), min_value=0, max_digits=8, decimal_places=2, required=False,
        help_text=_("Leave empty if you do not know it; then the moves are counted but not priced."),
    )  # fmt: skip
    move_source = forms.CharField(label=_("Where the price of a move is from"), max_length=200, required=False)
    grow_percent = forms.DecimalField(
        label=_("So many per cent more trips"), min_value=-90, max_value=300, max_digits=5, decimal_places=1,
        required=False, help_text=_("A minus means fewer. The trips added are copies of trips of other weeks."),
    )  # fmt: skip
    seed = forms.IntegerField(
        label=_("Number for the draw"), min_value=0, max_value=1_000_000, initial=1,
        help_text=_("The same number draws the same trips, so that others can repeat the trial."),
    )  # fmt: skip

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        if self.run is not None:
            self.fields["period_start"].initial = self.run.period_start
            self.fields["period_last"].initial = self.run.period_end - timedelta(days=1)
        powers = {charger.power_kw for charger in reach.visible(actor, Charger).filter(base__in=self._bases)}
        if len(powers) == 1:
            self.fields["charge_kw"].initial = powers.pop()
            self.fields["charge_source"].initial = _("The register of chargers")
        for name in ("close_base", "to_base", "share_a", "share_b"):
            field: Any = self.fields[name]
            field.queryset = reach.visible(actor, Base, action=OPTIMISE).filter(pk__in=[b.pk for b in self._bases])
            field.choices = [("", field.empty_label), *((base.pk, str(base)) for base in self._bases)]

    @property
    def groups(self) -> list[tuple[str | Promise, list[BoundField]]]:
        """Fields by what they are about."""
        return [
            (_("What is tried"), self._named(*self.question)),
            (_("What if everything is electric?"), self._named("electrify", "charge_kw", "charge_source")),
            (_("What if a base is closed?"), self._named("close_base", "to_base")),
            (_("What if two bases share?"), self._named("share_a", "share_b")),
            (_("What if vehicles move twice a year?"), self._named("move_twice", "move_dkk", "move_source")),
            (_("What if there are more trips?"), self._named("grow_percent", "seed")),
        ]

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        for one, other, message in (
            ("close_base", "to_base", _("Choose the base that its trips move to.")),
            ("share_a", "share_b", _("Choose both bases.")),
        ):
            if bool(values.get(one)) != bool(values.get(other)):
                self.add_error(other if values.get(one) else one, message)
            elif values.get(one) and values[one] == values[other]:
                self.add_error(other, _("Choose two different bases."))
        for figure, source in (("charge_kw", "charge_source"), ("move_dkk", "move_source")):
            if values.get(figure) is not None and not values.get(source):
                self.add_error(source, _("Say where the figure comes from, so that others can trust it."))
        return values

    def asked(self) -> AskedTrial:
        """The trial of a valid form."""
        values = self.cleaned_data
        share = (values["share_a"].pk, values["share_b"].pk) if values["share_a"] else None

        def number(name: str) -> float | None:
            return None if values[name] is None else float(values[name])

        return self.asked_of(
            WhatIfAsked(
                electrify=values["electrify"], charge_kw=number("charge_kw"), charge_source=values["charge_source"],
                close_base=values["close_base"].pk if values["close_base"] else None,
                to_base=values["to_base"].pk if values["to_base"] else None, share=share,
                move_twice=values["move_twice"], move_dkk=number("move_dkk"), move_source=values["move_source"],
                grow_percent=number("grow_percent"), seed=values["seed"],
            )
        )  # fmt: skip
