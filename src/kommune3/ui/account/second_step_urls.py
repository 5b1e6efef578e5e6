# SPDX-License-Identifier: MPL-2.0
"""Addresses that show, set up and take away a second step of one's own; named as django-allauth names them."""

from django.urls import path

from kommune3.ui.account import second_step as views

urlpatterns = [
    path("2fa/reauthenticate/", views.ShowCodeView.as_view(), name="mfa_reauthenticate"),
    path("2fa/totp/activate/", views.AddAppView.as_view(), name="mfa_activate_totp"),
    path("2fa/totp/deactivate/", views.RemoveAppView.as_view(), name="mfa_deactivate_totp"),
    path("2fa/recovery-codes/generate/", views.NewRecoveryCodesView.as_view(), name="mfa_generate_recovery_codes"),
    path("2fa/keys/add/", views.AddPasskeyView.as_view(), name="mfa_add_webauthn"),
    path("2fa/keys/reauthenticate/", views.ShowPasskeyView.as_view(), name="mfa_reauthenticate_webauthn"),
    path("2fa/keys/<int:pk>/remove/", views.RemovePasskeyView.as_view(), name="mfa_remove_webauthn"),
]
