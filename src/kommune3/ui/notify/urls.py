# SPDX-License-Identifier: MPL-2.0
from django.urls import path

from kommune3.ui.notify import views

app_name = "notify"
urlpatterns = [
    path("", views.notifications, name="list"),
    path("read/", views.mark_all_read, name="mark_all_read"),
    path("<uuid:notification_id>/", views.open_notification, name="open"),
    path("<uuid:notification_id>/read/", views.mark_read, name="mark_read"),
]
