# SPDX-License-Identifier: MPL-2.0
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from kommune3.kernel import clock
from kommune3.kernel.files.models import StoredFile
from kommune3.kernel.files.tasks import sweep_files
from kommune3.kernel.inventory import Record, Rule, Way, Whose, grounds, record, rule

record(
    Record(
        model="files.StoredFile",
        what=_("Files somebody uploaded or had made: their names and when. Their content as their solutions declare."),
        fields=("name", "purpose", "size", "content_type", "created_at", "retention_date"),
        about=(Whose.CITIZEN, Whose.EMPLOYEE),
        purpose=_("Keeping what people upload and what is made for them."),
        basis=grounds.PUBLIC_TASK,
        seen_by=_("The person, and those whom the purpose of the file lets fetch it."),
        kept=_(
            "As the purpose of each file says. A file whose content names the person is removed when they are erased."
        ),
        way=Way.ANONYMISE,
        account=("created_by",),
    )
)


def _expired(at: datetime) -> QuerySet[Any]:
    return StoredFile.objects.filter(retention_date__lte=clock.municipal_date(at))


def _each_its_own(on: date) -> int | None:
    return 0


rule(
    Rule(
        key="files.stored",
        title=_("Files past the day that their purpose gives"),
        model="files.StoredFile",
        source=_("Each purpose of files declares its own days."),
        period=_each_its_own,
        due=_expired,
        task=sweep_files,
        alone=True,
    )
)
