# SPDX-License-Identifier: MPL-2.0
from django.utils.translation import gettext_lazy as _

from kommune3.kernel.access import declare, standard

SWITCH = "solutions.switch"

declare.actions({SWITCH: _("Switch solutions on and off")})
declare.role(standard.ADMINISTRATOR, may=[SWITCH])
declare.pages({"solutions:list": SWITCH, "solutions:switch": {"POST": SWITCH}})
