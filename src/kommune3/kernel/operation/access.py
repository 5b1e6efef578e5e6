# SPDX-License-Identifier: MPL-2.0
from django.utils.translation import gettext_lazy as _

from kommune3.kernel.access import declare, standard

READ = "operation.read"
RUN = "operation.run"

declare.actions(
    {
        READ: _("See how the platform is doing: jobs, storage, versions"),
        RUN: _("Start scheduled jobs and the verification of the audit log at once"),
    }
)
declare.role(standard.ADMINISTRATOR, may=[READ, RUN])
declare.pages(
    {
        "operation:overview": READ,
        "operation:run-schedule": {"POST": RUN},
        "operation:verify-audit": {"POST": RUN},
    }
)
