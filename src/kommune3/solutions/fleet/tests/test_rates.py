# SPDX-License-Identifier: MPL-2.0
"""Rates: dated, with a source, without gaps or overlaps, and with a history of who changed what."""

import csv
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from persons import NOW

from kommune3.kernel.access.reach import Forbidden
from kommune3.kernel.people.models import Account
from kommune3.solutions.fleet.errors import InvalidRow
from kommune3.solutions.fleet.models import Change, Rate, RateKind, RateSet
from kommune3.solutions.fleet.operations.rates import remove_rate, save_rate
from kommune3.solutions.fleet.queries.rate_words import WORDS
from kommune3.solutions.fleet.queries.rates import period_faults
from kommune3.solutions.fleet.seeded_mileage import MILEAGE
from kommune3.solutions.fleet.tests.small_fleet import SmallFleet, shared

BrowserOf = Callable[[Account | None], Client]


def own() -> RateSet:
    return RateSet.objects.get(is_default=True)


def periods(kind: str) -> list[tuple[date | None, date | None, str]]:
    rows = Rate.objects.filter(rate_set=own(), kind=kind).order_by("valid_from")
    return [(row.valid_from, row.valid_to, f"{row.value:.2f}") for row in rows]


def added(fleet: SmallFleet, kind: str, since: date, value: str, until: date | None = None) -> Rate:
    rate = Rate(rate_set=own(), kind=kind, value=Decimal(value), valid_from=since, valid_to=until, source="Skatterådet")
    return save_rate(actor=fleet.manager, now=NOW, rate=rate)


def test_the_allowances_are_those_of_the_file_from_2017_on(fleet: SmallFleet) -> None:
    told = list(csv.DictReader(shared("rules/mileage_rates.csv").open(encoding="utf-8")))
    assert len(told) == len(MILEAGE)
    for kind, column in (
        ("ALLOWANCE_HIGH", "high_dkk_per_km"), ("ALLOWANCE_LOW", "low_dkk_per_km"),
        ("ALLOWANCE_CYCLE", "cycle_dkk_per_km"),
    ):  # fmt: skip
        wanted = [
            (date.fromisoformat(row["valid_from"]), date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
             f"{Decimal(row[column]):.2f}")
            for row in told if row[column]
        ]  # fmt: skip
        assert periods(kind) == wanted
    sources = dict(Rate.objects.filter(rate_set=own(), kind="ALLOWANCE_CYCLE").values_list("valid_from", "source"))
    assert sources[date(2020, 1, 1)] == "kaagaard.com"


def test_every_rate_says_its_unit_and_what_it_is_used_for() -> None:
    assert set(WORDS) == set(RateKind)


def test_a_new_period_closes_the_one_before(fleet: SmallFleet) -> None:
    added(fleet, "ALLOWANCE_HIGH", date(2027, 1, 1), "4.01")
    assert periods("ALLOWANCE_HIGH")[-2:] == [
        (date(2026, 1, 1), date(2027, 1, 1), "3.94"), (date(2027, 1, 1), None, "4.01"),
    ]  # fmt: skip
    changed = Change.objects.filter(rate_set=own(), what="ALLOWANCE_HIGH@2026-01-01").values_list("field", "old", "new")
    assert list(changed) == [("valid_to", "", "2027-01-01")]


def test_a_period_put_in_between_lasts_until_the_next_begins(fleet: SmallFleet) -> None:
    added(fleet, "ALLOWANCE_HIGH", date(2025, 7, 1), "3.85")
    assert periods("ALLOWANCE_HIGH")[-3:] == [
        (date(2025, 1, 1), date(2025, 7, 1), "3.81"), (date(2025, 7, 1), date(2026, 1, 1), "3.85"),
        (date(2026, 1, 1), None, "3.94"),
    ]  # fmt: skip
    assert period_faults(Rate.objects.filter(rate_set=own())) == []


def test_overlaps_and_gaps_are_refused_and_nothing_is_changed(fleet: SmallFleet) -> None:
    before = periods("ALLOWANCE_HIGH")
    with pytest.raises(InvalidRow, match="01-01-2026"):
        added(fleet, "ALLOWANCE_HIGH", date(2025, 7, 1), "3.85", until=date(2026, 3, 1))
    with pytest.raises(InvalidRow, match="01-12-2025 .* 31-12-2025"):
        added(fleet, "ALLOWANCE_HIGH", date(2025, 7, 1), "3.85", until=date(2025, 12, 1))
    with pytest.raises(InvalidRow):
        added(fleet, "ALLOWANCE_HIGH", date(2026, 1, 1), "4.00")
    assert periods("ALLOWANCE_HIGH") == before


def test_a_closed_rate_leaves_no_days_without_one(fleet: SmallFleet) -> None:
    Rate.objects.filter(rate_set=own(), kind="ALLOWANCE_CYCLE", valid_to=None).update(valid_to=date(2027, 1, 1))
    with pytest.raises(InvalidRow, match="01-01-2027 .* 31-03-2027"):
        added(fleet, "ALLOWANCE_CYCLE", date(2027, 4, 1), "0.66")
    added(fleet, "ALLOWANCE_CYCLE", date(2027, 1, 1), "0.66")


def test_gaps_and_overlaps_that_are_there_are_shown(fleet: SmallFleet, browser_of: BrowserOf) -> None:
    Rate.objects.filter(rate_set=own(), kind="ALLOWANCE_HIGH", valid_from=date(2024, 1, 1)).delete()
    Rate.objects.filter(rate_set=own(), kind="ALLOWANCE_LOW", valid_from=date(2024, 1, 1)).update(valid_to=None)
    page = browser_of(fleet.persons.fleet_manager).get(reverse("fleet:rates")).content.decode()
    assert "ingen periode gælder fra 01-01-2024 til 31-12-2024" in page
    assert "to perioder gælder den 01-01-2025" in page


def test_a_removed_period_is_taken_over_by_the_one_before(fleet: SmallFleet) -> None:
    rate = Rate.objects.get(rate_set=own(), kind="ALLOWANCE_HIGH", valid_from=date(2026, 1, 1))
    remove_rate(actor=fleet.manager, now=NOW, rate_id=rate.pk)
    assert periods("ALLOWANCE_HIGH")[-1] == (date(2025, 1, 1), None, "3.81")
    only = Rate.objects.get(rate_set=own(), kind="DEFLATOR")
    with pytest.raises(InvalidRow):
        remove_rate(actor=fleet.manager, now=NOW, rate_id=only.pk)


def test_only_those_with_the_right_change_rates_and_nobody_the_fixed_ones(fleet: SmallFleet) -> None:
    rate = Rate.objects.get(rate_set=own(), kind="DEFLATOR")
    with pytest.raises(Forbidden):
        save_rate(actor=fleet.leader, now=NOW, rate=rate)
    with pytest.raises(Forbidden):
        save_rate(actor=fleet.manager, now=NOW, rate=Rate.objects.get(rate_set__is_fixed=True, kind="DEFLATOR"))


def test_the_page_of_a_rate_tells_all_there_is_to_know_of_it(fleet: SmallFleet, browser_of: BrowserOf) -> None:
    rate = Rate.objects.get(rate_set=own(), kind="ALLOWANCE_HIGH", valid_from=date(2026, 1, 1))
    manager = browser_of(fleet.persons.fleet_manager)
    address = reverse("fleet:rate", args=[rate.pk])
    refused = manager.post(address, {"value": "4", "valid_from": "2026-01-01", "source": ""}).content.decode()
    assert "Skriv, hvor tallet kommer fra" in refused
    saved = manager.post(address, {"value": "3.99", "valid_from": "2026-01-01", "source": "Bekendtgørelse"})
    assert saved.status_code == 302
    page = manager.get(address).content.decode()
    for told in ("3,99 kr. pr. km", "Bekendtgørelse", "3,94 → 3,99", "en ikke-tildelt tur koster", "01.01.2025"):
        assert told in page, told
    leader = browser_of(fleet.persons.leader)
    assert "Ret denne periode" not in leader.get(address).content.decode()
    assert leader.post(address, {"value": "1", "source": "x"}).status_code == 403
