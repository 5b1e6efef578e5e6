# SPDX-License-Identifier: MPL-2.0
from kommune3.kernel.access.importing import import_units
from kommune3.kernel.access.importing.command import ImportCommand


class Command(ImportCommand):
    help = "Import units from a CSV file: all of it, or nothing. A unit known by its UUID is brought up to date."
    name = "organisation.import"
    read_in = staticmethod(import_units)
