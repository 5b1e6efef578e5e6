# SPDX-License-Identifier: MPL-2.0
from django.utils.translation import gettext_lazy as _

from kommune3.adapters.saml import configuration
from kommune3.kernel.access import declare
from kommune3.kernel.people import ways

declare.pages(
    {
        "saml:metadata": declare.PUBLIC,
        "saml:login": declare.PUBLIC,
        "saml:acs": declare.PUBLIC,
        "saml:finish": declare.PUBLIC,
        "saml:slo": declare.PUBLIC,
        "saml:logout": declare.PUBLIC,
    }
)
ways.declare(ways.Way(_("Log in with the municipality's login"), "saml:login", configuration.is_on))
