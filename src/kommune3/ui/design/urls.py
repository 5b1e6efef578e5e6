# SPDX-License-Identifier: MPL-2.0
from django.urls import path

from kommune3.ui.design import views

urlpatterns = [
    path("", views.overview, name="design"),
    path("list/", views.example_list, name="design_list"),
    path("form/", views.example_form, name="design_form"),
    path("error/<int:code>/", views.example_error, name="design_error"),
    path("job/events/", views.example_job_events, name="design_job_events"),
    path("job/state/", views.example_job_state, name="design_job_state"),
    path("job/cancel/", views.example_job_cancel, name="design_job_cancel"),
]
