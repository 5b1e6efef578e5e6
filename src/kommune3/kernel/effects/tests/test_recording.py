# SPDX-License-Identifier: MPL-2.0
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from kommune3.kernel import effects
from kommune3.kernel.access.actor import system
from kommune3.kernel.audit.models import Entry
from kommune3.kernel.effects.models import Effect, Kind

HALF = date(2026, 7, 1)


def test_a_gain_is_kept_with_its_evidence_and_its_unit_of_measure(recorded, now) -> None:
    row = recorded(quantity="12.34567", evidence=[{"label": "Plan 7", "url": "/fleet/plans/7/"}], baseline="2025")
    row.refresh_from_db()
    assert (row.quantity, row.measure, row.baseline, row.recorded_at) == (Decimal("12.3457"), "dkk_cash", "2025", now)
    assert row.evidence == [{"label": "Plan 7", "url": "/fleet/plans/7/"}]
    assert row.is_live


def test_the_same_gain_told_twice_is_one_row(recorded) -> None:
    assert recorded().pk == recorded().pk
    assert Effect.objects.count() == 1
    assert Entry.objects.filter(action__startswith="effects.").count() == 1


def test_the_same_source_with_another_quantity_is_a_correction_that_shows(recorded, now) -> None:
    first = recorded(quantity="100")
    second = recorded(quantity="90", now=now + timedelta(days=1))
    first.refresh_from_db()
    assert first.superseded_by_id == second.pk and first.quantity == 100
    assert [row.quantity for row in effects.history(actor=system("tests"), effect=first)] == [90, 100]
    assert Entry.objects.filter(action="effects.corrected", object_id=str(second.pk)).exists()


def test_a_correction_back_to_the_first_quantity_counts_again(recorded) -> None:
    for quantity in ("100", "90", "100"):
        recorded(quantity=quantity)
    assert [row.quantity for row in Effect.objects.filter(superseded_by=None)] == [100]
    assert Effect.objects.count() == 3


@pytest.mark.parametrize(
    "changes",
    [
        {"source": "run-2"},
        {"source": "run-2", "period_start": HALF, "period_end": date(2028, 1, 1)},
        {"source": "run-1", "period_end": HALF},
    ],
)
def test_an_overlapping_gain_of_the_series_is_refused(recorded, changes) -> None:
    first = recorded()
    with pytest.raises(effects.Overlap) as refusal:
        recorded(**changes)
    assert refusal.value.rows == [first]
    assert Effect.objects.count() == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": Kind.MEASURED},
        {"kind": Kind.ESTIMATED, "note": "Som sidste år."},
        {"indicator": "km"},
        {"period_start": date(2027, 1, 1), "period_end": date(2028, 1, 1)},
    ],
)
def test_another_kind_indicator_or_period_stands_beside(recorded, changes) -> None:
    recorded()
    recorded(source="run-2", **changes)
    assert Effect.objects.filter(superseded_by=None).count() == 2


def test_a_gain_above_or_below_in_the_organisation_counts_the_same_days_twice_and_is_refused(recorded, persons) -> None:
    recorded(unit=persons.own_unit)
    for unit in (persons.own_team, persons.root, None):
        with pytest.raises(effects.Overlap):
            recorded(unit=unit, source="run-2")
    recorded(unit=persons.other_unit, source="run-2")


def test_an_overlapping_gain_may_take_the_place_of_what_it_names(recorded, persons) -> None:
    north = recorded(unit=persons.own_team)
    care = recorded(unit=persons.other_unit, source="run-2")
    whole = recorded(unit=persons.root, source="run-3", supersedes=[north, care])
    north.refresh_from_db()
    care.refresh_from_db()
    assert north.superseded_by_id == care.superseded_by_id == whole.pk
    assert {row.pk for row in effects.history(actor=system("tests"), effect=north)} == {north.pk, care.pk, whole.pk}


def test_what_stands_in_the_way_can_be_asked_for(recorded) -> None:
    old = recorded()
    series = {"solution": "carpool", "indicator": "fewer_cars_dkk", "kind": Kind.PROVEN, "unit": None}
    period = {"period_start": date(2026, 1, 1), "period_end": date(2026, 2, 1)}
    in_the_way = effects.overlapping(**series, **period)
    new = recorded(**period, source="run-2", supersedes=in_the_way)
    assert list(effects.overlapping(**series, **period)) == [new]
    old.refresh_from_db()
    assert not old.is_live


def test_a_row_that_no_longer_counts_cannot_be_superseded_again(recorded) -> None:
    first = recorded(quantity="1")
    recorded(quantity="2")
    with pytest.raises(effects.InvalidEffect):
        recorded(period_start=date(2028, 1, 1), period_end=date(2029, 1, 1), supersedes=[first])


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"period_end": date(2026, 1, 1)}, "period"),
        ({"quantity": "NaN"}, "quantity"),
        ({"quantity": "1e12"}, "quantity"),
        ({"source": " "}, "source"),
        ({"kind": "GUESSED"}, "kind"),
        ({"kind": Kind.ESTIMATED}, "note"),
        ({"solution": "spaceflight"}, "solution"),
        ({"indicator": "happiness"}, "indicator"),
        ({"evidence": [{"label": "x", "url": "https://elsewhere.example/"}]}, "evidence"),
        ({"evidence": [{"label": "x", "url": "//elsewhere.example/"}]}, "evidence"),
        ({"evidence": [{"label": "", "url": "/here/"}]}, "evidence"),
    ],
)
def test_what_cannot_stand_in_the_ledger_is_refused_by_name(recorded, changes, field) -> None:
    with pytest.raises(effects.InvalidEffect) as refusal:
        recorded(**changes)
    assert refusal.value.field == field
    assert not Effect.objects.exists()


def test_a_float_is_refused(recorded, now) -> None:
    with pytest.raises(effects.InvalidEffect, match="quantity"):
        effects.record(
            solution="carpool", indicator="km", unit=None, period_start=date(2026, 1, 1), period_end=date(2027, 1, 1),
            quantity=0.1, kind=Kind.MEASURED, source="x", actor=system("tests"), now=now,
        )  # fmt: skip


def test_the_largest_quantity_comes_back_exactly(recorded) -> None:
    row = recorded(quantity="99999999998.9999")
    row.refresh_from_db()
    assert row.quantity == Decimal("99999999998.9999")
    assert recorded(quantity="99999999998.9999").pk == row.pk


def test_the_database_refuses_to_change_or_delete_a_row(recorded) -> None:
    row = recorded()
    for attempt in (
        lambda: Effect.objects.filter(pk=row.pk).update(quantity=1),
        lambda: Effect.objects.filter(pk=row.pk).delete(),
    ):
        with pytest.raises(DatabaseError, match="never changed or deleted"), transaction.atomic():
            attempt()
    row.refresh_from_db()
    assert row.quantity == 100


def test_the_database_refuses_to_take_a_correction_back(recorded) -> None:
    first = recorded(quantity="1")
    recorded(quantity="2")
    with pytest.raises(DatabaseError, match="never changed or deleted"), transaction.atomic():
        Effect.objects.filter(pk=first.pk).update(superseded_by=None)


@pytest.mark.parametrize(
    "changes", [{"period_end": date(2026, 1, 1)}, {"kind": "GUESSED"}, {"source": ""}, {"kind": Kind.ESTIMATED}]
)
def test_the_database_itself_refuses_a_row_that_cannot_be(now, db, changes) -> None:
    values = {
        "solution": "carpool", "indicator": "km", "measure": "km", "quantity": 1, "kind": Kind.PROVEN, "source": "x",
        "period_start": date(2026, 1, 1), "period_end": date(2027, 1, 1), "recorded_at": now,
    } | changes  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        Effect.objects.create(**values)


def test_the_database_itself_refuses_one_source_and_period_twice(recorded, persons) -> None:
    for row in (recorded(), recorded(unit=persons.other_unit, indicator="km")):
        row.refresh_from_db()
        row.pk = None
        twin = {
            field.attname: getattr(row, field.attname) for field in Effect._meta.concrete_fields if field.name != "id"
        }
        with pytest.raises(IntegrityError), transaction.atomic():
            Effect.objects.create(**twin)
