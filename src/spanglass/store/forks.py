"""SQLite over a fork: a lock that another thread holds at that moment stays locked in the child for ever.

The connections of this package are waited for before the fork, and in the child the locks that all of SQLite shares
are opened. What other libraries do with databases of their own is theirs, and is as safe as SQLite leaves it.
"""

from __future__ import annotations

import _sqlite3
import ctypes
import sqlite3
import sys
import time
from collections.abc import Sequence
from functools import cache

from spanglass.limits import FORK_WAIT_S

# The locks that all connections of a process share: of opening (4), random numbers (5), shared pages (6), page memory
# (7), open files (11, 12, 13), and of memory (3), which every single allocation takes. The numbers are the
# SQLITE_MUTEX_STATIC_… of sqlite3.h.
_SHARED = (3, 4, 5, 6, 7, 11, 12, 13)


@cache
def _library() -> ctypes.PyDLL | None:
    """The very SQLite that Python's own module uses; None where its functions cannot be reached."""
    if sys.implementation.name != "cpython":
        return None
    try:
        library = ctypes.PyDLL(_sqlite3.__file__)
        library.sqlite3_db_mutex.restype = library.sqlite3_mutex_alloc.restype = ctypes.c_void_p
        for function in (library.sqlite3_db_mutex, library.sqlite3_mutex_try, library.sqlite3_mutex_leave):
            function.argtypes = [ctypes.c_void_p]
    except (AttributeError, OSError):  # built into Python without being shown
        return None
    return library


def busy(connection: sqlite3.Connection) -> bool:
    """Whether another thread runs a statement on it, or did when this process was forked: its lock is held so long."""
    library = _library()
    if library is None:
        return False
    # The handle is the first field of the object, in every CPython so far; nothing there is a closed connection.
    handle = ctypes.c_void_p.from_address(id(connection) + object.__basicsize__).value
    lock = library.sqlite3_db_mutex(handle) if handle else None
    if not lock:
        return False
    if library.sqlite3_mutex_try(lock):
        return True
    library.sqlite3_mutex_leave(lock)
    return False


def wait_for(connections: Sequence[sqlite3.Connection]) -> None:
    """Before the fork: wait until no other thread runs a statement on these, at most ``FORK_WAIT_S``."""
    end = time.monotonic() + FORK_WAIT_S
    while any(map(busy, connections)) and time.monotonic() < end:
        time.sleep(0.001)


def stop(connection: sqlite3.Connection) -> None:
    """End the statement that another thread runs on it; that thread's next step fails, as on a closed connection."""
    while busy(connection):
        connection.interrupt()
        time.sleep(0.001)


def open_locks() -> None:
    """In the child, where there is one thread alone: whatever is locked is so for ever, and nobody is inside.

    What these locks guard are counts and free lists of memory; connections are opened under a lock of ours.
    """
    library = _library()
    if library is None:
        return
    for number in _SHARED:
        lock = library.sqlite3_mutex_alloc(number)
        if lock:
            library.sqlite3_mutex_try(lock)
            library.sqlite3_mutex_leave(lock)
