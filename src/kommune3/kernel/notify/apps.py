# SPDX-License-Identifier: MPL-2.0
from django.apps import AppConfig


class NotifyConfig(AppConfig):
    name = "kommune3.kernel.notify"
    label = "notify"
