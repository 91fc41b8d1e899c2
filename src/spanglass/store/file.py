"""The file of a store: its connections, transactions and snapshots, its size and copies of it."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from spanglass.limits import BUSY_TIMEOUT_S, READ_SETTLE_S
from spanglass.store import hooks, keeping, opening, writer
from spanglass.store.connections import Connections, writer_lock
from spanglass.store.errors import StoreBusy, StoreError, reading_from, writing
from spanglass.store.keeping import TableSize
from spanglass.store.log import Log

if TYPE_CHECKING:
    import sqlite_utils

_Self = TypeVar("_Self", bound="StoreFile")


class StoreFile:
    """An SQLite file with the tables of a store, whatever is asked of them."""

    def __init__(self, path: str | Path, *, synchronous: str = "NORMAL", read_only: bool = False) -> None:
        if str(path) == ":memory:":
            raise StoreError("a store is a file: give a path, in a temporary folder for instance")
        if synchronous.upper() not in ("OFF", "NORMAL", "FULL", "EXTRA"):
            raise StoreError(f"synchronous is 'NORMAL' or 'FULL', not {synchronous!r}")
        self.path = Path(path).expanduser().resolve()
        self.read_only = read_only
        options: dict[str, Any] = {"synchronous": synchronous.upper(), "read_only": read_only}
        opening.prepare(self.path, **options)
        self._connections = Connections(partial(opening.connect, self.path, **options))
        self._writer = writer_lock(str(self.path))
        self._log = Log(self.path)
        self._closed = False

    @property
    def connection(self) -> sqlite3.Connection:
        """This thread's own connection, in autocommit mode."""
        if self._closed:
            raise StoreError(f"the store {self.path.name} is closed: open it again with Store(path)")
        return self._connections.get()

    @property
    def closed(self) -> bool:
        """Whether ``close`` has been called."""
        return self._closed

    @property
    def db(self) -> sqlite_utils.Database:
        """This thread's connection as a sqlite-utils database, for looking around and for tables of your own.

        Whoever changes spans by hand opens the store anew: overviews that were counted before would not notice.
        """
        import sqlite_utils

        return sqlite_utils.Database(self.connection)

    def on_connect(self, callback: Callable[[sqlite3.Connection], object]) -> None:
        """Have ``callback(connection)`` called for every connection, those that are open already included."""
        self._connections.on_connect(callback)

    @contextmanager
    def transaction(self, *, wait_s: float = BUSY_TIMEOUT_S) -> Iterator[sqlite3.Connection]:
        """A transaction that writes: BEGIN IMMEDIATE, then COMMIT, or ROLLBACK if the block raises.

        One thread of a process writes at a time. Raises StoreError inside another transaction of this thread,
        after ``wait_s`` seconds of waiting for another process, and where the file cannot be written.
        """
        if self.read_only:
            raise StoreError(f"the store {self.path.name} was opened with read_only=True")
        if self._writer.held_here():
            raise StoreError("this thread is in a transaction already: use its connection, don't begin another")
        connection = self.connection
        # Threads wait for each other as long as it takes, unless waiting is not worth it.
        if not self._writer.acquire(-1 if wait_s == BUSY_TIMEOUT_S else wait_s):
            raise StoreBusy(f"another thread has been writing to {self.path} for more than {wait_s:g} seconds")
        try:
            if wait_s != BUSY_TIMEOUT_S:
                connection.execute(f"PRAGMA busy_timeout={wait_s * 1000:.0f}")
            with writing(self.path, wait_s):
                connection.execute("BEGIN IMMEDIATE")
                try:
                    yield connection
                    connection.execute("COMMIT")
                finally:
                    if connection.in_transaction:
                        connection.execute("ROLLBACK")
            self._log.shorten(connection)
        finally:
            if wait_s != BUSY_TIMEOUT_S:
                connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_S * 1000:.0f}")
            self._writer.release()

    def close(self) -> None:
        """Close all connections. Traces that were still growing are put in order first."""
        if self._closed:
            return
        if not self.read_only and not self._writer.held_here():
            self._settle()
        self._closed = True
        self._connections.close()

    def __enter__(self: _Self) -> _Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self.path)!r})"

    def stamp(self) -> tuple[int, ...]:
        """Something that is another one after every commit to the file, by whichever process."""
        found: list[int] = []
        for name in (self.path, f"{self.path}-wal"):
            try:
                state = os.stat(name)
            except FileNotFoundError:
                continue
            found += [state.st_mtime_ns, state.st_size]
        return tuple(found)

    def refresh(self) -> None:
        """Let recorders hand in what they hold, and put growing traces in order: to be called before reading."""
        hooks.run_before_read()
        if not self.read_only and not self._writer.held_here():
            with reading_from(self.path):
                self._settle(READ_SETTLE_S)

    @contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection]:
        """This thread's connection, refreshed, and showing one state of the file to all that is read in the block."""
        self.refresh()
        connection = self.connection
        if connection.in_transaction:
            yield connection
            return
        with reading_from(self.path):
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                if connection.in_transaction:
                    connection.execute("COMMIT")

    def _settle(self, wait_s: float = BUSY_TIMEOUT_S) -> None:
        """Put growing traces in order, unless others write for longer: then it is for whoever reads next."""
        if self.connection.in_transaction:  # what is read shall stay what it was when the block began
            return
        if self.connection.execute("SELECT 1 FROM unsettled LIMIT 1").fetchone() is not None:
            with suppress(StoreBusy), self.transaction(wait_s=wait_s) as connection:
                writer.settle(connection)

    def vacuum(self) -> int:
        """Give unused space back to the disk; how many bytes smaller the file is. Nobody can write meanwhile.

        Needs as much free space as the store takes, for a while.
        """
        if self.read_only or self._writer.held_here():
            raise StoreError(f"cannot vacuum {self.path.name} inside of a transaction or with read_only=True")
        self._writer.acquire()
        try:
            with writing(self.path, BUSY_TIMEOUT_S):
                return keeping.vacuum(self.connection)
        finally:
            self._writer.release()

    def sizes(self) -> list[TableSize]:
        """What each table takes in the file, with its indexes, the biggest first; at the end what is free."""
        with reading_from(self.path):
            return keeping.sizes(self.connection)

    def backup(self, path: str | Path) -> Path:
        """Copy the store as it is now into a new file, which is a store as well; where that is.

        Others may go on writing: the copy is of one moment. Raises StoreError if the file is there already, or
        cannot be written; then there is none.

        >>> import tempfile
        >>> from spanglass.store import Store
        >>> with tempfile.TemporaryDirectory() as folder, Store(f"{folder}/s.db") as store:
        ...     store.backup(f"{folder}/copy.db").name
        'copy.db'
        """
        hooks.run_before_read()
        target = Path(path).expanduser().resolve()
        keeping.backup(self.connection, target)
        return target
