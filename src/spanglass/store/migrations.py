"""What brings a store file to the present format: one step for each version there has been."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from spanglass.limits import MIGRATION_CHUNK
from spanglass.store import words
from spanglass.store.json_text import decode
from spanglass.store.postings import attribute_postings
from spanglass.store.schema import CHANGED, SCHEMA, SEEN, VERSION, WORDS
from spanglass.store.tally import Tally


def _create(connection: sqlite3.Connection) -> int:
    _run(connection, SCHEMA)
    return VERSION


def _narrow_rows_in_an_index(connection: sqlite3.Connection) -> int:
    """Version 1 to 2: what filters ask of a trace's spans stands in one index; postings tell keys from paths.

    Only attributes with something nested in them have postings that change.
    """
    _run(
        connection,
        """
        DROP INDEX span_preorder;
        CREATE INDEX span_skeleton ON span(rid, no, last, parent_no, type_id, name_id, status, duration_ns);
        """,
    )
    nested = connection.execute(
        "SELECT rid, attributes FROM span JOIN payload USING (sid) WHERE attributes GLOB '?*[[{]*'"
    )
    while rows := nested.fetchmany(MIGRATION_CHUNK):
        tally = Tally()
        for rid, attributes in rows:
            right = attribute_postings(decode(attributes))
            tally.remove(rid, ({(scope, key, kind.lower(), text) for scope, key, kind, text in right}, frozenset()))
            tally.add(rid, (right, frozenset()))
        tally.write(connection, ())
    return 2


def _index_words(connection: sqlite3.Connection) -> int:
    """Version 2 to 3: the word index, empty at first: all that there is will be indexed as what is new is."""
    _run(connection, WORDS)
    words.begin_anew(connection)
    return 3


def _keys_by_trace(connection: sqlite3.Connection) -> int:
    """Version 3 to 4: which keys a trace has stands in one row for it, and not in one for each of them."""
    _run(
        connection,
        f"""
        ALTER TABLE seen RENAME TO old_seen;
        {SEEN}
        INSERT INTO seen SELECT rid, json_group_object(vocabulary_id, n) FROM old_seen GROUP BY rid;
        DROP TABLE old_seen;
        """,
    )
    return 4


def _log_of_changes(connection: sqlite3.Connection) -> int:
    """Version 4 to 5: the file says which traces changed last."""
    _run(connection, CHANGED)
    return 5


MIGRATIONS: dict[int, Callable[[sqlite3.Connection], int]] = {
    0: _create,
    1: _narrow_rows_in_an_index,
    2: _index_words,
    3: _keys_by_trace,
    4: _log_of_changes,
}
"""By the version of a file what brings it further, within the transaction that is open, and how far; 0 is empty."""


def _run(connection: sqlite3.Connection, script: str) -> None:
    """The statements of a script: ``executescript`` would commit the transaction it stands in."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            connection.execute(statement)
            statement = ""
