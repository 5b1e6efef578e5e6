# SPDX-License-Identifier: MPL-2.0
"""Who may see, cancel and restart background jobs."""

from django.utils.translation import gettext_lazy as _

from kommune3.kernel.access import declare, standard
from kommune3.kernel.jobs.models import Job

READ = "jobs.job.read"
CANCEL = "jobs.job.cancel"
RETRY = "jobs.job.retry"
OWN_JOBS = tuple(f"{action}.own" for action in (READ, CANCEL, RETRY))

declare.actions(
    {
        READ: _("See background jobs"),
        CANCEL: _("Cancel background jobs"),
        RETRY: _("Start failed background jobs again"),
    }
)
declare.scope(Job, declare.Scope(read=READ, unit="unit__path", person="requested_by__person"))
declare.role(standard.ADMINISTRATOR, may=[READ, CANCEL, RETRY])
declare.role(standard.DIGITALISATION_LEAD, may=[READ, CANCEL, RETRY])
declare.role(standard.DEPARTMENT_LEADER, may=[READ, *OWN_JOBS])
declare.role(standard.EMPLOYEE, may=OWN_JOBS)
declare.pages(
    {
        "jobs:list": READ,
        "jobs:detail": READ,
        "jobs:state": READ,
        "jobs:stream": READ,
        "jobs:cancel": {"POST": CANCEL},
        "jobs:retry": {"POST": RETRY},
    }
)
