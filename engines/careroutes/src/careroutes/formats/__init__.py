# SPDX-License-Identifier: MPL-2.0
"""Files: this package's own JSON, and the published formats that home-care and vehicle routing are compared by."""

from careroutes.formats.files import FORMATS, Format, read_answer, read_problem, write_answer, write_problem

__all__ = ["FORMATS", "Format", "read_answer", "read_problem", "write_answer", "write_problem"]
