# SPDX-License-Identifier: MPL-2.0
"""Trials as pages, API and commands show them."""

import json
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from fleetplan import Split
from openpyxl import load_workbook

from kommune3.kernel.audit.models import Entry
from kommune3.kernel.people.models import Account
from kommune3.solutions.fleet.models import RateSet, Run, RunGoal, Trial, TrialPlanKind, TripImport, UnservedTrip
from kommune3.solutions.fleet.planning.trials import HoldoutAsked, WhatIfAsked
from kommune3.solutions.fleet.tests.small_fleet import SmallFleet
from kommune3.solutions.fleet.tests.test_optimising import computed, started
from kommune3.solutions.fleet.tests.test_pages import BrowserOf, work_off
from kommune3.solutions.fleet.tests.test_rest import API, key_of
from kommune3.solutions.fleet.tests.test_trials import AT_ONCE, place, ten_weeks, tried

__all__ = ["ten_weeks"]
FRESH = {"title": "", "period_start": "2026-03-02", "period_last": "2026-05-10", "goal": "CASH", "max_unserved": "0"}
MOST_QUERIES = 25


@pytest.fixture
def manager(fleet: SmallFleet, browser_of: BrowserOf) -> Client:
    return browser_of(fleet.persons.fleet_manager)


def page(browser: Client, trial: Trial) -> str:
    return browser.get(reverse("fleet:trial", args=[trial.pk])).content.decode()


def comparison() -> RateSet:
    return RateSet.objects.get(is_fixed=True)


# --- Pages --------------------------------------------------------------------------------------------------------


def test_a_fleet_is_tried_from_the_page_and_told_in_plain_words(
    fleet: SmallFleet, ten_weeks: TripImport, manager: Client
) -> None:
    answer = manager.post(
        reverse("fleet:holdout_new"),
        FRESH | {"bases": [fleet.own.pk], "rate_set": comparison().pk, "split": "random", "train_weeks": "2",
                 "seed": "2", "with_sizes": "on"},
    )  # fmt: skip
    trial = Trial.objects.get()
    assert answer["Location"] == reverse("fleet:trial", args=[trial.pk])
    assert "Du kan godt forlade siden" in page(manager, trial)
    work_off()
    shown = page(manager, trial)
    assert "valgt på 2 uger, er prøvet på 8 andre uger." in shown
    assert "rammer rigtigt omkring 19 ud af 20 gange" in shown
    assert "lægges ikke sammen" in shown
    assert "fandt ingen brud" in shown
    left = UnservedTrip.objects.filter(plan__trial=trial, plan__kind=TrialPlanKind.CHOSEN).first()
    assert left is not None and left.week is not None
    address = f"{reverse('fleet:trial_trips', args=[trial.pk])}?plan={left.plan_id}&week={left.week_id}"
    assert address.replace("&", "&amp;") in shown
    trips = manager.get(address).content.decode()
    assert trips.count("<tr>") - 1 == UnservedTrip.objects.filter(plan=left.plan_id, week=left.week_id).count()
    assert left.trip.external_id in trips


def test_few_weeks_are_told_as_too_few(fleet: SmallFleet, ten_weeks: TripImport, manager: Client) -> None:
    trial = tried(fleet, HoldoutAsked(train_weeks=6, levels=()))
    shown = page(manager, trial)
    assert "Kun 4 uger er prøvet. Det er for få" in shown
    assert "19 ud af 20" not in shown


def test_a_finished_optimisation_leads_to_its_trial(fleet: SmallFleet, ten_weeks: TripImport, manager: Client) -> None:
    run = computed(started(fleet, goal=RunGoal.CASH))
    address = f"{reverse('fleet:holdout_new')}?run={run.pk}"
    assert address in manager.get(reverse("fleet:run", args=[run.pk])).content.decode()
    form = manager.get(address).content.decode()
    assert run.title in form
    assert 'name="bases"' not in form
    manager.post(
        address, {"title": "", "period_start": "2026-03-02", "period_last": "2026-05-10", "split": "given", "seed": "1"}
    )
    work_off()
    shown = page(manager, Trial.objects.get())
    assert "2 køretøjer, valgt på 1 uger, er prøvet på 9 andre uger." in shown
    assert reverse("fleet:run", args=[run.pk]) in shown
    assert manager.get(f"{reverse('fleet:holdout_new')}?run={started(fleet).pk}").status_code == 404


def test_what_if_stands_side_by_side_with_bound_and_gap(
    fleet: SmallFleet, ten_weeks: TripImport, manager: Client
) -> None:
    place(fleet)
    answer = manager.post(
        reverse("fleet:whatif_new"),
        FRESH | {"bases": [fleet.own.pk, fleet.other.pk], "rate_set": comparison().pk, "electrify": "on",
                 "charge_kw": "11", "charge_source": "tavlen", "close_base": fleet.other.pk, "to_base": fleet.own.pk,
                 "move_twice": "on", "seed": "1"},
    )  # fmt: skip
    assert answer.status_code == 302, answer.content.decode()
    work_off()
    trial = Trial.objects.get()
    shown = page(manager, trial)
    for words in (
        "Uden ændringer", "Kun elbiler og cykler", "Et hjemsted lukkes", "Køretøjer flyttes i april og oktober",
        "op til 3 af 3 elbiler lader på samme tid", "(tavlen)", "km hver vej, anslået",
        "Hvad en flytning koster, er ikke angivet",
    ):  # fmt: skip
        assert words in shown, words
    assert "Bevist nedre grænse" in shown


def test_a_form_that_makes_no_sense_says_why(fleet: SmallFleet, ten_weeks: TripImport, manager: Client) -> None:
    fresh = FRESH | {"bases": [fleet.own.pk], "rate_set": comparison().pk, "seed": "1"}
    for more, words in (
        ({}, "Vælg mindst én ting, der skal ændres."),
        ({"close_base": fleet.own.pk}, "Vælg det hjemsted, turene flyttes til."),
        ({"electrify": "on", "charge_kw": "11"}, "Skriv, hvor tallet kommer fra"),
        ({"share_a": fleet.own.pk, "share_b": fleet.other.pk}, "Begge hjemsteder skal være blandt afprøvningens."),
    ):
        shown = manager.post(reverse("fleet:whatif_new"), fresh | more).content.decode()
        assert words in shown, words
    assert Trial.objects.count() == Run.with_deleted.count() == 0


def test_a_trial_is_exported_whole(fleet: SmallFleet, ten_weeks: TripImport, manager: Client) -> None:
    trial = tried(fleet, HoldoutAsked(train_weeks=2))
    answer = manager.get(reverse("fleet:trial_export", args=[trial.pk, "xlsx"]))
    book = load_workbook(BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
    assert book.sheetnames == [
        "Overblik", "Uger", "Flåde", "Prøvede størrelser", "Ikke-tildelte ture", "Brugte satser",
    ]  # fmt: skip
    assert book["Uger"].max_row == 1 + len(AT_ONCE)
    lines = manager.get(reverse("fleet:trial_export", args=[trial.pk, "csv"])).content.decode("utf-8-sig").splitlines()
    assert len(lines) == 1 + len(AT_ONCE)
    assert Entry.objects.filter(action="fleet.trial.exported").count() == 2
    whatif = tried(fleet, WhatIfAsked(electrify=True))
    answer = manager.get(reverse("fleet:trial_export", args=[whatif.pk, "xlsx"]))
    book = load_workbook(BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
    assert book["Overblik"].max_row == 3


def test_a_trial_is_stopped_and_deleted_from_its_page(
    fleet: SmallFleet, ten_weeks: TripImport, manager: Client, browser_of: BrowserOf
) -> None:
    trial = tried(fleet, HoldoutAsked(levels=()))
    for account in (fleet.persons.other_leader, fleet.persons.citizen):
        other = browser_of(account)
        assert other.post(reverse("fleet:trial_delete", args=[trial.pk])).status_code in (403, 404)
        assert other.get(reverse("fleet:trial", args=[trial.pk])).status_code in (403, 404)
    assert "Intet er prøvet endnu" not in manager.get(reverse("fleet:trials")).content.decode()
    assert (
        "Afprøvningen er slettet."
        in manager.post(reverse("fleet:trial_delete", args=[trial.pk]), follow=True).content.decode()
    )
    assert Trial.objects.count() == 0
    assert "Intet er prøvet endnu" in manager.get(reverse("fleet:trials")).content.decode()


def test_pages_of_trials_ask_few_questions_of_the_database(
    fleet: SmallFleet, ten_weeks: TripImport, manager: Client
) -> None:
    holdout = tried(fleet, HoldoutAsked(split=Split.LEAVE_ONE_OUT, levels=()))
    whatif = tried(fleet, WhatIfAsked(electrify=True, grow_percent=10.0))
    for address in (
        reverse("fleet:trials"), reverse("fleet:trial", args=[holdout.pk]), reverse("fleet:trial", args=[whatif.pk]),
    ):  # fmt: skip
        with CaptureQueriesContext(connection) as queries:
            assert manager.get(address).status_code == 200
        assert len(queries) <= MOST_QUERIES, [query["sql"][:120] for query in queries]


# --- API ----------------------------------------------------------------------------------------------------------


def call(account: Account, method: str, path: str, data: Any = None) -> Any:
    return Client().generic(
        method, f"{API}{path}", json.dumps(data) if data is not None else "", content_type="application/json",
        headers={"Authorization": f"Bearer {key_of(account)}"},
    )  # fmt: skip


def test_the_api_starts_tells_and_deletes_a_trial(fleet: SmallFleet, ten_weeks: TripImport) -> None:
    account = fleet.persons.fleet_manager
    asked = {
        "bases": [fleet.own.pk], "period_start": "2026-03-02", "period_end": "2026-05-11", "rates": comparison().name,
        "holdout": {"split": "random", "train_weeks": 2, "seed": 1, "levels": [0.95]},
    }  # fmt: skip
    answer = call(account, "POST", "/trials", asked)
    assert answer.status_code == 202, answer.content
    number = answer.json()["id"]
    work_off()
    told = call(account, "GET", f"/trials/{number}").json()
    assert (told["state"], told["violations"]) == ("FINISHED", 0)
    assert told["result"]["saving"]["cash_dkk"]["low"] is not None
    chosen = next(plan for plan in told["plans"] if plan["kind"] == "CHOSEN")
    assert len(chosen["tested"]) == 8
    unserved = call(account, "GET", f"/trials/{number}/unserved?plan={chosen['id']}").json()
    assert unserved["count"] == sum(week["unserved_trips"] for week in chosen["tested"])
    assert call(account, "GET", f"/trials/{number}/export").status_code == 200
    assert call(fleet.persons.other_leader, "GET", f"/trials/{number}").status_code == 404
    assert [row["id"] for row in call(account, "GET", "/trials").json()] == [number]
    assert call(account, "DELETE", f"/trials/{number}").status_code == 204
    assert Trial.objects.count() == 0


def test_the_api_refuses_what_is_unclear_or_has_no_source(fleet: SmallFleet, ten_weeks: TripImport) -> None:
    account = fleet.persons.fleet_manager
    own = {
        "bases": [fleet.own.pk],
        "period_start": "2026-03-02",
        "period_end": "2026-05-11",
        "rates": comparison().name,
    }
    unclear: list[dict[str, Any]] = [
        {}, {"holdout": {}, "whatif": {}}, {"whatif": {"electrify": True, "charge_kw": 11}}, {"whatif": {}},
    ]  # fmt: skip
    for more in unclear:
        assert call(account, "POST", "/trials", own | more).status_code == 409
    foreign = own | {"bases": [fleet.other.pk], "holdout": {}}
    assert call(fleet.persons.leader, "POST", "/trials", foreign).status_code == 404
    assert Trial.objects.count() == 0


# --- Commands -----------------------------------------------------------------------------------------------------


def said(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out, stderr=StringIO())
    return out.getvalue()


ASKED = ("--base", "Grenaa", "--from", "2026-03-02", "--to", "2026-05-10", "--rates", "Sammenligning 2022")


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_the_commands_try_a_fleet_and_tell_what_if(fleet: SmallFleet, ten_weeks: TripImport) -> None:
    told = said("fleet_holdout", *ASKED, "--train-weeks", "2", "--levels", "95,100")
    assert "valgt på 2 uger, er prøvet på 8 andre uger." in told
    assert "Køretøjer til 95 % af turene: " in told
    assert "Sparet i kontanter, kr. om året: " in told
    told = said("fleet_whatif", *ASKED, "--electrify", "--charge-kw", "11", "--charge-source", "tavlen")
    assert "Uden ændringer: Køretøjer 3" in told
    assert "op til 3 af 3 elbiler lader på samme tid" in told
    with pytest.raises(CommandError, match="uger"):
        said("fleet_holdout", *ASKED, "--train-weeks", "10")
    with pytest.raises(CommandError, match="hvor tallet kommer fra"):
        said("fleet_whatif", *ASKED, "--electrify", "--charge-kw", "11")
    with pytest.raises(CommandError, match="mindst én ting"):
        said("fleet_whatif", *ASKED)
    with pytest.raises(CommandError, match="nummer 4711"):
        said("fleet_holdout", "--run", "4711", "--rates", "Sammenligning 2022")
