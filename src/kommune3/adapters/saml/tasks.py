# SPDX-License-Identifier: MPL-2.0
from datetime import timedelta

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from kommune3.adapters.saml import operations
from kommune3.kernel.jobs import JobContext, durable, schedule


@durable(max_attempts=3)
def forget_old_logins(job: JobContext) -> None:
    """Remove messages that are too old to be used twice, and the memory of sessions that are over."""
    with job.commit():
        age = timedelta(seconds=settings.SESSION_COOKIE_AGE)
        job.result = {"rows": operations.purge(now=job.now(), session_age=age)}


schedule("saml.forgotten_hourly", "17 * * * *", forget_old_logins, title=_("Forget old logins through SAML"))
