# SPDX-License-Identifier: MPL-2.0
"""Reading files with trips: what a file says, row by row, and everything in it that cannot be right.

Knows no database. Files of any size are read as a stream; :func:`read_file` is the one way in.
"""

from kommune3.solutions.fleet.importing.fields import Known
from kommune3.solutions.fleet.importing.mapping import Mapping
from kommune3.solutions.fleet.importing.peeking import Peek, peek
from kommune3.solutions.fleet.importing.problems import Detail, Finding, Unreadable, describe
from kommune3.solutions.fleet.importing.reading import Reading, read_file
from kommune3.solutions.fleet.importing.rows import Row

__all__ = [
    "Detail",
    "Finding",
    "Known",
    "Mapping",
    "Peek",
    "Reading",
    "Row",
    "Unreadable",
    "describe",
    "peek",
    "read_file",
]
