# SPDX-License-Identifier: MPL-2.0
"""What is kept about people, given to them, erased, and for how long it stays. Declared with ``kernel.inventory``."""
