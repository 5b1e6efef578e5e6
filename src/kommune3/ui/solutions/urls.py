# SPDX-License-Identifier: MPL-2.0
from django.urls import path

from kommune3.ui.solutions import views

app_name = "solutions"
urlpatterns = [
    path("", views.solutions, name="list"),
    path("<slug:key>/switch/", views.switch, name="switch"),
]
