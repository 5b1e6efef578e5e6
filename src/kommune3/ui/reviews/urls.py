# SPDX-License-Identifier: MPL-2.0
from django.urls import path

from kommune3.ui.reviews import views

app_name = "reviews"
urlpatterns = [
    path("", views.rounds, name="list"),
    path("start/", views.start, name="start"),
    path("<uuid:round_id>/", views.review, name="round"),
    path("<uuid:round_id>/keep/", views.keep, name="keep"),
    path("<uuid:round_id>/sign/", views.sign, name="sign"),
    path("<uuid:round_id>/lines/", views.lines_of, name="lines"),
    path("lines/<uuid:line_id>/done/", views.carry_out, name="carry-out"),
]
