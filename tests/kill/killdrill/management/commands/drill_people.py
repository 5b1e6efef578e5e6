# SPDX-License-Identifier: MPL-2.0
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from kommune3.kernel import clock, files
from kommune3.kernel.access.actor import system
from kommune3.kernel.notify.models import Notification
from kommune3.kernel.people import register
from kommune3.kernel.people.models import Account, Person
from kommune3.kernel.places.models import Address


class Command(BaseCommand):
    help = "Make people with logins, homes, messages about them and files that name them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("others", type=int)
        parser.add_argument("names", nargs="+")

    def handle(self, *args: Any, **options: Any) -> None:
        now = clock.now()
        for number in range(options["others"]):
            other = Person.objects.create(given_name="Anden", family_name=f"Borger{number}")
            Notification.objects.create(person=other, key="x", title="x", body=f"Hilsen {number}", sent_at=now)
        for number, name in enumerate(options["names"]):
            given, family = name.rsplit(" ", 1)
            home = Address.objects.create(street=f"{family}vej {number}", postcode="8500", town="Grenaa")
            email = f"{given.split(' ')[0].lower()}@example.dk"
            person = Person(given_name=given, family_name=family, email=email, phone=f"1234567{number}", address=home)
            register.set_cpr(person, f"010190432{number}")
            person.save()
            Account.objects.create(username=f"login-{number}", email=email, person=person, date_joined=now)
            told = f"{name} <{email}> har skrevet til os."
            for place, other in enumerate(Person.objects.filter(given_name="Anden")[:20]):
                Notification.objects.create(person=other, key=f"{number}:{place}", title="x", body=told, sent_at=now)
            files.store(content=told.encode(), name=f"{name}.txt", purpose="drill", actor=system("drill"), now=now)
