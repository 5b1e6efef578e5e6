# SPDX-License-Identifier: MPL-2.0
from django.urls import path

from kommune3.ui.audit import views

app_name = "audit"
urlpatterns = [
    path("", views.entries, name="list"),
    path("verify/", views.verify, name="verify"),
    path("<int:number>/", views.entry, name="detail"),
]
