# SPDX-License-Identifier: MPL-2.0
"""Between the rows and the engine ``fleetplan``: a run as its problem, and the engine's answer as plain data."""
