# SPDX-License-Identifier: MPL-2.0
"""The audit log is known by access, so it cannot declare its own pages."""

from django.utils.translation import gettext_lazy as _

from kommune3.kernel.access import declare, standard
from kommune3.kernel.audit.models import Entry

READ = "audit.entry.read"

declare.actions({READ: _("See the audit log and verify it")})
declare.role(standard.ADMINISTRATOR, may=[READ])
declare.scope(Entry, declare.Scope(read=READ))
declare.pages({"audit:list": READ, "audit:detail": READ, "audit:verify": {"POST": READ}})
