# SPDX-License-Identifier: MPL-2.0
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kommune3.kernel.people import rotation, sealing


class Command(BaseCommand):
    help = "Tell which key seals what, and prove that every sealed value opens where it stands."

    def handle(self, *args: Any, **options: Any) -> None:
        names = sealing.ring_names()
        for column, keys in rotation.seals().items():
            told = ", ".join(f"{key} ({self._age(key, names)}): {count}" for key, count in sorted(keys.items()))
            self.stdout.write(f"{column}: {told or 'nothing'}")
        unopened = rotation.unopened()
        if unopened:
            raise CommandError("\n".join([f"{len(unopened)} values do not open:", *unopened[:20]]))
        self.stdout.write(f"Blind indexes of an older key: {rotation.stale_indexes()}")
        self.stdout.write("Every sealed value opens where it stands.")

    def _age(self, key: str, names: list[str]) -> str:
        if key not in names:
            return "not in the ring"
        return "newest" if key == names[0] else "old"
