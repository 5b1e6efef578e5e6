# SPDX-License-Identifier: MPL-2.0
"""How pages are measured, the same for each benchmark of pages."""
