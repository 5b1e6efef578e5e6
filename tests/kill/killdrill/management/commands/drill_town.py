# SPDX-License-Identifier: MPL-2.0
import json
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from kommune3.kernel import clock
from kommune3.kernel.access import standard, tokens
from kommune3.kernel.access.actor import actor_of
from kommune3.kernel.access.models import Grant
from kommune3.kernel.organisation.models import Employment, Municipality, Unit
from kommune3.kernel.people.assurance import Assurance
from kommune3.kernel.people.models import Account, Person
from kommune3.solutions.fleet.models import Base, Vehicle, VehicleModel

BEGINNING = date(2015, 1, 1)


class Command(BaseCommand):
    help = "Set up the smallest municipality: one unit."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--people", type=int, default=0, help="As many employees; prints their keys to the API.")
        parser.add_argument("--bases", type=int, default=0, help="As many bases with two cars each; prints their ids.")

    def handle(self, *args: Any, **options: Any) -> None:
        Municipality.objects.create(name="Prøve Kommune")
        unit = Unit.objects.create(name="Prøve Kommune", valid_from=BEGINNING)
        keys = [self._employee(unit, number) for number in range(options["people"])]
        self.stdout.write(json.dumps({"keys": keys, "bases": self._bases(unit, options["bases"])}))

    def _employee(self, unit: Unit, number: int) -> str:
        person = Person.objects.create(given_name="Eva", family_name=f"Prøve {number}")
        Employment.objects.create(person=person, unit=unit, title="Medarbejder", valid_from=BEGINNING)
        account = Account.objects.create(username=f"employee-{number}", person=person, date_joined=clock.now())
        Grant.objects.create(account=account, role=standard.EMPLOYEE, unit=unit, valid_from=BEGINNING)
        return tokens.make_token(
            actor=actor_of(account, now=clock.now()), now=clock.now(), assurance=Assurance.TWO_STEP, name="drill",
            valid_days=9,
        )  # fmt: skip

    def _bases(self, unit: Unit, count: int) -> list[int]:
        made = []
        for number in range(count):
            base = Base.objects.create(unit=unit, name=f"Base {number}")
            model = VehicleModel.objects.create(
                name=f"Benzinbil {number}", kind="FOSSIL", energy="PETROL", energy_per_km="0.05", fixed_dkk_year=34000,
                source="drill",
            )  # fmt: skip
            for car in range(2):
                Vehicle.objects.create(
                    base=base, model=model, registration=f"AB{number:03}{car:02}", valid_from=BEGINNING
                )
            made.append(base.pk)
        return made
