# SPDX-License-Identifier: MPL-2.0
"""The ASGI application that ``kommune3 serve`` runs."""

import os

from django.core.asgi import get_asgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kommune3.settings")
django_application = get_asgi_application()

from kommune3.kernel.access.row_security import session  # noqa: E402  models can be imported from here on
from kommune3.ui import bodies  # noqa: E402

session.serve_others()
application = bodies.limited(django_application)
get_resolver().url_patterns  # noqa: B018  imports every page now, so that the first visitor does not wait for it
