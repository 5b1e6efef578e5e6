# SPDX-License-Identifier: MPL-2.0
from django.urls import path

from kommune3.ui.jobs import views

app_name = "jobs"
urlpatterns = [
    path("", views.jobs, name="list"),
    path("<uuid:job_id>/", views.job, name="detail"),
    path("<uuid:job_id>/state/", views.state, name="state"),
    path("<uuid:job_id>/stream/", views.stream, name="stream"),
    path("<uuid:job_id>/cancel/", views.cancel, name="cancel"),
    path("<uuid:job_id>/retry/", views.retry, name="retry"),
]
