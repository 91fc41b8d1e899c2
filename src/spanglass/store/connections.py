"""One connection a thread, closed when its thread ends, and never carried over a fork."""

from __future__ import annotations

import os
import sqlite3
import threading
import weakref
from collections.abc import Callable

from spanglass.limits import BUSY_TIMEOUT_S
from spanglass.store import forks


class _Slot:
    """Holds a thread's connection in its local storage: collected with the thread, it closes the connection."""

    __slots__ = ("__weakref__", "connection")

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection


class Connections:
    """The connections of one store.

    Forking: a child that merely forgot its parent's connections would still share SQLite's account of who holds
    which lock, believe locks to be held that are not, and write to a log that the parent may delete. So the
    child closes them before it opens one of its own, which frees that account and touches no lock of the parent's.
    """

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        self._connect = connect
        self._local = threading.local()
        self._slots: weakref.WeakSet[_Slot] = weakref.WeakSet()
        self._guard = threading.RLock()
        self._callbacks: list[Callable[[sqlite3.Connection], object]] = []
        _ALL.add(self)

    def get(self) -> sqlite3.Connection:
        """This thread's connection, opened if there is none."""
        slot: _Slot | None = getattr(self._local, "slot", None)
        if slot is None:
            slot = self._open()
        return slot.connection

    def _open(self) -> _Slot:
        with _OPENING:
            while _INHERITED:
                _INHERITED.pop().connection.close()
            connection = self._connect()
            slot = _Slot(connection)
            # Not at exit: others may still have something to write in exit handlers of their own.
            weakref.finalize(slot, connection.close).atexit = False
            with self._guard:
                callbacks = list(self._callbacks)
                self._slots.add(slot)
            self._local.slot = slot
        for callback in callbacks:
            callback(connection)
        return slot

    def on_connect(self, callback: Callable[[sqlite3.Connection], object]) -> None:
        """Call ``callback(connection)`` for each connection there is and each there will be, once."""
        with self._guard:
            if callback in self._callbacks:
                return
            self._callbacks.append(callback)
            # Inside the guard: whoever is told that it is done already must find it done.
            for slot in list(self._slots):
                callback(slot.connection)

    def close(self) -> None:
        """Close them all, those of other threads included."""
        with self._guard:
            slots = list(self._slots)
            self._slots.clear()
        for slot in slots:
            # Closed under another thread's running statement, SQLite would take the process with it.
            forks.stop(slot.connection)
        self._local = threading.local()
        for slot in slots:
            slot.connection.close()

    def after_fork(self) -> None:
        """Start anew in a child process."""
        self._guard = threading.RLock()
        self._slots = weakref.WeakSet()
        self._local = threading.local()


_ALL: weakref.WeakSet[Connections] = weakref.WeakSet()
_OPENING = threading.RLock()
_FORKED: list[_Slot] = []
_INHERITED: list[_Slot] = []
_KEPT: list[_Slot] = []


class WriterLock:
    """Lets one thread of this process write to a file at a time: they queue here, where waiting is fair and free.

    SQLite's own lock is waited for by sleeping and trying again, which starves writers under load.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._owner: int | None = None

    def held_here(self) -> bool:
        """Whether this very thread holds it."""
        return self._owner == threading.get_ident()

    def acquire(self, timeout_s: float = -1) -> bool:
        """Wait for it, for ever or so many seconds; whether it was had."""
        had = self._lock.acquire(timeout=timeout_s)
        if had:
            self._owner = threading.get_ident()
        return had

    def release(self) -> None:
        """Let the next one have it."""
        self._owner = None
        self._lock.release()


_WRITERS: dict[str, WriterLock] = {}
_WRITERS_GUARD = threading.Lock()


def writer_lock(path: str) -> WriterLock:
    """The one writer lock that this process has for a file."""
    with _WRITERS_GUARD:
        return _WRITERS.setdefault(path, WriterLock())


_HELD_FOR_FORK: list[WriterLock] = []


def _before_fork() -> None:
    # No transaction of this process may be half-way when its memory is copied.
    with _WRITERS_GUARD:
        locks = list(_WRITERS.values())
    for lock in locks:
        if not lock.held_here() and lock.acquire(BUSY_TIMEOUT_S):
            _HELD_FOR_FORK.append(lock)
    # Nor may a thread be opening a connection, or be running a statement.
    _OPENING.acquire()
    # Held on to here: a child drops all that its parent's other threads had, and nothing may be closed by that.
    _FORKED.extend(slot for each in list(_ALL) for slot in list(each._slots))
    forks.wait_for([slot.connection for slot in _FORKED])


def _after_fork_in_parent() -> None:
    _OPENING.release()
    _go_on()


def _go_on() -> None:
    while _HELD_FOR_FORK:
        _HELD_FOR_FORK.pop().release()
    _FORKED.clear()


def _after_fork_in_child() -> None:
    global _OPENING, _WRITERS_GUARD
    _OPENING, _WRITERS_GUARD = threading.RLock(), threading.Lock()
    forks.open_locks()
    for slot in _FORKED:
        # Closing one in a transaction would roll back, in memory shared with the parent, what the forking thread
        # is half way through; closing a busy one would wait for a thread that is not here.
        untouchable = forks.busy(slot.connection) or slot.connection.in_transaction
        (_KEPT if untouchable else _INHERITED).append(slot)
    for connections in list(_ALL):
        connections.after_fork()
    _go_on()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before_fork, after_in_parent=_after_fork_in_parent, after_in_child=_after_fork_in_child)
