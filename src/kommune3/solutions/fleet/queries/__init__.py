# SPDX-License-Identifier: MPL-2.0
"""What pages, API and commands ask: plain data on behalf of an actor, no writes."""
