# SPDX-License-Identifier: MPL-2.0
from django.apps import AppConfig


class BackupsConfig(AppConfig):
    name = "kommune3.kernel.backups"
    label = "backups"
