# SPDX-License-Identifier: MPL-2.0
from django.urls import path

from kommune3.ui.organisation import views

app_name = "organisation"
urlpatterns = [
    path("", views.units, name="units"),
    path("<uuid:unit_id>/", views.unit, name="unit"),
    path("<uuid:unit_id>/new/", views.new_unit, name="new-unit"),
    path("<uuid:unit_id>/edit/", views.edit_unit, name="edit-unit"),
]
