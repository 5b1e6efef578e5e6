# SPDX-License-Identifier: MPL-2.0
from django.utils.translation import gettext_lazy as _

from kommune3.kernel.access import declare, standard
from kommune3.kernel.effects.models import Effect

declare.actions({"effects.read": _("See the ledger of gains")})
declare.role(standard.ADMINISTRATOR, may=["effects.read"])
declare.role(standard.DIGITALISATION_LEAD, may=["effects.read"])
declare.role(standard.DEPARTMENT_LEADER, may=["effects.read"])
declare.scope(Effect, declare.Scope(read="effects.read", unit="unit__path"))
declare.pages(
    {
        "effects:list": "effects.read",
        "effects:detail": "effects.read",
        "api-kernel:effects": "effects.read",
        "api-kernel:effects_totals": "effects.read",
        "api-kernel:effects_indicators": "effects.read",
        "api-kernel:effects_detail": "effects.read",
    }
)
