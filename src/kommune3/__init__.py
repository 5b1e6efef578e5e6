# SPDX-License-Identifier: MPL-2.0
"""Kommune3: many municipal solutions, one kernel, one ledger of effects."""

__version__ = "0.1.0"
