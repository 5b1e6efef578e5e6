# SPDX-License-Identifier: MPL-2.0
from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from kommune3.adapters.saml import configuration, operations
from kommune3.adapters.saml.errors import NotSetUp
from kommune3.kernel import clock
from kommune3.kernel.access.actor import system
from kommune3.kernel.people.models import Account


class Command(BaseCommand):
    help = "Link a login with the persistent UUID by which the identity provider means the same person."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", help="The login here.")
        parser.add_argument("uuid", type=UUID, help="The attribute professional/uuid/persistent.")

    def handle(self, **options: Any) -> None:
        account = Account.objects.filter(username=options["username"]).first()
        if account is None:
            raise CommandError(_("There is no login with this user name."))
        try:
            issuer = configuration.party().provider.entity_id
            operations.link_account(
                actor=system("saml.link"),
                now=clock.now(),
                account_id=account.pk,
                subject=options["uuid"],
                issuer=issuer,
            )
        except NotSetUp as error:
            raise CommandError(str(error)) from error
        except operations.AlreadyLinked as error:
            raise CommandError(_("The login or the UUID is linked already.")) from error
        self.stdout.write(_("Linked."))
