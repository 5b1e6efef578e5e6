# SPDX-License-Identifier: MPL-2.0
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol, runtime_checkable

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from kommune3.kernel import clock
from kommune3.kernel.access.actor import system
from kommune3.kernel.audit import log
from kommune3.kernel.people import rotation, sealing

# Work that began with the old key has ended by then, whether it is a request or a job.
_SETTLED = timedelta(hours=1)


@runtime_checkable
class Kept(Protocol):
    """A ring in the data folder, which the platform changes itself; one from the environment the operator changes."""

    @property
    def changed_at(self) -> datetime: ...
    def add(self) -> None: ...
    def keep(self, keys: Sequence[str]) -> None: ...


class Command(BaseCommand):
    help = "Change the keys that seal CPR numbers and other secrets, while the platform runs. Can be run again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--index", action="store_true", help="Change the key of the blind index, by which a CPR number is found."
        )
        parser.add_argument(
            "--remove-old", action="store_true", help="Forget the keys that nothing is sealed with any more."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        now = clock.now()
        ring: Sequence[str] = settings.BLIND_INDEX_KEYS if options["index"] else settings.FIELD_KEYS
        try:
            if options["remove_old"]:
                self._remove_old(ring, is_index=options["index"], now=now)
            else:
                self._rotate(ring, is_index=options["index"], now=now)
        except sealing.CannotOpen as error:
            raise CommandError(f"A value does not open: {error}. See: kommune3 keys verify") from error

    def _rotate(self, ring: Sequence[str], *, is_index: bool, now: datetime) -> None:
        if self._is_done(is_index):
            if isinstance(ring, Kept):
                ring.add()
                self.stdout.write("A new key has been made.")
            else:
                self.stdout.write(
                    "The keys come from the environment: put a new one first, and start the platform anew."
                )
        else:
            self.stdout.write("Going on with the change that was begun.")
        run = rotation.reindex if is_index else rotation.reseal
        changed = run(on_progress=lambda name, done: self.stdout.write(f"  {name}: {done}"))
        what = "index" if is_index else "seal"
        log.record(
            actor=system("people.rotate_keys"), action="people.keys.rotated", now=now,
            detail={"what": what, "values": changed, "key": "" if is_index else sealing.ring_names()[0]},
        )  # fmt: skip
        self.stdout.write(f"{changed} values now belong to the newest key.")
        if len(ring) > 1:
            self.stdout.write("Forget the old key tomorrow: kommune3 rotate_keys --remove-old" + " --index" * is_index)

    def _remove_old(self, ring: Sequence[str], *, is_index: bool, now: datetime) -> None:
        if not self._is_done(is_index):
            raise CommandError(
                "An older key is still in use. Run this first: kommune3 rotate_keys" + " --index" * is_index
            )
        if not isinstance(ring, Kept):
            raise CommandError(
                "The keys come from the environment: nothing needs any but the first; take them away there."
            )
        if now - ring.changed_at < _SETTLED:
            raise CommandError(
                "The new key is less than an hour old, and work with the old one may not have ended. Wait."
            )
        removed = len(ring) - 1
        ring.keep([ring[0]])
        log.record(
            actor=system("people.rotate_keys"), action="people.keys.removed", now=now,
            detail={"what": "index" if is_index else "seal", "keys": removed},
        )  # fmt: skip
        self.stdout.write(f"{removed} old keys have been forgotten. Older backups need them: keep a copy with those.")

    def _is_done(self, is_index: bool) -> bool:
        if is_index:
            return rotation.stale_indexes() == 0
        newest = sealing.ring_names()[0]
        return all(set(keys) <= {newest} for keys in rotation.seals().values())
