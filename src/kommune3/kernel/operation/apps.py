# SPDX-License-Identifier: MPL-2.0
from django.apps import AppConfig


class OperationConfig(AppConfig):
    name = "kommune3.kernel.operation"
    label = "operation"
