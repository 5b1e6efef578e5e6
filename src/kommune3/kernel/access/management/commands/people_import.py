# SPDX-License-Identifier: MPL-2.0
from kommune3.kernel.access.importing import import_people
from kommune3.kernel.access.importing.command import ImportCommand


class Command(ImportCommand):
    help = "Import employees from a CSV file, an employment a line: all of it, or nothing. UUIDs tell who is known."
    name = "people.import"
    read_in = staticmethod(import_people)
