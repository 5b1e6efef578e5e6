# SPDX-License-Identifier: MPL-2.0
from kommune3.settings import *  # noqa: F403
from kommune3.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "jobsbench"]
MIGRATION_MODULES = {"jobsbench": None}
