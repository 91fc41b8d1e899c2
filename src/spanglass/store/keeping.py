"""Keeping a store: how big it is and of what, smaller again, and a copy of it."""

from __future__ import annotations

import os
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from spanglass.store.errors import StoreError

# In FTS5's tables there are no rows of ours to count.
_COUNTED = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'word%'"


@dataclass(frozen=True)
class TableSize:
    """What a table takes in the file, with its indexes. ``rows`` is None where they are SQLite's own affair."""

    name: str
    bytes: int
    rows: int | None


def sizes(connection: sqlite3.Connection) -> list[TableSize]:
    """Each table with its indexes, the biggest first, and at the end, as ``(free)``, the pages that are unused.

    Raises StoreError where SQLite cannot tell: the virtual table ``dbstat`` is no part of every build.
    """
    try:
        taken = connection.execute(
            "SELECT coalesce(m.tbl_name, s.name), sum(s.pgsize) FROM dbstat s"
            " LEFT JOIN sqlite_master m ON m.name = s.name GROUP BY 1 ORDER BY 2 DESC"
        ).fetchall()
    except sqlite3.OperationalError as error:
        raise StoreError(f"this Python's SQLite does not tell the size of tables ({error})") from error
    counted = {name for (name,) in connection.execute(_COUNTED)}
    found = []
    for name, size in taken:
        # The names are those of our own tables.
        rows = connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] if name in counted else None
        found.append(TableSize(name, size, rows))
    free = connection.execute("SELECT freelist_count * page_size FROM pragma_freelist_count, pragma_page_size")
    return [*found, TableSize("(free)", free.fetchone()[0], None)]


def vacuum(connection: sqlite3.Connection) -> int:
    """Write the file anew without its unused pages; how many bytes these were."""
    before = _bytes(connection)
    connection.execute("VACUUM")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return before - _bytes(connection)


def _bytes(connection: sqlite3.Connection) -> int:
    (size,) = connection.execute("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size").fetchone()
    return int(size)


def backup(connection: sqlite3.Connection, target: Path) -> None:
    """Copy what the store is at this moment into a new file. Writers are not waited for, and do not wait.

    Under its name there is the whole copy or nothing.
    """
    if target.exists():
        raise StoreError(f"{target} is there already: give the backup a name of its own")
    if not target.parent.is_dir():
        raise StoreError(f"cannot write the backup: there is no folder {target.parent}")
    unfinished = target.with_name(f"{target.name}.unfinished-{os.getpid()}")
    try:
        connection.execute("VACUUM INTO ?", (str(unfinished),))
        os.replace(unfinished, target)
    except (sqlite3.OperationalError, OSError) as error:
        raise StoreError(
            f"cannot write the backup {target} ({error}): free some space, or give another place"
        ) from error
    finally:
        unfinished.unlink(missing_ok=True)
