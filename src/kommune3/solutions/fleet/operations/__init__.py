# SPDX-License-Identifier: MPL-2.0
"""What can be done with the fleet: each a single transaction with checks, change and audit."""
