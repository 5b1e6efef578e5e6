# SPDX-License-Identifier: MPL-2.0
from django.urls import path

from kommune3.ui.operation import views

app_name = "operation"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("schedules/<str:name>/run/", views.run_schedule, name="run-schedule"),
    path("audit/verify/", views.verify_audit, name="verify-audit"),
]
