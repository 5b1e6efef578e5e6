# SPDX-License-Identifier: MPL-2.0
from django.apps import AppConfig


class InventoryConfig(AppConfig):
    name = "kommune3.kernel.inventory"
    label = "inventory"
