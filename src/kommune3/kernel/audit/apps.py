# SPDX-License-Identifier: MPL-2.0
from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "kommune3.kernel.audit"
    label = "audit"
