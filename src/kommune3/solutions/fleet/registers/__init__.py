# SPDX-License-Identifier: MPL-2.0
"""Vehicles and models as files: what the columns are, how they are read, compared and written. Writes no rows."""
