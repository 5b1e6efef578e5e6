# SPDX-License-Identifier: MPL-2.0
from kommune3.kernel.access.importing.command import ImportCommand
from kommune3.kernel.competences.importing import import_held


class Command(ImportCommand):
    help = "Import who has which competences from a CSV file: all of it, or nothing. What is there already stays."
    name = "competences.import"
    read_in = staticmethod(import_held)
