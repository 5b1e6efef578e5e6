# SPDX-License-Identifier: MPL-2.0
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from kommune3.kernel import clock
from kommune3.kernel.access import standard
from kommune3.kernel.access.actor import actor_of
from kommune3.kernel.access.models import Grant
from kommune3.kernel.jobs import leases
from kommune3.kernel.jobs.running import run
from kommune3.kernel.people.models import Account, Person
from kommune3.kernel.privacy import erasing
from kommune3.kernel.privacy.models import Erasure, ErasureState


class Command(BaseCommand):
    help = "Erase people by name, as two officers do: one proposes, the other approves."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("names", nargs="+")

    def handle(self, *args: Any, **options: Any) -> None:
        now = clock.now()
        one, other = (self._officer(username) for username in ("officer-one", "officer-two"))
        for name in options["names"]:
            given, family = name.rsplit(" ", 1)
            person = Person.objects.get(given_name=given, family_name=family)
            erasure = erasing.propose(
                actor=actor_of(one, now=now), now=now, person_id=person.pk, ground="NOT_NEEDED", reason="Sag 1234"
            )
            self._work(erasure)
            erasing.approve(actor=actor_of(other, now=now), now=now, erasure_id=erasure.pk)
            self._work(erasure)
            erasure.refresh_from_db()
            assert erasure.state == ErasureState.DONE

    def _officer(self, username: str) -> Account:
        account, is_new = Account.objects.get_or_create(username=username, defaults={"date_joined": clock.now()})
        if is_new:
            Grant.objects.create(
                account=account, role=standard.DATA_PROTECTION, valid_from=clock.municipal_date(clock.now())
            )
        return account

    def _work(self, erasure: Erasure) -> None:
        erasure.refresh_from_db()
        assert erasure.job_id is not None
        claimed = leases.claim_one(erasure.job_id, worker="drill", now=clock.now())
        assert claimed
        run(claimed)
