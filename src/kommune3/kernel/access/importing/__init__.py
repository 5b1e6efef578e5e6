# SPDX-License-Identifier: MPL-2.0
"""Reading units and employees from CSV files: all of a file, or nothing of it."""

from kommune3.kernel.access.importing.people import import_people
from kommune3.kernel.access.importing.table import Problem, Refused
from kommune3.kernel.access.importing.units import import_units

__all__ = ["Problem", "Refused", "import_people", "import_units"]
