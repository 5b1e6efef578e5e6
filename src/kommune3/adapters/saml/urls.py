# SPDX-License-Identifier: MPL-2.0
from django.urls import path

from kommune3.adapters.saml import views

app_name = "saml"
urlpatterns = [
    path("metadata/", views.metadata, name="metadata"),
    path("login/", views.login, name="login"),
    path("acs/", views.acs, name="acs"),
    path("finish/<str:secret>/", views.finish, name="finish"),
    path("slo/", views.slo, name="slo"),
    path("logout/<uuid:session_id>/", views.logout, name="logout"),
]
