# SPDX-License-Identifier: MPL-2.0
from django.urls import path

from kommune3.adapters.oidc import views

app_name = "oidc"
urlpatterns = [
    path("login/", views.login, name="login"),
    path("callback/", views.callback, name="callback"),
]
