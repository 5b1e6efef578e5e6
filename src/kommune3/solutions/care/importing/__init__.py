# SPDX-License-Identifier: MPL-2.0
"""Files of the registers: what their columns are, how a line becomes rows, and how rows become lines."""
