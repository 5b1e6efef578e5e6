# SPDX-License-Identifier: MPL-2.0
from django.utils.translation import gettext_lazy as _

from kommune3.adapters.oidc import configuration
from kommune3.kernel.access import declare
from kommune3.kernel.people import ways

declare.pages({"oidc:login": declare.PUBLIC, "oidc:callback": declare.PUBLIC})
ways.declare(ways.Way(_("Log in with the municipality's login"), "oidc:login", configuration.is_on))
