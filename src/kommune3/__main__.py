# SPDX-License-Identifier: MPL-2.0
"""``python -m kommune3`` is the command ``kommune3``."""

from kommune3.cli import main

main()
