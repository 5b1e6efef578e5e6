# SPDX-License-Identifier: MPL-2.0
"""Row-level security on PostgreSQL: a second wall behind ``reach``, made of the same declarations.

``policies`` writes the policies from each declared :class:`kernel.access.declare.Scope`. ``session`` tells the database
on whose behalf a connection asks. Off unless ``KOMMUNE3_ROW_SECURITY`` is set and the database is PostgreSQL.
"""
