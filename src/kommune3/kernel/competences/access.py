# SPDX-License-Identifier: MPL-2.0
"""Who sees and edits what people are able and allowed to do. An employee sees everything about themself."""

from django.utils.translation import gettext_lazy as _

from kommune3.kernel.access import declare, lookups, standard
from kommune3.kernel.competences.models import Competence, Delegation, Held

READ = "competences.read"
EDIT = "competences.edit"
CATALOGUE = "competences.catalogue.edit"

declare.actions(
    {
        READ: _("See competences and delegations"),
        EDIT: _("Give and withdraw competences, and enter and end delegations"),
        CATALOGUE: _("Edit the catalogue of competences"),
    }
)
for _code, _title in {
    "competences.person.read": _("Your competences and delegations were opened"),
    "competences.listed": _("Competences and delegations were shown"),
    "competences.exported": _("Competences and delegations were downloaded"),
}.items():
    lookups.declare(_code, action=READ, title=_title, purpose=_("Knowing who may do which task"))
declare.role(standard.EMPLOYEE, may=[f"{READ}.own"])
declare.role(standard.DEPARTMENT_LEADER, may=[READ, EDIT])
declare.role(standard.ADMINISTRATOR, may=[READ, EDIT, CATALOGUE])

declare.scope(Competence, declare.Scope(read=READ))
declare.scope(Held, declare.Scope(read=READ, unit="person__employments__unit__path", person="person_id", many=True))
declare.scope(
    Delegation,
    declare.Scope(
        read=READ, unit="helper__employments__unit__path", person="helper_id", many=True, wall=("delegator",)
    ),
)
declare.pages(
    {
        "competences:list": READ,
        "competences:new": CATALOGUE,
        "competences:edit": CATALOGUE,
        "competences:switch": {"POST": CATALOGUE},
        "competences:holders": READ,
        "competences:delegations": READ,
        "competences:own": READ,
        "competences:person": READ,
        "competences:give": EDIT,
        "competences:withdraw": {"POST": EDIT},
        "competences:undo": {"POST": EDIT},
        "competences:delegate": EDIT,
        "competences:end-delegation": {"POST": EDIT},
        "competences:undo-delegation": {"POST": EDIT},
        "competences:import": EDIT,
    }
)
