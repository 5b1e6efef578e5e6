# SPDX-License-Identifier: MPL-2.0
from django.urls import path

from kommune3.ui.break_glass import views

app_name = "break-glass"
urlpatterns = [
    path("account/emergency/", views.open_access, name="open"),
    path("account/emergency/<uuid:opened_id>/close/", views.close, name="close"),
    path("administration/emergencies/", views.queue, name="queue"),
    path("administration/emergencies/<uuid:opened_id>/", views.detail, name="detail"),
]
