# SPDX-License-Identifier: MPL-2.0
from django.apps import AppConfig


class SolutionsConfig(AppConfig):
    name = "kommune3.kernel.solutions"
    label = "solutions"
