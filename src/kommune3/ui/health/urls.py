# SPDX-License-Identifier: MPL-2.0
from django.urls import path

from kommune3.ui.health import views

app_name = "health"
urlpatterns = [
    path("live", views.live, name="live"),
    path("ready", views.ready, name="ready"),
    path("work", views.work, name="work"),
]
