# SPDX-License-Identifier: MPL-2.0
"""Whether the platform can write down what it is told. The public names of the package; see README.md."""

import errno
import sqlite3
from enum import StrEnum

_LONGEST_CHAIN = 20


class Trouble(StrEnum):
    """What keeps the platform from writing. The value is the code in the log and in the API."""

    FULL = "disk_full"
    NOT_WRITABLE = "disk_not_writable"


# EFBIG: the process may write no larger file (ulimit).
_BY_ERRNO = dict.fromkeys([errno.ENOSPC, errno.EDQUOT, errno.EFBIG], Trouble.FULL) | {errno.EROFS: Trouble.NOT_WRITABLE}
_BY_SQLITE = {
    sqlite3.SQLITE_FULL: Trouble.FULL,
    sqlite3.SQLITE_READONLY: Trouble.NOT_WRITABLE,
    sqlite3.SQLITE_IOERR: Trouble.NOT_WRITABLE,
    sqlite3.SQLITE_CANTOPEN: Trouble.NOT_WRITABLE,
}
# SQLSTATE of PostgreSQL: disk_full, read_only_sql_transaction (a standby, say), io_error.
_BY_SQLSTATE = {"53100": Trouble.FULL, "25006": Trouble.NOT_WRITABLE, "58030": Trouble.NOT_WRITABLE}


def trouble_of(error: BaseException | None) -> Trouble | None:
    """The trouble with the disk that an exception, or what brought it about, tells of; None for any other fault."""
    for _ in range(_LONGEST_CHAIN):
        if error is None:
            break
        found = _told_by(error)
        if found is not None:
            return found
        error = error.__cause__ or error.__context__
    return None


def _told_by(error: BaseException) -> Trouble | None:
    if isinstance(error, OSError):
        return _BY_ERRNO.get(error.errno or 0)
    if isinstance(error, sqlite3.Error):
        code = getattr(error, "sqlite_errorcode", 0)
        return Trouble.FULL if code == sqlite3.SQLITE_IOERR_SHMSIZE else _BY_SQLITE.get(code & 0xFF)
    return _BY_SQLSTATE.get(getattr(error, "sqlstate", None) or "")
