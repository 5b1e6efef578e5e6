# SPDX-License-Identifier: MPL-2.0
from django.urls import path

from kommune3.ui.substitutes import views

app_name = "substitutes"
urlpatterns = [
    path("account/substitutes/", views.own, name="own"),
    path("account/substitutes/<uuid:substitution_id>/end/", views.end_own, name="end-own"),
    path("administration/substitutes/", views.substitutes, name="list"),
    path("administration/substitutes/new/<uuid:account_id>/", views.new, name="new"),
    path("administration/substitutes/<uuid:substitution_id>/end/", views.end, name="end"),
]
