# SPDX-License-Identifier: MPL-2.0
"""What an optimisation is asked, with each default explained."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.solutions.fleet.models import (
    Base,
    ChargingRule,
    FleetMode,
    Pool,
    PriceArea,
    RateSet,
    Run,
    RunGoal,
    VehicleModel,
)
from kommune3.solutions.fleet.planning.fronts import ALL_TENTHS
from kommune3.solutions.fleet.queries.comparing import FEWEST, MOST
from kommune3.ui.widgets import DatePicker, TimePicker

OPTIMISE = "fleet.runs.start"


class BasisForm(forms.Form):
    """Which trips, counted with which rates and rules."""

    title = forms.CharField(
        label=_("Title"), max_length=120, required=False, help_text=_("Empty: made from the bases and the period.")
    )
    bases: "forms.ModelMultipleChoiceField[Base]" = forms.ModelMultipleChoiceField(
        label=_("Bases"), queryset=None, widget=forms.CheckboxSelectMultiple
    )
    period_start = forms.DateField(label=_("First day"), widget=DatePicker)
    period_last = forms.DateField(
        label=_("Last day"), widget=DatePicker,
        help_text=_("Choose weeks that are typical. Four weeks with ordinary work is usually enough."),
    )  # fmt: skip
    rate_set: "forms.ModelChoiceField[RateSet]" = forms.ModelChoiceField(
        label=_("Rates"), queryset=None, empty_label=None,
        help_text=_("Prices and factors in force on the last day are used; the result lists each with its source."),
    )  # fmt: skip
    max_unserved = forms.IntegerField(
        label=_("Most unserved trips"), min_value=0, initial=0,
        help_text=_("Trips that employees would drive in their own cars for an allowance. No more than so many."),
    )  # fmt: skip
    charging = forms.ChoiceField(
        label=_("Charging"), choices=ChargingRule.choices, widget=forms.RadioSelect, initial=ChargingRule.REST,
        required=False,
        help_text=_(
            "Real charging plans which car charges where and when. It needs the chargers of the bases, the batteries "
            "of the models and the prices of electricity in the period."
        ),
    )  # fmt: skip
    price_area = forms.ChoiceField(
        label=_("Price area"), choices=PriceArea.choices, initial=PriceArea.DK1, required=False,
        help_text=_("Goes with real charging."),
    )  # fmt: skip
    changeover_minutes = forms.DecimalField(
        label=_("Change-over, minutes"), min_value=0, max_value=120, max_digits=4, decimal_places=1, initial=5,
        help_text=_(
            "The default of 5 is what OS2fleetoptimiser counts with; it is time to hand over keys and clean."
        ),
    )  # fmt: skip
    shares_pools = forms.BooleanField(label=_("The bases of a pool share vehicles"), required=False)
    bike_max_trip_km = forms.DecimalField(
        label=_("Longest bike trip, km"), min_value=0, max_value=100, initial=15,
        help_text=_("Trips of this length or longer are not given to bikes."),
    )  # fmt: skip
    bike_from = forms.TimeField(label=_("Bikes from"), widget=TimePicker, initial="07:00")
    bike_to = forms.TimeField(label=_("Bikes until"), widget=TimePicker, initial="15:30")
    bike_share = forms.IntegerField(
        label=_("Most of the suited trips that bikes take, per cent"), min_value=0, max_value=100, initial=100
    )
    note = forms.CharField(
        label=_("Note"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Why you ask, for whoever reads the result."),
    )  # fmt: skip

    def __init__(self, *args: Any, actor: Actor, newest: date | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        bases = self._offer("bases", reach.visible(actor, Base, action=OPTIMISE))
        rate_sets = self._offer("rate_set", reach.visible(actor, RateSet))
        self._offer_pools(actor)
        self._suggest("bases", bases)
        self._suggest("rate_set", rate_sets[0] if rate_sets else None)
        if newest is not None:
            last_sunday = newest - timedelta(days=(newest.weekday() + 1) % 7)
            self._suggest("period_last", last_sunday)
            self._suggest("period_start", last_sunday - timedelta(days=27))

    def _offer_pools(self, actor: Actor) -> None:
        """Ask about pools only where there are any, and say which."""
        pools = reach.visible(actor, Pool).prefetch_related("members__base")
        told = [f"{pool.name} ({', '.join(member.base.name for member in pool.members.all())})" for pool in pools]
        if told:
            self.fields["shares_pools"].help_text = gettext(
                "A vehicle may take another base's trips; the way there and back counts. %(pools)s."
            ) % {"pools": "; ".join(told)}
            self._suggest("shares_pools", True)
        else:
            del self.fields["shares_pools"]

    def _suggest(self, name: str, value: Any) -> None:
        """What stands in the field unless the caller has said something else."""
        self.initial.setdefault(name, value)

    def _offer(self, name: str, rows: QuerySet[Any]) -> list[Any]:
        """Let the field choose among ``rows``, which are read once; returns their keys."""
        field: Any = self.fields[name]
        field.queryset = rows
        field.choices = [(row.pk, str(row)) for row in rows]
        return [pk for pk, _name in field.choices]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("bike_from") and values.get("bike_to") and values["bike_to"] <= values["bike_from"]:
            self.add_error("bike_to", _("The end must come after the beginning."))
        if values.get("charging") == ChargingRule.REAL and not values.get("price_area"):
            self.add_error("price_area", _("Choose the area whose prices are to be used."))
        if values.get("period_start") and values.get("period_last") and values["period_last"] < values["period_start"]:
            self.add_error("period_last", _("The last day comes before the first."))
        return values


class RunForm(BasisForm):
    """What an optimisation is asked."""

    goal = forms.ChoiceField(
        label=_("What matters most"), choices=RunGoal.choices, widget=forms.RadioSelect, initial=RunGoal.CASH,
        help_text=_("Cash is vehicles, energy and mileage. The social cost of CO2e is shown by itself."),
    )  # fmt: skip
    priority = forms.TypedChoiceField(
        label=_("Balance between cost and CO2e"), choices=(), coerce=int, required=False, empty_value=None, initial=0,
        help_text=_(
            "Goes with the lowest cash cost. It picks a point on the proven front: the cheapest fleet that saves so "
            "much of the CO2e that can be saved at all."
        ),
    )  # fmt: skip
    fleet_mode = forms.ChoiceField(
        label=_("Fleet"), choices=[each for each in FleetMode.choices if each[0] != FleetMode.MANUAL],
        widget=forms.RadioSelect, initial=FleetMode.FREE, help_text=_("Locked vehicles are kept either way."),
    )  # fmt: skip
    models: "forms.ModelMultipleChoiceField[VehicleModel]" = forms.ModelMultipleChoiceField(
        label=_("Models that may be proposed"), queryset=None, required=False,
        widget=forms.CheckboxSelectMultiple, help_text=_("None chosen means all of the catalogue."),
    )  # fmt: skip
    max_cash_dkk = forms.DecimalField(
        label=_("Budget, kr. a year in cash"), min_value=0, max_digits=12, decimal_places=2, required=False,
        help_text=_("No plan may cost more. Empty: no budget."),
    )  # fmt: skip
    max_co2e_t = forms.DecimalField(
        label=_("Most CO2e, t a year"), min_value=0, max_digits=11, decimal_places=3, required=False,
        help_text=_("No plan may emit more. Empty: no ceiling."),
    )  # fmt: skip
    with_front = forms.BooleanField(
        label=_("Also show what less CO2e would cost"), required=False, initial=True,
        help_text=_("Takes some minutes longer for many trips."),
    )  # fmt: skip

    field_order = (
        "title", "bases", "period_start", "period_last", "goal", "priority", "fleet_mode", "models", "max_cash_dkk",
        "max_co2e_t", "max_unserved", "shares_pools", "rate_set", "charging", "price_area", "changeover_minutes",
        "bike_max_trip_km", "bike_from", "bike_to", "bike_share", "with_front", "note",
    )  # fmt: skip

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        self._offer("models", reach.visible(actor, VehicleModel).filter(is_offered=True))
        self.fields["priority"].choices = [(number, balance(number)) for number in range(ALL_TENTHS + 1)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if values.get("priority") and values.get("goal") != RunGoal.CASH:
            self.add_error("priority", _("The balance goes with the lowest cash cost. Choose 0 for another goal."))
        if values.get("priority") and values.get("fleet_mode") == FleetMode.FIXED:
            self.add_error("priority", _("The balance chooses a fleet. Choose 0 to keep today's."))
        return values


class SimulationForm(BasisForm):
    """What a simulation is asked, besides the vehicles."""

    goal = forms.ChoiceField(
        label=_("Who drives what"), choices=[
            (RunGoal.CASH, _("As many trips as possible, then the lowest cash cost")),
            (RunGoal.CO2E, _("As many trips as possible, then the least CO2e")),
        ], widget=forms.RadioSelect, initial=RunGoal.CASH,
        help_text=_("First come, first served is shown beside it."),
    )  # fmt: skip

    field_order = (
        "title", "bases", "period_start", "period_last", "goal", "max_unserved", "rate_set", "charging",
        "price_area", "changeover_minutes", "bike_max_trip_km", "bike_from", "bike_to", "bike_share", "note",
    )  # fmt: skip


class DescribeForm(forms.Form):
    """What a run is called."""

    title = forms.CharField(label=_("Title"), max_length=120)
    note = forms.CharField(label=_("Note"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 4}))


class CompareForm(forms.Form):
    """Which runs to see side by side."""

    runs: "forms.ModelMultipleChoiceField[Run]" = forms.ModelMultipleChoiceField(
        label=_("Optimisations and simulations"), queryset=None, widget=forms.CheckboxSelectMultiple,
        help_text=_("Choose two, three or four."),
    )  # fmt: skip

    def __init__(self, *args: Any, offered: Sequence[Run], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["runs"]
        field.queryset = Run.objects.filter(pk__in=[run.pk for run in offered])
        field.choices = [(run.pk, f"{run.title} ({run.pk})") for run in offered]

    def clean_runs(self) -> Any:
        chosen = self.cleaned_data["runs"]
        if not FEWEST <= len(chosen) <= MOST:
            raise forms.ValidationError(_("Choose two, three or four."))
        return chosen


def balance(tenths: int) -> str:
    """What a step of the balance between cost and CO2e means."""
    if tenths == 0:
        return gettext("0: lowest cash cost")
    if tenths == ALL_TENTHS:
        return gettext("10: the cheapest of the greenest fleets")
    return gettext("%(tenths)s: saves at least %(share)s %% of the CO2e that can be saved") % {
        "tenths": tenths, "share": tenths * 10,
    }  # fmt: skip
