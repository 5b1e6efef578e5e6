# SPDX-License-Identifier: MPL-2.0
from django.urls import path

from kommune3.ui.samples import views

app_name = "samples"
urlpatterns = [
    path("", views.samples, name="list"),
    path("<uuid:sample_id>/", views.sample, name="sample"),
    path("<uuid:sample_id>/sign/", views.sign, name="sign"),
    path("<uuid:sample_id>/lines/", views.lines, name="lines"),
]
