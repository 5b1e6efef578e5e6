# SPDX-License-Identifier: MPL-2.0
from django.urls import path

from kommune3.adapters.beeline import views

app_name = "beeline"
urlpatterns = [path("", views.assumptions, name="assumptions")]
