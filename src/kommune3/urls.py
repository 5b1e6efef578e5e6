# SPDX-License-Identifier: MPL-2.0
"""Every address of the platform: the kernel's own, and those of each solution that is switched on."""

from importlib import import_module
from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from kommune3.kernel.solutions import registry
from kommune3.kernel.solutions.routing import solution_path
from kommune3.ui.operation import views as operation
from kommune3.ui.rest import api as kernel_api

handler400 = "kommune3.ui.errors.bad_request"
handler403 = "kommune3.ui.errors.permission_denied"
handler404 = "kommune3.ui.errors.not_found"
handler500 = "kommune3.ui.errors.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("account/saml/", include("kommune3.adapters.saml.urls")),
    path("account/", include("kommune3.kernel.people.urls")),
    path("account/", include("kommune3.ui.account.urls")),
    path("account/", include("kommune3.ui.account.second_step_urls")),
    path("account/oidc/", include("kommune3.adapters.oidc.urls")),
    path("administration/solutions/", include("kommune3.ui.solutions.urls")),
    path("administration/operation/", include("kommune3.ui.operation.urls")),
    path("administration/travel/", include("kommune3.adapters.beeline.urls")),
    path("administration/", include("kommune3.ui.administration.urls")),
    path("administration/reviews/", include("kommune3.ui.reviews.urls")),
    path("", include("kommune3.ui.substitutes.urls")),
    path("", include("kommune3.ui.break_glass.urls")),
    path("audit/samples/", include("kommune3.ui.samples.urls")),
    path("audit/", include("kommune3.ui.audit.urls")),
    path("competences/", include("kommune3.ui.competences.urls")),
    path("effects/", include("kommune3.ui.effects.urls")),
    path("files/", include("kommune3.ui.files.urls")),
    path("health/", include("kommune3.ui.health.urls")),
    path("metrics", operation.metrics, name="metrics"),
    path("notifications/", include("kommune3.ui.notify.urls")),
    path("jobs/", include("kommune3.ui.jobs.urls")),
    path("organisation/", include("kommune3.ui.organisation.urls")),
    path("people/", include("kommune3.ui.people.urls")),
    path("privacy/", include("kommune3.ui.privacy.urls")),
    path("api/v1/", kernel_api.urls),
    path("", include("kommune3.ui.home.urls")),
    path("", include("kommune3.ui.urls")),
]
for config in registry.configs():
    key = config.manifest.key
    urlpatterns.append(solution_path(f"{key}/", f"{config.name}.urls", key=key))
    if find_spec(f"{config.name}.rest"):
        api = import_module(f"{config.name}.rest").api
        urlpatterns.append(solution_path(f"api/v1/{key}/", api.urls, key=key))
