# SPDX-License-Identifier: MPL-2.0
from django.apps import AppConfig


class HttpConfig(AppConfig):
    name = "kommune3.kernel.http"
    label = "http"
