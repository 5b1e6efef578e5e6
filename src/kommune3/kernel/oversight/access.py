# SPDX-License-Identifier: MPL-2.0
"""Who controls the look-ups of a unit."""

from django.utils.translation import gettext_lazy as _

from kommune3.kernel.access import declare, standard
from kommune3.kernel.oversight.models import Sample, SampledLookup

CONTROL = "audit.sample.control"

declare.actions({CONTROL: _("Control a random sample of the look-ups of people, and sign")})
declare.role(standard.ADMINISTRATOR, may=[CONTROL])
declare.role(standard.DEPARTMENT_LEADER, may=[CONTROL])
declare.scope(Sample, declare.Scope(read=CONTROL, unit="unit__path"))
declare.scope(SampledLookup, declare.Scope(read=CONTROL, unit="sample__unit__path"))
declare.pages(
    {
        "samples:list": CONTROL,
        "samples:sample": CONTROL,
        "samples:sign": {"POST": CONTROL},
        "samples:lines": CONTROL,
    }
)
