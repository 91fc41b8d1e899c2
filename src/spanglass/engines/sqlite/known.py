"""What the store said while statements were written: kept for the next one, for as long as the file stays as it is."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Sequence
from typing import Any

from spanglass.limits import MAX_KEPT_ANSWERS

Answers = dict[Any, list[Any]]


class _Known(threading.local):
    """Of this thread, whose connection to a store is its own: the connection asked last, and what it answered."""

    connection: sqlite3.Connection | None = None
    state: tuple[int, int] = (0, 0)
    answers: Answers


_known = _Known()


def known(connection: sqlite3.Connection) -> Answers:
    """The answers that still hold: nothing was written since, by others or by this connection."""
    (version,) = connection.execute("PRAGMA data_version").fetchone()
    state = (version, connection.total_changes)
    if _known.connection is not connection or _known.state != state or len(_known.answers) > MAX_KEPT_ANSWERS:
        _known.connection, _known.state, _known.answers = connection, state, {}
    return _known.answers


def forget() -> None:
    """Know nothing any more: what was read in a transaction that writes may be undone, which no number tells."""
    _known.connection, _known.answers = None, {}


def ask(connection: sqlite3.Connection, answers: Answers, sql: str, values: Sequence[Any]) -> list[Any]:
    """The rows of a statement, from the answers if they have them."""
    # SQLite tells 1 from 1.0, a dictionary does not.
    key = (sql, *values, *map(type, values))
    found = answers.get(key)
    if found is None:
        found = answers[key] = connection.execute(sql, values).fetchall()
    return found
