# SPDX-License-Identifier: MPL-2.0
"""Copies of the whole platform, and the way back. The commands are ``kommune3 backup`` and ``kommune3 restore``."""
