# SPDX-License-Identifier: MPL-2.0
from django.urls import path

from kommune3.ui.competences import catalogue, keeping, views

app_name = "competences"
urlpatterns = [
    path("", catalogue.competences, name="list"),
    path("new/", catalogue.new, name="new"),
    path("<uuid:competence_id>/", catalogue.edit, name="edit"),
    path("<uuid:competence_id>/switch/", catalogue.switch, name="switch"),
    path("holders/", views.holders, name="holders"),
    path("delegations/", views.delegations, name="delegations"),
    path("own/", views.own, name="own"),
    path("people/<uuid:person_id>/", views.person, name="person"),
    path("people/<uuid:person_id>/give/", keeping.give, name="give"),
    path("held/<uuid:held_id>/withdraw/", keeping.withdraw, name="withdraw"),
    path("held/<uuid:held_id>/undo/", keeping.undo, name="undo"),
    path("delegations/new/", keeping.delegate, name="delegate"),
    path("delegations/<uuid:delegation_id>/end/", keeping.end_delegation, name="end-delegation"),
    path("delegations/<uuid:delegation_id>/undo/", keeping.undo_delegation, name="undo-delegation"),
    path("import/", keeping.import_file, name="import"),
]
