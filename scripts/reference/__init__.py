# SPDX-License-Identifier: MPL-2.0
"""Writes ``docs/reference`` from the code: ``make reference``.

The pages hold what the code says of itself: the settings it reads, the commands and their options, the roles and what
they may do, the addresses, the API, the columns of files, the units, indicators and events. Nothing in them is written
by hand, so nothing in them can be out of date while ``tests/docs`` is green.
"""
