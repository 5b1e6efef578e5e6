# SPDX-License-Identifier: MPL-2.0
"""What the job of an export does: it writes the file and stores it."""

import tempfile
from pathlib import Path

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from kommune3.kernel import files, jobs
from kommune3.kernel.audit import log
from kommune3.kernel.privacy import own_data
from kommune3.kernel.privacy.access import EXPORT_FILE
from kommune3.kernel.privacy.models import PersonExport

MOST_MB = 4000


def make(job: jobs.JobContext, export: PersonExport) -> None:
    """Write the file. Killed, it is written anew; the person sees it once it is whole."""
    with tempfile.TemporaryDirectory(prefix="kommune3-export-") as folder, translation.override(settings.LANGUAGE_CODE):
        path = Path(folder) / "export.zip"
        rows = own_data.write(
            path, export.person, now=job.now(), on_progress=lambda fraction: job.progress(fraction, _("Collecting"))
        )
        with job.commit(), path.open("rb") as content:
            now = job.now()
            file = files.store(
                content=content, name=_("my data.zip"), purpose=EXPORT_FILE, actor=job.actor, now=now, limit_mb=MOST_MB
            )
            export.file, export.made_at, export.rows = file, now, rows
            export.expires_date = file.retention_date
            export.save()
            log.record(
                actor=job.actor, action="privacy.export.made", now=now, object=export, citizen_id=export.person_id,
                purpose=export.purpose, detail={"rows": rows},
            )  # fmt: skip
