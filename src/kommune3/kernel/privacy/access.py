# SPDX-License-Identifier: MPL-2.0
"""Who may see and do what with people's data as such. Everybody sees and exports what is kept about themselves."""

from django.utils.translation import gettext_lazy as _

from kommune3.kernel import files
from kommune3.kernel.access import declare, standard
from kommune3.kernel.access.access import READ_PEOPLE
from kommune3.kernel.access.declare import Scope
from kommune3.kernel.jobs.access import OWN_JOBS
from kommune3.kernel.privacy.models import Erasure, Hold, LedgerEntry, Period, PersonExport, PurgeLine

READ = "privacy.record.read"
EXPORT = "privacy.export.make"
PROPOSE = "privacy.erasure.propose"
APPROVE = "privacy.erasure.approve"
EDIT_HOLDS = "privacy.hold.edit"
EDIT_PERIODS = "privacy.period.edit"
FETCH_EXPORTS = "privacy.export.fetch"

EXPORT_FILE = "privacy.export"

declare.actions(
    {
        READ: _("See the record of processing activities, retention, holds and erasures"),
        EXPORT: _("Have everything kept about a person put together, with a purpose"),
        PROPOSE: _("Propose to erase a person"),
        APPROVE: _("Approve or decline that a person is erased"),
        EDIT_HOLDS: _("Place and release legal holds"),
        EDIT_PERIODS: _("Decide how long data are kept"),
        FETCH_EXPORTS: _("Fetch exports that others have asked for"),
    }
)
_ALL = [READ, EXPORT, PROPOSE, APPROVE, EDIT_HOLDS, EDIT_PERIODS]
declare.role(standard.DATA_PROTECTION, may=[*_ALL, READ_PEOPLE])
declare.role(standard.ADMINISTRATOR, may=_ALL)
# Whoever has their own data put together sees how far it is.
for _role in (standard.CITIZEN, standard.DATA_PROTECTION):
    declare.role(_role, may=OWN_JOBS)
declare.scope(Hold, Scope(read=READ))
declare.scope(Erasure, Scope(read=READ))
declare.scope(LedgerEntry, Scope(read=READ))
declare.scope(Period, Scope(read=READ))
declare.scope(PurgeLine, Scope(read=READ))
declare.scope(PersonExport, Scope(read=EXPORT, unit="person__employments__unit__path", person="person", many=True))
files.purpose(EXPORT_FILE, title=_("A person's own data"), read=FETCH_EXPORTS, kept_days=30, personal=True)
