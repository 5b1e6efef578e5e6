# SPDX-License-Identifier: MPL-2.0
from django.utils.translation import gettext_lazy as _

from kommune3.kernel.access import declare, standard

declare.actions({"travel.assumptions.change": _("Change what is assumed of travel times and distances")})
declare.role(standard.ADMINISTRATOR, may=["travel.assumptions.change"])
declare.pages({"beeline:assumptions": "travel.assumptions.change"})
