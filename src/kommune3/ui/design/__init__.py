# SPDX-License-Identifier: MPL-2.0
"""The page /design: every component in every state, for those who build pages."""
