# SPDX-License-Identifier: MPL-2.0
"""The e-mail as the worker sends it."""

import pytest
from django.core import mail
from persons import Persons

from kommune3.kernel import notify
from kommune3.kernel.access.actor import system
from kommune3.kernel.jobs.models import Job
from kommune3.kernel.jobs.worker import Worker


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_the_worker_sends_the_e_mail_once(persons: Persons, settings, now) -> None:
    settings.EMAIL_HOST = "smtp.kommune.example"
    persons.employee.person.email = "eva@kommune.example"
    persons.employee.person.save()
    message = {"title": "Planen er klar", "key": "tests:1", "actor": system("tests"), "now": now}
    (sent,) = notify.send(to=persons.employee, **message)
    notify.send(to=persons.employee, **message)
    worker = Worker(name="tests")
    while worker.step():
        pass
    assert [letter.to for letter in mail.outbox] == [["eva@kommune.example"]]
    assert Job.objects.get(idempotency_key=f"notify.mail:{sent.pk}").state == "SUCCEEDED"
    sent.refresh_from_db()
    assert sent.emailed_at is not None
