"""What goes wrong with a store."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class StoreError(Exception):
    """A store could not be opened, read or written. The text names the file or the id, and the way out."""


class StoreBusy(StoreError):
    """Somebody else is writing to the file, for longer than was waited."""


# What SQLite says of a failed write, and what to do about it.
_WAYS_OUT = {
    "disk is full": "free some space",
    "disk I/O error": "free some space, or see whether the disk is in order",
    "readonly": "make the file and its folder writable, or open it with read_only=True",
    "malformed": "the file is damaged; restore a backup",
    "not a database": "the file is damaged; restore a backup",
    "unable to open": "see whether its folder is still there",
}


@contextmanager
def writing(path: Path, wait_s: float) -> Iterator[None]:
    """Says with the file's name and the way out why SQLite cannot write, if it is the file's trouble.

    ``wait_s`` is how long a lock was waited for.
    """
    try:
        yield
    except sqlite3.DatabaseError as error:
        said = str(error)
        if "locked" in said:
            raise StoreBusy(
                f"another process has been writing to {path} for more than {wait_s:g} seconds:"
                " try again when it is done"
            ) from error
        for sign, way_out in _WAYS_OUT.items():
            if sign in said:
                raise StoreError(f"cannot write to {path} ({error}): {way_out}; nothing was written") from error
        raise


@contextmanager
def reading_from(path: Path) -> Iterator[None]:
    """Names the file in what SQLite says of it. An interrupt is the asker's own, and stays what it is."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        if "interrupted" in str(error):
            raise
        raise StoreError(f"{path} cannot be read ({error}): give another store, or a copy of it") from error
