# SPDX-License-Identifier: MPL-2.0
"""A row of a file, once every field of it has been understood."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(slots=True)
class Row:
    """A trip as the file tells it. Instants are UTC.

    ``base``/``vehicle``: the id known to the reader, or None with ``new_base``/``new_vehicle`` naming a definition of
    the file. ``open_start``/``open_end``: the other instant that the local time may mean, where the clocks are set
    back and the file does not say which of the two hours it was.
    """

    line: int
    start_at: datetime
    end_at: datetime
    km: float
    external_id: str = ""
    base: int | None = None
    vehicle: int | None = None
    new_base: str = ""
    new_vehicle: str = ""
    segments: list[list[object]] = field(default_factory=list)
    needs: list[str] = field(default_factory=list)
    shift: str = ""
    soc_start: float | None = None
    soc_end: float | None = None
    open_start: datetime | None = None
    open_end: datetime | None = None
    text_start: str = ""
    text_end: str = ""
    text_segments: str = ""

    @property
    def is_open(self) -> bool:
        """Whether the row has a time that may mean two instants."""
        return self.open_start is not None or self.open_end is not None
