"""Opening a store file: what SQLite must be able to do, what the file must be, and bringing it up to date."""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from spanglass.limits import BUSY_TIMEOUT_S, CACHE_BYTES, LOG_BYTES, PAGE_BYTES
from spanglass.store.errors import StoreError
from spanglass.store.migrations import MIGRATIONS
from spanglass.store.schema import APPLICATION_ID, VERSION

OLDEST_SQLITE = (3, 37, 0)


def connect(path: Path, *, synchronous: str, read_only: bool, create: bool = False) -> sqlite3.Connection:
    """A connection in autocommit mode, ready to use; without ``create`` the file must be there."""
    if read_only:
        uri = f"file:{quote(str(path))}?mode=ro"
        if not os.access(path.parent, os.W_OK) and not _has_content(path.with_name(path.name + "-wal")):
            uri += "&immutable=1"  # WAL wants to write beside the file, even to read
    else:
        uri = f"file:{quote(str(path))}?mode={'rwc' if create else 'rw'}"
    connection = sqlite3.connect(uri, uri=True, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False)
    try:
        connection.execute(f"PRAGMA synchronous={synchronous}")
        connection.execute("PRAGMA temp_store=MEMORY")
        connection.execute(f"PRAGMA cache_size=-{CACHE_BYTES // 1024}")
        connection.execute(f"PRAGMA journal_size_limit={LOG_BYTES}")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def prepare(path: Path, *, synchronous: str, read_only: bool) -> None:
    """Check, create or migrate the file, whoever else may be doing the same."""
    _check_sqlite()
    _check_place(path, read_only)
    try:
        with closing(connect(path, synchronous=synchronous, read_only=read_only, create=True)) as connection:
            # In a transaction: what it reads must be of one moment while another process makes the tables.
            connection.execute("BEGIN")
            version = _version(connection, path)
            connection.execute("COMMIT")
            if read_only and version < VERSION:
                raise StoreError(f"{path} has the older format {version}: open it once without read_only to upgrade it")
            if not read_only:
                if not version:
                    connection.execute(f"PRAGMA page_size={PAGE_BYTES}")
                _use_wal(connection)
                if version < VERSION:
                    _migrate(connection, path)
    except sqlite3.DatabaseError as error:
        if "not a database" in str(error) or "malformed" in str(error):
            raise StoreError(f"{path} is not an SQLite database: give another path for the store") from error
        raise StoreError(f"cannot open {path}: {error}") from error


def _check_sqlite() -> None:
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        wanted = ".".join(map(str, OLDEST_SQLITE))
        raise StoreError(
            f"SQLite {wanted} or newer is needed, this Python has {sqlite3.sqlite_version}: use a newer Python"
        )
    with sqlite3.connect(":memory:") as probe:
        try:
            probe.execute("CREATE VIRTUAL TABLE t USING fts5(x)")
        except sqlite3.OperationalError as error:
            raise StoreError("this Python's SQLite was built without FTS5: use another Python build") from error
    probe.close()


def _check_place(path: Path, read_only: bool) -> None:
    if path.is_dir():
        raise StoreError(f"{path} is a folder: give the path of a file in it")
    if not path.exists():
        if read_only:
            raise StoreError(f"there is no store at {path}: open it without read_only to create one")
        if not path.parent.is_dir():
            raise StoreError(f"cannot create {path}: there is no folder {path.parent}")
    if not read_only and not os.access(path.parent, os.W_OK):
        raise StoreError(f"cannot write in the folder {path.parent}: open {path.name} with read_only=True")


def _use_wal(connection: sqlite3.Connection) -> None:
    # Changing the journal mode does not wait for locks as statements do, so two processes that open a new file
    # at once would trip over each other here.
    deadline = time.monotonic() + BUSY_TIMEOUT_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def _version(connection: sqlite3.Connection, path: Path) -> int:
    """The format of the file, 0 for one that is still empty."""
    version = _pragma(connection, "user_version")
    if _pragma(connection, "application_id") != APPLICATION_ID:
        if connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is not None or version:
            raise StoreError(f"{path} is an SQLite database, but not a Spanglass store: give another path")
        return 0
    if version > VERSION:
        raise StoreError(
            f"{path} was written by a newer Spanglass (format {version}, this one knows {VERSION}): "
            "upgrade with pip install -U spanglass"
        )
    return version


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = _version(connection, path)  # asked again under the lock: another process may have done it meanwhile
        while version < VERSION:
            version = MIGRATIONS[version](connection)
        connection.execute(f"PRAGMA user_version={VERSION}")
        connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])


def _has_content(path: Path) -> bool:
    return path.exists() and path.stat().st_size > 0
