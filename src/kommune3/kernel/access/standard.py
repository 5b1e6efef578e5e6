# SPDX-License-Identifier: MPL-2.0
"""The roles every municipality has. Solutions give them actions, and may declare roles of their own."""

from django.utils.translation import gettext_lazy as _

from kommune3.kernel.access import declare

ADMINISTRATOR = "administrator"
DIGITALISATION_LEAD = "digitalisation_lead"
DEPARTMENT_LEADER = "department_leader"
EMPLOYEE = "employee"
CITIZEN = "citizen"
DATA_PROTECTION = "data_protection_officer"
ON_CALL = "on_call"

declare.role(ADMINISTRATOR, title=_("Administrator"))
declare.role(DIGITALISATION_LEAD, title=_("Digitalisation lead"))
declare.role(DEPARTMENT_LEADER, title=_("Department leader"))
declare.role(EMPLOYEE, title=_("Employee"))
declare.role(CITIZEN, title=_("Citizen"))
declare.role(DATA_PROTECTION, title=_("Data protection officer"))
declare.role(ON_CALL, title=_("On call"))
