# SPDX-License-Identifier: MPL-2.0
"""Pages: load through access, call one operation, render plain data."""
