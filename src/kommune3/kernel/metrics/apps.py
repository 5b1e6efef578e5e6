# SPDX-License-Identifier: MPL-2.0
from typing import Any

from django.apps import AppConfig
from django.contrib.auth.signals import user_login_failed


class MetricsConfig(AppConfig):
    name = "kommune3.kernel.metrics"
    label = "metrics"

    def ready(self) -> None:
        user_login_failed.connect(_count_failure, dispatch_uid="metrics")


def _count_failure(**sent: Any) -> None:
    from kommune3.kernel.metrics.figures import LOGIN_FAILURES

    LOGIN_FAILURES.inc()
