# SPDX-License-Identifier: MPL-2.0
from django.urls import include, path
from django.views.i18n import set_language

from kommune3.ui import views

app_name = "ui"
urlpatterns = [
    path("language/", set_language, name="language"),
    path(".well-known/security.txt", views.security_txt, name="security_txt"),
    path("robots.txt", views.robots_txt, name="robots_txt"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("design/", include("kommune3.ui.design.urls")),
]
