# SPDX-License-Identifier: MPL-2.0
from django.apps import AppConfig


class JobsBenchConfig(AppConfig):
    name = "jobsbench"
    label = "jobsbench"
