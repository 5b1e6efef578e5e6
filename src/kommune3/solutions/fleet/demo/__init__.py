# SPDX-License-Identifier: MPL-2.0
"""The fleet of the demo municipality: 60 vehicles, a year of trips, and the main job run on them."""

from kommune3.solutions.fleet.demo.main_job import run_main_job
from kommune3.solutions.fleet.demo.seeding import seed

__all__ = ["run_main_job", "seed"]
