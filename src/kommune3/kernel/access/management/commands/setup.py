# SPDX-License-Identifier: MPL-2.0
import getpass
import os
import sys
from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from kommune3.kernel import clock
from kommune3.kernel.access.errors import AccessError
from kommune3.kernel.access.setting_up import set_up

PASSWORD_VARIABLE = "KOMMUNE3_ADMIN_PASSWORD"  # noqa: S105  the name of a variable


class Command(BaseCommand):
    help = (
        "Set up a real municipality: its name, the root of its organisation and its first administrator. "
        f"Asks for what is not given. The password is read from the variable {PASSWORD_VARIABLE} or asked for, "
        "since other users of the machine can see a command's options."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--name", help="The municipality's name.")
        parser.add_argument("--code", default="", help="Its municipality code (kommunekode), such as 707.")
        parser.add_argument("--cvr", default="", help="Its CVR number.")
        parser.add_argument("--unit-uuid", type=UUID, help="The UUID of its top unit in FK Organisation.")
        parser.add_argument("--given-name", help="The first administrator's given name.")
        parser.add_argument("--family-name", help="The first administrator's family name.")
        parser.add_argument("--username", help="The first administrator's user name.")

    def handle(self, *args: Any, **options: Any) -> None:
        answers = {
            key: self._answer(options[key], question)
            for key, question in (
                ("name", "Name of the municipality"),
                ("given_name", "Administrator's given name"),
                ("family_name", "Administrator's family name"),
                ("username", "Administrator's user name"),
            )
        }
        try:
            set_up(
                now=clock.now(),
                code=options["code"],
                cvr=options["cvr"],
                unit_id=options["unit_uuid"],
                password=self._password(),
                **answers,
            )
        except AccessError as error:
            raise CommandError(str(error.message)) from error
        self.stdout.write(f"{answers['name']} is set up. Log in as {answers['username']}.")

    def _answer(self, given: str | None, question: str) -> str:
        if given:
            return given
        if not sys.stdin.isatty():
            raise CommandError(f"Missing: {question}. See kommune3 setup --help")
        answer = ""
        while not answer:
            answer = input(f"{question}: ").strip()
        return answer

    def _password(self) -> str:
        given = os.environ.get(PASSWORD_VARIABLE)  # nosemgrep: settings-beside-env  for this once, not a setting
        if given:
            return given
        if not sys.stdin.isatty():
            raise CommandError(f"Missing: the administrator's password. Set the variable {PASSWORD_VARIABLE}.")
        while True:
            password = getpass.getpass("Administrator's password (at least 12 characters): ")
            if password == getpass.getpass("Once more: "):
                return password
            self.stdout.write("They differ. Try again.")
