# SPDX-License-Identifier: MPL-2.0
import json

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.contrib.sessions.models import Session
from django.test import AsyncClient
from django.urls import reverse
from persons import LOGIN_BACKEND

from kommune3.kernel import jobs
from kommune3.kernel.access.actor import system
from kommune3.kernel.jobs import leases
from kommune3.kernel.jobs.errors import describe
from kommune3.kernel.jobs.models import Job, State
from kommune3.kernel.jobs.tasks import remove_finished_jobs
from kommune3.kernel.people.models import Account
from kommune3.ui.jobs import live, views


@pytest.fixture
def job_of(persons, actor_for, now):
    """``job_of(account, unit)``: a job that the account has started for the unit; the platform's own without one."""

    def make(account=None, unit=None, title="Beregn flåden"):
        actor = actor_for(account) if account else system("tests")
        return jobs.enqueue(remove_finished_jobs, actor=actor, now=now, unit=unit, title=title, link="/result/")

    return make


def fail(job, now, message=""):
    [claimed] = leases.claim(worker="tests", queues=["default"], now=now)
    leases.fail(claimed, error=describe(OSError("0101901234"), message=message), permanent=True, now=now)
    job.refresh_from_db()


def run(job, now, progress=0.4):
    leases.claim(worker="tests", queues=["default"], now=now)
    Job.objects.filter(pk=job.pk).update(progress=progress, message="Halvvejs")
    job.refresh_from_db()


def page(client, name, job, status=200):
    response = client.get(reverse(f"jobs:{name}", args=[job.pk]))
    assert response.status_code == status
    return response


def test_the_list_shows_the_jobs_one_may_see_and_no_others(persons, browser_of, job_of):
    job_of(persons.employee, persons.own_team, "Egen")
    job_of(persons.other_employee, persons.other_unit, "Fremmed")
    job_of(title="Platformens")

    def shown(account):
        text = browser_of(account).get(reverse("jobs:list")).text
        return {title for title in ("Egen", "Fremmed", "Platformens") if title in text}

    assert shown(persons.employee) == {"Egen"}
    assert shown(persons.leader) == {"Egen"}
    assert shown(persons.other_leader) == {"Fremmed"}
    assert shown(persons.administrator) == {"Egen", "Fremmed", "Platformens"}


def test_the_list_filters_by_state_and_exports(persons, browser_of, job_of, now):
    fail(job_of(title="Mislykket"), now)
    job_of(title="Ventende")
    client = browser_of(persons.administrator)
    text = client.get(reverse("jobs:list"), {"state": "FAILED"}).text
    assert "Mislykket" in text
    assert "Ventende" not in text
    export = b"".join(client.get(reverse("jobs:list"), {"export": "csv"}).streaming_content).decode()
    assert "Mislykket" in export
    assert "Ventende" in export


def test_running_jobs_stand_first_with_their_progress(persons, browser_of, job_of, now):
    job = job_of(title="I gang")
    run(job, now)
    text = browser_of(persons.administrator).get(reverse("jobs:list")).text
    assert reverse("jobs:stream", args=[job.pk]) in text
    assert "Halvvejs" in text


def test_a_job_of_another_unit_is_not_found(persons, browser_of, job_of):
    job = job_of(persons.other_employee, persons.other_unit)
    for name in ("detail", "state", "stream"):
        page(browser_of(persons.employee), name, job, status=404)
        page(browser_of(persons.leader), name, job, status=404)


def test_the_state_is_told_as_json_in_the_words_of_the_progress_bar(persons, browser_of, job_of, now):
    job = job_of(persons.employee)
    run(job, now)
    answer = page(browser_of(persons.employee), "state", job).json()
    assert answer.pop("state_label")
    assert answer == {"state": "RUNNING", "percent": 40, "message": "Halvvejs", "next": "/result/"}


def test_a_failed_job_says_what_happened_and_what_to_do_and_shows_no_text_of_the_exception(
    persons, browser_of, job_of, now
):
    job = job_of(persons.employee)
    fail(job, now)
    text = page(browser_of(persons.employee), "detail", job).text
    assert "builtins.OSError" in text
    assert "0101901234" not in text
    assert reverse("jobs:retry", args=[job.pk]) in text


def test_a_typed_error_is_shown_as_it_was_raised(persons, browser_of, job_of, now):
    job = job_of(persons.employee)
    fail(job, now, message="Linje 3: km mangler.")
    assert "Linje 3: km mangler." in page(browser_of(persons.employee), "detail", job).text


def test_whoever_started_a_job_can_cancel_it_and_start_it_again(persons, browser_of, job_of):
    job = job_of(persons.employee)
    client = browser_of(persons.employee)
    client.post(reverse("jobs:cancel", args=[job.pk]))
    job.refresh_from_db()
    assert job.state == State.CANCELLED
    client.post(reverse("jobs:retry", args=[job.pk]))
    job.refresh_from_db()
    assert job.state == State.QUEUED


def test_a_leader_sees_the_jobs_of_the_unit_but_does_not_cancel_them(persons, browser_of, job_of):
    job = job_of(persons.employee, persons.own_team)
    client = browser_of(persons.leader)
    assert reverse("jobs:cancel", args=[job.pk]) not in page(client, "detail", job).text
    assert client.post(reverse("jobs:cancel", args=[job.pk])).status_code == 403
    job.refresh_from_db()
    assert job.state == State.QUEUED


def test_a_job_that_has_finished_meanwhile_says_so_when_it_is_cancelled(persons, browser_of, job_of, now):
    job = job_of(persons.employee)
    fail(job, now)
    response = browser_of(persons.employee).post(reverse("jobs:cancel", args=[job.pk]), follow=True)
    assert response.status_code == 200
    job.refresh_from_db()
    assert job.state == State.FAILED


def events_of(response):
    return [json.loads(line.removeprefix("data: ")) for line in response.split("\n") if line.startswith("data: ")]


def test_the_stream_tells_each_change_and_ends_with_the_job(persons, job_of, now):
    job = job_of(persons.employee)
    run(job, now, progress=0.1)
    [claimed] = Job.objects.filter(pk=job.pk)

    async def follow():
        client = AsyncClient()
        await client.aforce_login(persons.employee, backend=LOGIN_BACKEND)
        response = await client.get(reverse("jobs:stream", args=[job.pk]))
        assert response["Content-Type"] == "text/event-stream"
        told = []
        async for part in response.streaming_content:
            told += events_of(part.decode())
            if len(told) == 1:
                await Job.objects.filter(pk=job.pk).aupdate(progress=0.5, message="Midtvejs")
            if told[-1]["percent"] == 50:
                await sync_to_async(leases.succeed)(claimed, result=None, now=now)
        return told

    told = async_to_sync(follow)()
    assert [(event["state"], event["percent"]) for event in told] == [
        ("RUNNING", 10), ("RUNNING", 50), ("DONE", 100)
    ]  # fmt: skip
    assert told[1]["message"] == "Midtvejs"
    assert told[2]["next"] == "/result/"


def test_the_stream_of_a_finished_job_tells_its_end_at_once(persons, job_of, now):
    job = job_of(persons.employee)
    fail(job, now)

    async def follow():
        client = AsyncClient()
        await client.aforce_login(persons.employee, backend=LOGIN_BACKEND)
        response = await client.get(reverse("jobs:stream", args=[job.pk]))
        return [part.decode() async for part in response.streaming_content]

    [only] = async_to_sync(follow)()
    assert events_of(only)[0]["state"] == "FAILED"


def _rights_end(persons):
    persons.employee.grants.all().delete()


def _login_closes(persons):
    Account.objects.filter(pk=persons.employee.pk).update(is_active=False)


def _session_ends(persons):
    Session.objects.all().delete()


@pytest.mark.parametrize("lose", [_rights_end, _login_closes, _session_ends])
def test_a_stream_ends_when_its_reader_loses_the_right_to_it(persons, job_of, now, monkeypatch, lose):
    monkeypatch.setattr(views, "ASK_AGAIN_SECONDS", 0.0)
    monkeypatch.setattr(live, "LOOK_EVERY_SECONDS", 0.01)
    job = job_of(persons.employee)
    run(job, now, progress=0.1)

    async def follow():
        client = AsyncClient()
        await client.aforce_login(persons.employee, backend=LOGIN_BACKEND)
        response = await client.get(reverse("jobs:stream", args=[job.pk]))
        told = []
        async for part in response.streaming_content:
            told += events_of(part.decode())
            if len(told) == 1:
                await Job.objects.filter(pk=job.pk).aupdate(progress=0.5)
            elif len(told) == 2:
                await sync_to_async(lose)(persons)
                await Job.objects.filter(pk=job.pk).aupdate(progress=0.9, message="Secret")
        return told

    told = async_to_sync(follow)()
    assert [event["percent"] for event in told] == [10, 50], "what came later is not told, and the stream has ended"


def test_the_state_of_a_failed_job_stands_out_in_the_list(persons, browser_of, job_of, now):
    fail(job_of(persons.employee), now)
    assert "badge-error" in browser_of(persons.employee).get(reverse("jobs:list")).text


def test_a_job_that_succeeded_leads_to_its_result(persons, browser_of, job_of, now):
    job = job_of(persons.employee)
    [claimed] = leases.claim(worker="tests", queues=["default"], now=now)
    leases.succeed(claimed, result=None, now=now)
    assert 'href="/result/"' in page(browser_of(persons.employee), "detail", job).text
