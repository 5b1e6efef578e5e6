# SPDX-License-Identifier: MPL-2.0
"""The platform's settings with the drill's app added: its tasks, and tables that show what they did."""

from kommune3.settings import *  # noqa: F403
from kommune3.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "kommune3.adapters.celery", "killdrill"]
MIGRATION_MODULES = {"killdrill": None}
ROOT_URLCONF = "killdrill.urls"
