# SPDX-License-Identifier: MPL-2.0
from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def ready(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ready")


urlpatterns = [
    path("ready", ready),
    path("accounts/", include("allauth.urls")),
    path("", include("allauth.idp.urls")),
]
