# SPDX-License-Identifier: MPL-2.0
from django.urls import path

from kommune3.ui.people import employees, views

app_name = "people"
urlpatterns = [
    path("", views.people, name="list"),
    path("new/<uuid:unit_id>/", employees.new_employee, name="new"),
    path("<uuid:person_id>/", views.person, name="detail"),
    path("<uuid:person_id>/cpr/", views.reveal_cpr, name="reveal-cpr"),
    path("<uuid:person_id>/edit/", employees.edit_person, name="edit"),
    path("<uuid:person_id>/employments/", employees.new_employment, name="new-employment"),
    path("employments/<uuid:employment_id>/", employees.edit_employment, name="edit-employment"),
    path("employments/<uuid:employment_id>/end/", employees.end_employment, name="end-employment"),
]
