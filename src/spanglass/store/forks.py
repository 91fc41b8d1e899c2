"""SQLite over a fork: a lock that another thread holds at that moment stays locked in the child for ever.

So the forking thread takes the locks that all of SQLite shares first, as a C library does with ``pthread_atfork``,
and gives them back on both sides. Where Python's SQLite cannot be reached from here, forking is as safe as SQLite
leaves it: fine while no other thread uses a database.
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

# The locks that all connections of a process share, in the order in which SQLite takes one within another: of
# opening (4), of open files (11, 12, 13), of shared pages (6), of random numbers (5), of page memory (7), and of
# memory (3), which every single allocation takes. The numbers are the SQLITE_MUTEX_STATIC_… of sqlite3.h.
_SHARED = (4, 11, 12, 13, 6, 5, 7, 3)


@cache
def _library() -> ctypes.CDLL | None:
    """The very SQLite that Python's own module uses; None where its functions cannot be reached."""
    if sys.implementation.name != "cpython":
        return None
    try:
        library = ctypes.CDLL(_sqlite3.__file__)
        for name in ("sqlite3_mutex_alloc", "sqlite3_db_mutex"):
            getattr(library, name).restype = ctypes.c_void_p
        for name in ("sqlite3_db_mutex", "sqlite3_mutex_enter", "sqlite3_mutex_try", "sqlite3_mutex_leave"):
            getattr(library, name).argtypes = [ctypes.c_void_p]
    except (AttributeError, OSError):  # built into Python without being shown
        return None
    return library


def _busy(library: ctypes.CDLL, connection: sqlite3.Connection) -> bool:
    """Whether another thread runs a statement on it: its own lock is held for so long.

    That lock is only looked at: it belongs to a thread, and a child's threads are not those of its parent, so what
    was held over a fork could not be given back.
    """
    # The handle is the first field of the object, in every CPython so far; nothing there is a closed connection.
    handle = ctypes.c_void_p.from_address(id(connection) + object.__basicsize__).value
    lock = library.sqlite3_db_mutex(handle) if handle else None
    if not lock:
        return False
    if library.sqlite3_mutex_try(lock):
        return True
    library.sqlite3_mutex_leave(lock)
    return False


_held: list[int] = []


def hold_locks(connections: Sequence[sqlite3.Connection]) -> list[sqlite3.Connection]:
    """Before the fork: wait until nobody is inside SQLite, and let nobody in.

    Returns the connections whose statement did not end within ``FORK_WAIT_S``: the child must not touch them.
    """
    library = _library()
    if library is None:
        return []
    end = time.monotonic() + FORK_WAIT_S
    while any(_busy(library, connection) for connection in connections) and time.monotonic() < end:
        time.sleep(0.001)
    for number in _SHARED:
        lock = library.sqlite3_mutex_alloc(number)
        if lock:
            library.sqlite3_mutex_enter(lock)
            _held.append(lock)
    return [connection for connection in connections if _busy(library, connection)]


def release_locks() -> None:
    """After the fork, in parent and child alike."""
    library = _library()
    while library is not None and _held:
        library.sqlite3_mutex_leave(_held.pop())
