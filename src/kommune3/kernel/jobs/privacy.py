# SPDX-License-Identifier: MPL-2.0
from datetime import date

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from kommune3.kernel.inventory import Record, Rule, Way, Whose, grounds, not_personal, record, rule
from kommune3.kernel.jobs.tasks import remove_finished_jobs

record(
    Record(
        model="jobs.Job",
        what=_("Background jobs somebody started: what, when, and how they went."),
        fields=("title", "link", "state", "enqueued_at", "finished_at"),
        about=(Whose.EMPLOYEE, Whose.CITIZEN),
        purpose=_("Doing long work, and telling who started it how it went."),
        basis=grounds.PUBLIC_TASK,
        seen_by=_("The person, and holders of the right to see jobs in the unit or above."),
        kept=_("The days of the setting KOMMUNE3_JOB_KEEP_DAYS after the job has ended."),
        way=Way.DELETE,
        account=("requested_by",),
        beside={
            "args": "identifiers",
            "kwargs": "identifiers",
            "message": "what the job does just now",
            "result": "identifiers and counts",
            "error": "type and place of a fault",
        },
    )
)
not_personal(
    {
        "jobs.QueueLimit": "how many jobs run at once",
        "jobs.Schedule": "when the platform's own jobs run",
        "jobs.WorkerProcess": "a process, its machine and its queues",
    }
)


def _kept_days(on: date) -> int | None:
    return int(settings.JOB_KEEP_DAYS)


rule(
    Rule(
        key="jobs.finished",
        title=_("Finished background jobs"),
        model="jobs.Job",
        since="finished_at",
        source=_("The setting KOMMUNE3_JOB_KEEP_DAYS, by the operator."),
        period=_kept_days,
        task=remove_finished_jobs,
        alone=True,
    )
)
