# SPDX-License-Identifier: MPL-2.0
from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules


class PrivacyConfig(AppConfig):
    name = "kommune3.kernel.privacy"
    label = "privacy"

    def ready(self) -> None:
        from kommune3.kernel.inventory import holding
        from kommune3.kernel.privacy import checks as checks  # registers itself
        from kommune3.kernel.privacy import holds
        from kommune3.kernel.privacy.retention import make_first_periods

        holding.read_with(holds.unheld)
        autodiscover_modules("privacy")
        post_migrate.connect(make_first_periods, sender=self)
