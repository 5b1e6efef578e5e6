# SPDX-License-Identifier: MPL-2.0
from django.urls import path

from kommune3.ui.effects import views

app_name = "effects"
urlpatterns = [
    path("", views.effects_list, name="list"),
    path("<uuid:effect_id>/", views.effect_detail, name="detail"),
]
