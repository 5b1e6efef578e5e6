# SPDX-License-Identifier: MPL-2.0
"""Makes the small fleet known to the tests of the solution."""

from kommune3.solutions.fleet.tests.small_fleet import fleet, read

__all__ = ["fleet", "read"]
