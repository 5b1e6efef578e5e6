# SPDX-License-Identifier: MPL-2.0
from django.urls import path

from kommune3.ui.account import lookups, sessions, views

app_name = "account"
urlpatterns = [
    path("", views.profile, name="profile"),
    path("lookups/", lookups.lookups, name="lookups"),
    path("sessions/", sessions.own_sessions, name="sessions"),
    path("sessions/<uuid:login_session_id>/end/", sessions.end_session, name="end-session"),
    path("sessions/end-others/", sessions.end_other_sessions, name="end-other-sessions"),
    path("tokens/", views.tokens, name="tokens"),
    path("tokens/<uuid:token_id>/revoke/", views.revoke_token, name="revoke-token"),
]
