# SPDX-License-Identifier: MPL-2.0
from kommune3.solutions.fleet.management.registers import RegisterCommand
from kommune3.solutions.fleet.models import Register


class Command(RegisterCommand):
    help = "Write the model catalogue to a file, or import one: all of it, or nothing without --keep-good."
    register = Register.MODELS
