# SPDX-License-Identifier: MPL-2.0
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from kommune3.kernel.access import declare, standard
from kommune3.ui.audit import access as _audit  # noqa: F401  the log declares its pages there
from kommune3.ui.privacy import access as _privacy  # noqa: F401

declare.actions({"ui.design": _("See the components that pages are built of")})
declare.role(standard.ADMINISTRATOR, may=["ui.design"])

DESIGN = declare.PUBLIC if settings.DEBUG else "ui.design"
declare.pages(
    {
        "health:live": declare.PUBLIC,
        "health:ready": declare.PUBLIC,
        "health:work": declare.PUBLIC,
        "metrics": declare.PUBLIC,  # asks for a token of its own, and is not found without
        "ui:language": declare.PUBLIC,
        "ui:accessibility": declare.PUBLIC,
        "ui:robots_txt": declare.PUBLIC,
        "ui:security_txt": declare.PUBLIC,
        "ui:design": DESIGN,
        "ui:design_list": DESIGN,
        "ui:design_form": DESIGN,
        "ui:design_error": DESIGN,
        "ui:design_job_events": DESIGN,
        "ui:design_job_state": DESIGN,
        "ui:design_job_cancel": DESIGN,
    }
)
