# SPDX-License-Identifier: MPL-2.0
from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "kommune3.kernel.files"
    label = "files"
