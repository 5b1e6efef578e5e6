# SPDX-License-Identifier: MPL-2.0
"""How the figures of a result are made, and from which rate rows, model rows and contracts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _

from kommune3.solutions.fleet.models import RateKind, Run
from kommune3.solutions.fleet.queries.rate_words import WORDS
from kommune3.solutions.fleet.queries.rates import exact, used_rates_now
from kommune3.solutions.fleet.queries.results import Result
from kommune3.ui.numbers import format_instant
from kommune3.ui.pictures import Cell, FiguresTable, Heading

_PRICES = (RateKind.PRICE_ELECTRICITY, RateKind.PRICE_PETROL, RateKind.PRICE_DIESEL, RateKind.PRICE_HVO)
_FACTORS = (RateKind.CO2E_ELECTRICITY, RateKind.CO2E_PETROL, RateKind.CO2E_DIESEL, RateKind.CO2E_HVO)


@dataclass(frozen=True)
class Link:
    """A row that a figure is made from; ``note`` where the row says something else today."""

    text: str
    href: str
    note: str = ""


@dataclass(frozen=True)
class Explained:
    """A figure of a plan: how it is made, in which of the two cost views it is, and the rows behind it."""

    name: str
    view: str
    text: str
    links: list[Link]


def explained(result: Result) -> list[Explained]:
    """Every money and CO2e figure of the result."""
    rates = _rate_links(result.run)
    models = _model_links(result)

    def of(kinds: Iterable[RateKind]) -> list[Link]:
        return [rates[kind] for kind in kinds if kind in rates]

    cash, social = _("Cash"), _("Social cost")
    return [
        Explained(_("Vehicles"), cash, _("The fixed yearly cost of each model, times the number of vehicles."), models),
        Explained(
            _("Energy"), cash,
            _("Km times the model's consumption, times the price, divided by the divisor to present value."),
            [*of((*_PRICES, RateKind.DEFLATOR)), *models],
        ),
        Explained(
            _("Mileage allowance"), cash,
            _("The km of unserved trips, at the high rate up to the yearly limit and at the low rate above it."),
            of((RateKind.ALLOWANCE_HIGH, RateKind.ALLOWANCE_LOW, RateKind.ALLOWANCE_LIMIT_KM)),
        ),
        Explained(
            _("CO2e"), _("Neither"),
            _("Km times the model's consumption, times the factor; unserved trips as an employee's own petrol car."),
            [*of((*_FACTORS, RateKind.OWN_CAR_KM_PER_LITRE)), *models],
        ),
        Explained(
            _("Social cost of CO2e"), social,
            _("The CO2e times what a tonne costs society, divided by the divisor. It is never added to the cash."),
            of((RateKind.SOCIAL_DKK_PER_T, RateKind.DEFLATOR)),
        ),
        Explained(
            _("Expected excess km"), _("Beside the cash"),
            _("What the plan's km would cost above the leases' contract km. The vehicle of a model that drives most is "
              "given the contract with most km. It is a consequence that is shown; the plan is not chosen for it."),
            [Link(_("Leases and contract km"), reverse("fleet:contracts"))],
        ),
    ]  # fmt: skip


def rates_used(run: Run) -> FiguresTable:
    """Every rate the run counted with: value, unit, period, what it is for and where it comes from."""
    rows = []
    now = used_rates_now(run)
    for rate in run.rates_used:
        words = WORDS[RateKind(rate["kind"])]
        row = now[rate["kind"]]
        href = reverse("fleet:rate", args=[row.rate_id]) if row.rate_id else ""
        changed = "" if row.is_as_it_was else " " + _("(the row has been changed since)")
        rows.append(
            (
                Cell(str(RateKind(rate["kind"]).label), href=href),
                Cell(exact(Decimal(rate["value"])), True),
                Cell(str(words.unit)),
                Cell(_period(rate)),
                Cell(str(words.counts_in)),
                Cell((rate["source"] or "–") + changed),
            )
        )
    headings = (
        Heading(_("Rate")), Heading(_("Value"), True), Heading(_("Unit")), Heading(_("Valid")), Heading(_("Counts in")),
        Heading(_("Source")),
    )  # fmt: skip
    return FiguresTable(headings, tuple(rows))


def _rate_links(run: Run) -> dict[str, Link]:
    now = used_rates_now(run)
    found = {}
    for rate in run.rates_used:
        row = now[rate["kind"]]
        text = f"{RateKind(rate['kind']).label}: {exact(Decimal(rate['value']))}"
        href = reverse("fleet:rate", args=[row.rate_id]) if row.rate_id else ""
        found[rate["kind"]] = Link(text, href, "" if row.is_as_it_was else _("(the row has been changed since)"))
    return found


def _model_links(result: Result) -> list[Link]:
    models = {count.model_id: count.model for count in result.counts}
    return [Link(model.name, reverse("fleet:model", args=[model.pk])) for model in models.values()]


def _period(rate: dict[str, str | None]) -> str:
    since, until = rate["valid_from"], rate["valid_to"]
    if not since and not until:
        return "–"
    begins = format_instant(date.fromisoformat(since)) if since else "…"
    ends = format_instant(date.fromisoformat(until)) if until else "…"
    return f"{begins} – {ends}"
