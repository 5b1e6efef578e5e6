# SPDX-License-Identifier: MPL-2.0
from django.urls import path

from kommune3.ui.administration import privileges, views

app_name = "administration"
urlpatterns = [
    path("accounts/", views.accounts, name="accounts"),
    path("accounts/new/<uuid:person_id>/", views.new_account, name="new-account"),
    path("accounts/<uuid:account_id>/", views.account, name="account"),
    path("accounts/<uuid:account_id>/grants/", views.give_grant, name="give-grant"),
    path("accounts/<uuid:account_id>/password/", views.reset_password, name="reset-password"),
    path("accounts/<uuid:account_id>/second-step/", views.reset_second_step, name="reset-second-step"),
    path("accounts/<uuid:account_id>/sessions/end/", views.end_sessions, name="end-sessions"),
    path("accounts/<uuid:account_id>/switch/", views.switch_account, name="switch-account"),
    path("grants/<uuid:grant_id>/end/", views.end_grant, name="end-grant"),
    path("roles/", views.roles, name="roles"),
    path("privileges/", privileges.privileges, name="privileges"),
    path("privileges/<uuid:privilege_id>/remove/", privileges.remove_privilege, name="remove-privilege"),
]
