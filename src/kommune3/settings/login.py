# SPDX-License-Identifier: MPL-2.0
"""Logging in: django-allauth with passwords, authenticator apps and passkeys, and the lock-out of django-axes."""

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "kommune3.kernel.people.login.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
# Wrong codes. Wrong passwords are locked out by django-axes before this; calls are counted by kernel.limits.
ACCOUNT_RATE_LIMITS = {"login_failed": "20/5m/key", "login": None}
MFA_RATE_LIMITS = {"webauthn_login": None}
MFA_ADAPTER = "kommune3.kernel.access.second_step.StaffMfaAdapter"
MFA_FORMS = {
    "authenticate": "kommune3.kernel.people.second_step.CodeForm",
    "reauthenticate": "kommune3.kernel.people.second_step.CodeAgainForm",
    "login_webauthn": "kommune3.kernel.people.second_step.PasskeyLoginForm",
}
MFA_TOTP_TOLERANCE = 1  # periods of 30 seconds by which the clock of a phone may differ
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Kommune3"
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "account/lockout.html"
