# SPDX-License-Identifier: MPL-2.0
"""Durable background work of the care solution."""

from kommune3.solutions.care import making as making  # its queue and task are declared where tasks are looked for
from kommune3.solutions.care import proving as proving
from kommune3.solutions.care import recurring as recurring
from kommune3.solutions.care import season_job as season_job
