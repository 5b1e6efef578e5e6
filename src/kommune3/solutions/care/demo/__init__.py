# SPDX-License-Identifier: MPL-2.0
"""A fortnight of home care in the demo municipality: about 350 citizens, 45 carers, three bases."""

from kommune3.solutions.care.demo.main_job import run_main_job
from kommune3.solutions.care.demo.seeding import seed

__all__ = ["run_main_job", "seed"]
