# SPDX-License-Identifier: MPL-2.0
"""Settings of the platform. Every value an operator may change is read through :mod:`kommune3.settings.env`."""

from collections.abc import Sequence

import dj_database_url
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from kommune3.settings import env, logs
from kommune3.settings.folders import DATA_DIR, WEB_DIST_DIR
from kommune3.settings.identity_providers import *  # noqa: F403  each is one of its settings
from kommune3.settings.limits import *  # noqa: F403  each is one of its settings
from kommune3.settings.login import *  # noqa: F403  each is one of its settings
from kommune3.settings.secrets import KeptRing, kept_secret

# --- How it shows itself, and its secrets ----------------------------------------------------------------------------

DEBUG = env.boolean("KOMMUNE3_DEBUG", False, "Show technical error pages. Never on a server that others can reach.")
SECRET_KEY = env.text(
    "KOMMUNE3_SECRET_KEY", "", "Key that signs sessions. Empty: made once and kept in the data folder."
) or kept_secret(DATA_DIR, "session_key")
FIELD_KEYS: Sequence[str] = env.keys(
    "KOMMUNE3_FIELD_KEYS",
    "Keys (64 hexadecimal digits each) that seal CPR numbers and other secrets; the first "
    "seals, the others only open. Empty: one is made and kept in the data folder.",
) or KeptRing(DATA_DIR, "field_key")
BLIND_INDEX_KEYS: Sequence[str] = env.keys(
    "KOMMUNE3_BLIND_INDEX_KEY",
    "Key (64 hexadecimal digits) of the index by which a CPR number is found. While it is being changed: the new one, "
    "a comma, the old one. Empty: made once and kept in the data folder.",
) or KeptRing(DATA_DIR, "blind_index_key")
AUDIT_KEYS: Sequence[str] = env.keys(
    "KOMMUNE3_AUDIT_KEYS",
    "Keys (64 hexadecimal digits each) that seal the lines of the audit log; the first seals, the others only verify "
    "what was written before it. Empty: one is made and kept in the data folder.",
) or KeptRing(DATA_DIR, "audit_key")
AUDIT_ANCHOR_DIR = env.folder(
    "KOMMUNE3_AUDIT_ANCHOR_DIR",
    DATA_DIR / "audit",
    "Folder whose file 'anchors' gets an anchor of the audit log each hour. Best on another machine, where lines can "
    "be added only.",
)
ERASURE_KEY = env.text(
    "KOMMUNE3_ERASURE_KEY",
    "",
    "Key (64 hexadecimal digits) of the digests in the erasure ledger. Never change it: people who were erased could "
    "no longer be found in an older copy. Empty: made once and kept in the data folder.",
) or kept_secret(DATA_DIR, "erasure_key")
ERASURES_FILE = env.text(
    "KOMMUNE3_ERASURES_FILE",
    "",
    "File that the erasure ledger is copied to, for a restore to read. Best on another disk or machine than the "
    "database. Empty: erasures.jsonl in the data folder.",
)

# --- Who may reach the server ----------------------------------------------------------------------------------------

ALLOWED_HOSTS = env.words("KOMMUNE3_ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"], "Host names served.")
HTTPS = env.boolean("KOMMUNE3_HTTPS", False, "Served over HTTPS by the proxy in front: secure cookies and HSTS.")
SECURITY_CONTACTS = env.words(
    "KOMMUNE3_SECURITY_CONTACT",
    [],
    "Whom to tell of a hole in this installation: addresses such as mailto:sikkerhed@kommune.dk or https://…, shown in "
    "/.well-known/security.txt. Empty: that page does not exist.",
)
CSRF_TRUSTED_ORIGINS = env.words("KOMMUNE3_TRUSTED_ORIGINS", [], "Origins (https://host) that forms may come from.")

# --- Rooms -----------------------------------------------------------------------------------------------------------

KERNEL_APPS = [
    "kommune3.kernel.metrics",
    "kommune3.kernel.inventory",
    "kommune3.kernel.flags",
    "kommune3.kernel.solutions",
    "kommune3.kernel.people",
    "kommune3.kernel.places",
    "kommune3.kernel.organisation",
    "kommune3.kernel.access",
    "kommune3.kernel.limits",
    "kommune3.kernel.audit",
    "kommune3.kernel.files",
    "kommune3.kernel.jobs",
    "kommune3.kernel.events",
    "kommune3.kernel.notify",
    "kommune3.kernel.rights",
    "kommune3.kernel.oversight",
    "kommune3.kernel.competences",
    "kommune3.kernel.effects",
    "kommune3.kernel.http",
    "kommune3.kernel.privacy",
    "kommune3.kernel.backups",
    "kommune3.kernel.operation",
    "kommune3.kernel.demo",
]
ADAPTER_APPS = [
    "kommune3.adapters.beeline",
    "kommune3.adapters.fleetgps",
    "kommune3.adapters.oidc",
    "kommune3.adapters.roads",
    "kommune3.adapters.saml",
]
SOLUTION_APPS = [
    "kommune3.solutions.care",
    "kommune3.solutions.fleet",
]
INSTALLED_APPS = [
    "kommune3.ui",
    *KERNEL_APPS,
    *ADAPTER_APPS,
    *SOLUTION_APPS,
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "django_filters",
    "django_tables2",
    "django_tasks",
    "django_vite",
]
MIDDLEWARE = [
    "kommune3.ui.middleware.stream_in_pieces",
    "kommune3.kernel.audit.middleware.request_id",
    "kommune3.kernel.metrics.middleware.measured",
    # Outside of all that may answer by itself: static files, redirects and refusals carry these headers too.
    "kommune3.ui.middleware.security_headers",
    "csp.middleware.CSPMiddleware",
    "kommune3.ui.bodies.refuse",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "kommune3.kernel.access.row_security.session.RowSecurity",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "kommune3.ui.cpr_wall.no_cpr_in_addresses",
    "allauth.account.middleware.AccountMiddleware",
    "kommune3.kernel.solutions.routing.SwitchedOn",
    "kommune3.kernel.access.middleware.PageAccess",
    "kommune3.kernel.access.use.RightsInUse",
    "kommune3.kernel.limits.middleware.Limits",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "kommune3.urls"
ASGI_APPLICATION = "kommune3.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "kommune3.ui.context.shell",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Rows ------------------------------------------------------------------------------------------------------------

DATABASE_URL = env.text(
    "KOMMUNE3_DATABASE_URL",
    f"sqlite:///{DATA_DIR / 'kommune3.sqlite3'}",
    "Database: sqlite:///FILE or postgresql://USER:PASSWORD@HOST:PORT/NAME.",
)
DATABASES = {"default": dj_database_url.parse(DATABASE_URL, conn_max_age=0)}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # IMMEDIATE, since a transaction that reads first and then writes fails under parallel writers when deferred;
    # FULL, since what was acknowledged must be on disk.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=20000;"
        " PRAGMA secure_delete=ON;"
        " PRAGMA cache_size=-64000; PRAGMA mmap_size=268435456;",
    }

ROW_SECURITY = env.boolean(
    "KOMMUNE3_ROW_SECURITY",
    False,
    "PostgreSQL's row-level security as a second wall. First: kommune3 row_security --role ROLE.",
)

# --- Jobs ------------------------------------------------------------------------------------------------------------

TASKS = {"default": {"BACKEND": "kommune3.kernel.jobs.backend.DurableBackend"}}
JOB_WORKERS = env.whole_number("KOMMUNE3_JOB_WORKERS", 2, "Worker processes that 'kommune3 serve' starts.")
JOB_LEASE_SECONDS = env.whole_number(
    "KOMMUNE3_JOB_LEASE_SECONDS", 30, "A job whose worker has been silent this long is given to another worker."
)
JOB_STOP_SECONDS = env.whole_number(
    "KOMMUNE3_JOB_STOP_SECONDS", 20, "A worker told to stop finishes its job within this time, or hands it back."
)
JOB_RETRY_SECONDS = env.whole_number(
    "KOMMUNE3_JOB_RETRY_SECONDS",
    10,
    "Pause before a failed job's second attempt; doubles with each further one, at most an hour.",
)
JOB_KEEP_DAYS = env.whole_number("KOMMUNE3_JOB_KEEP_DAYS", 90, "Finished jobs are removed after this many days.")
JOB_CARRIER = env.text(
    "KOMMUNE3_JOB_CARRIER", "", "Empty: workers find jobs in the database. 'celery': RabbitMQ carries them."
)
JOB_CARRIERS = {"celery": "kommune3.adapters.celery.carrier.CeleryCarrier"}
CELERY_BROKER_URL = env.text(
    "KOMMUNE3_CELERY_BROKER_URL", "amqp://guest:guest@127.0.0.1:5672//", "Broker of the Celery carrier."
)
CELERY_QUEUE_PREFIX = env.text(
    "KOMMUNE3_CELERY_QUEUE_PREFIX", "kommune3", "Beginning of the names of the broker's queues."
)
if JOB_CARRIER == "celery":
    INSTALLED_APPS.append("kommune3.adapters.celery")

# --- People and login ------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "people.Account"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS  # browsers allow passkeys without HTTPS on localhost only
DEMO = env.boolean("KOMMUNE3_DEMO", False, "Demo municipality: the login page shows the demo logins.")

BREAK_GLASS_HOURS = env.whole_number(
    "KOMMUNE3_BREAK_GLASS_HOURS", 4, "Longest time, in hours, for which access is opened in an emergency."
)
REVIEW_MONTHS = env.whole_number("KOMMUNE3_REVIEW_MONTHS", 6, "Months from one review of rights to the next.")
REVIEW_DEADLINE_DAYS = env.whole_number(
    "KOMMUNE3_REVIEW_DEADLINE_DAYS", 28, "Days a leader has to sign a review of rights."
)

# --- Control of look-ups ---------------------------------------------------------------------------------------------

SAMPLE_SIZE = env.whole_number(
    "KOMMUNE3_SAMPLE_SIZE", 20, "Look-ups of people drawn from each unit each month for random-sample control."
)
SAMPLE_DEADLINE_DAYS = env.whole_number(
    "KOMMUNE3_SAMPLE_DEADLINE_DAYS", 28, "Days a leader has to sign a control of look-ups."
)

# --- Language and time -----------------------------------------------------------------------------------------------

LANGUAGE_CODE = "da"
LANGUAGES = [("da", _("Danish")), ("en", _("English"))]
USE_TZ = True
TIME_ZONE = "Europe/Copenhagen"

# --- Files and the front end -----------------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [WEB_DIST_DIR] if WEB_DIST_DIR.is_dir() else []
STORAGES = {
    "default": {"BACKEND": "kommune3.kernel.files.storage.FolderStorage", "OPTIONS": {"location": DATA_DIR / "files"}},
    "staticfiles": {"BACKEND": "kommune3.ui.storage.StaticFiles"},
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_ALLOW_ALL_ORIGINS = False  # no other site has any use for the platform's scripts and styles
# Names with a fingerprint, from Vite or from Django, never change their content.
WHITENOISE_IMMUTABLE_FILE_TEST = r"(/assets/.+-[\w-]{8}|\.[0-9a-f]{12})\.\w+$"
DJANGO_VITE = {"default": {"dev_mode": False, "manifest_path": WEB_DIST_DIR / "manifest.json"}}
UPLOAD_LIMIT_MB = env.whole_number("KOMMUNE3_UPLOAD_LIMIT_MB", 200, "Largest file a user may upload, in megabytes.")
ROADS_FILE = env.text(
    "KOMMUNE3_ROADS_FILE",
    "",
    "Roads that `kommune3 roads build` made of an OpenStreetMap file. Empty: travel times are estimated.",
)
TRAVEL_PROVIDER = env.text(
    "KOMMUNE3_TRAVEL_PROVIDER",
    "kommune3.adapters.roads.travel" if ROADS_FILE else "kommune3.adapters.beeline.travel",
    "Module that answers how long and how far it is between two places. With KOMMUNE3_ROADS_FILE it is "
    "kommune3.adapters.roads.travel by itself; kommune3.adapters.roads.osrm and .valhalla ask a server.",
)
TRAVEL_SERVER = env.text(
    "KOMMUNE3_TRAVEL_SERVER",
    "",
    "Address of an OSRM or Valhalla server, such as http://osrm.kommune.local:5000. {mode} in it becomes car, bicycle "
    "or foot, where each has a server of its own. Its host stands in KOMMUNE3_OUTGOING_INTERNAL_HOSTS too.",
)
TILE_SERVER = env.text(
    "KOMMUNE3_TILE_SERVER",
    "",
    "Raster tiles of the municipality's own map server: https://HOST/…/{z}/{x}/{y}.png. Empty: the schematic map that "
    "comes with the platform.",
)
TILE_CREDIT = env.text(
    "KOMMUNE3_TILE_CREDIT",
    "",
    "Whom to name on maps drawn with KOMMUNE3_TILE_SERVER, such as '© OpenStreetMap contributors'.",
)

# --- Security --------------------------------------------------------------------------------------------------------

_TILE_ORIGIN = ["/".join(TILE_SERVER.split("/")[:3])] if TILE_SERVER.startswith("https://") else []
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", *_TILE_ORIGIN],
        "font-src": [SELF],
        "connect-src": [SELF, *_TILE_ORIGIN],
        "worker-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
# A map server of the municipality's need not know of this header; its tiles are then fetched without cookies.
CROSS_ORIGIN_EMBEDDER_POLICY = "credentialless" if _TILE_ORIGIN else "require-corp"
SECURE_HSTS_SECONDS = 63_072_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [
    r"^health/(live|ready|work)$",
    r"^metrics$",
]  # asked from the same machine, behind the proxy that speaks HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
LANGUAGE_COOKIE_NAME = "__Host-language" if HTTPS else "language"
LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 8 * 3600
CSRF_COOKIE_HTTPONLY = True
# What was saved for whom is told once and is nothing for a cookie to keep.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
CSRF_FAILURE_VIEW = "kommune3.ui.errors.csrf_failure"
OUTGOING_HOSTS = env.words(
    "KOMMUNE3_OUTGOING_HOSTS",
    [],
    "Hosts on the internet that the platform may call over HTTPS (host or host:port). Empty: none.",
)
OUTGOING_INTERNAL_HOSTS = env.words(
    "KOMMUNE3_OUTGOING_INTERNAL_HOSTS",
    [],
    "Hosts that may be on the municipality's own network, also over plain HTTP (host or host:port). Empty: none.",
)

# --- Mail and logs ---------------------------------------------------------------------------------------------------

_MAIL_HOST = env.text("KOMMUNE3_MAIL_HOST", "", "SMTP server. Empty: messages are shown in the platform only.")
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend" if _MAIL_HOST else "django.core.mail.backends.dummy.EmailBackend"
)
EMAIL_HOST = _MAIL_HOST
EMAIL_PORT = env.whole_number("KOMMUNE3_MAIL_PORT", 25, "Port of the SMTP server.")
EMAIL_HOST_USER = env.text("KOMMUNE3_MAIL_USER", "", "User at the SMTP server.")
EMAIL_HOST_PASSWORD = env.text("KOMMUNE3_MAIL_PASSWORD", "", "Password at the SMTP server.")
EMAIL_USE_TLS = env.boolean("KOMMUNE3_MAIL_TLS", False, "Use STARTTLS towards the SMTP server.")
PUBLIC_URL = env.text(
    "KOMMUNE3_PUBLIC_URL", "http://localhost:8000", "Address people reach the platform at, for links in e-mails."
)
DEFAULT_FROM_EMAIL = env.text("KOMMUNE3_MAIL_FROM", "kommune3@localhost", "Sender of the platform's messages.")

# --- Watching the platform -------------------------------------------------------------------------------------------

METRICS_TOKEN = env.text(
    "KOMMUNE3_METRICS_TOKEN",
    "",
    "Token (at least 24 characters) with which Prometheus fetches /metrics as 'Authorization: Bearer TOKEN'. "
    "Empty: there is no such address.",
)
if METRICS_TOKEN and len(METRICS_TOKEN) < 24:
    raise env.InvalidSetting("KOMMUNE3_METRICS_TOKEN", "…", "at least 24 characters")
METRICS_ADDRESSES = env.words(
    "KOMMUNE3_METRICS_ADDRESSES",
    [],
    "Addresses or networks (10.0.0.5, 10.1.0.0/16) from which the token is accepted. Empty: any.",
)
DISK_ROOM_MB = env.whole_number(
    "KOMMUNE3_DISK_ROOM_MB", 1000, "With less free room on the disk of the data folder, health and page warn."
)
JOB_WAIT_MINUTES = env.whole_number(
    "KOMMUNE3_JOB_WAIT_MINUTES", 60, "When a due job has waited longer, /health/work says that work stands still."
)

LOGGING = logs.configuration(level=env.text("KOMMUNE3_LOG_LEVEL", "INFO", "Least severe level written to the log."))
