"""The write-ahead log beside a store file, and how it is kept from growing."""

from __future__ import annotations

import os
import sqlite3
from contextlib import suppress
from pathlib import Path

from spanglass.limits import BUSY_TIMEOUT_S, LOG_BYTES, LOG_WAIT_S

_BEGIN = LOG_BYTES // 2  # from where on it is tried: while somebody reads for long, it takes more than once


class Log:
    """The log of one file.

    SQLite takes the log into the file as it goes, but begins it anew only when a writer finds that all of it was
    taken and nobody reads from it. While several processes write and others read, that moment never comes.
    """

    def __init__(self, path: Path) -> None:
        self._path = f"{path}-wal"
        self._bound = _BEGIN

    def shorten(self, connection: sqlite3.Connection) -> None:
        """Take all of a log that has grown too long into the file; readers and writers are waited for a moment."""
        try:
            size = os.stat(self._path).st_size
        except OSError:
            return
        if size <= self._bound:
            return
        connection.execute(f"PRAGMA busy_timeout={LOG_WAIT_S * 1000:.0f}")
        with suppress(sqlite3.OperationalError):
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_S * 1000:.0f}")
        # Where somebody reads for longer, not every writer shall wait for that again.
        left = os.stat(self._path).st_size
        self._bound = _BEGIN if left < size else size + _BEGIN // 2
