"""Assessments: feedback and expectations, the corrections of them, and their names in the vocabulary."""

from __future__ import annotations

import hashlib
import sqlite3
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from spanglass.entities import Assessment, AssessmentSource
from spanglass.store.errors import StoreError
from spanglass.store.experiments import now_ms
from spanglass.store.json_text import clean, decode, encode, encode_object
from spanglass.store.rows import json_list
from spanglass.store.tally import NO_TRACE, Contribution, Tally
from spanglass.store.vocabulary import json_type

_COLUMNS = (
    "assessment_id, rid, span_id, session_id, name, kind, value, error, rationale, source_type, source_id,"
    " run_id, created_ms, updated_ms, valid, overrides, metadata"
)
_RID = 1
_VALID = 14
Row = tuple[Any, ...]


def rid_of(connection: sqlite3.Connection, trace_id: str) -> int:
    """The arrival number of a trace, or a StoreError that names it."""
    row = connection.execute("SELECT rid FROM trace WHERE trace_id = ?", (trace_id,)).fetchone()
    if row is None:
        raise StoreError(f"there is no trace with the id {trace_id!r}")
    return int(row[0])


def put(connection: sqlite3.Connection, tally: Tally, rid: int | None, given: Assessment) -> bool:
    """Insert or update one; whether that changed anything.

    Without an id it gets one made from what it is about, so that reading the same file again finds it.
    """
    id = clean(given.assessment_id) or _derived_id(given)
    old = connection.execute(f"SELECT {_COLUMNS} FROM assessment WHERE assessment_id = ?", (id,)).fetchone()
    created = given.create_time_ms or (old[12] if old else now_ms())
    row = (
        id,
        rid,
        _text(given.span_id),
        _text(given.session_id),
        clean(given.name),
        clean(given.kind),
        None if given.value is None else encode(given.value),
        _text(given.error),
        _text(given.rationale),
        clean(given.source.source_type),
        clean(given.source.source_id),
        _text(given.run_id),
        created,
        given.last_update_time_ms or (old[13] if old else created),
        int(given.valid and not _overridden(connection, id)),
        _text(given.overrides) if given.overrides != id else None,
        encode_object(given.metadata),
    )
    if given.overrides and given.overrides != id:
        _set_valid(connection, given.overrides, False)
    if old == row:
        return False
    if old is not None:
        tally.remove(old[_RID] or NO_TRACE, contribution(old))
    tally.add(rid or NO_TRACE, contribution(row), time_ms=created)
    marks = ", ".join("?" * len(row))
    if old is None:
        connection.execute(f"INSERT INTO assessment({_COLUMNS}) VALUES ({marks})", row)
    else:
        connection.execute(f"UPDATE assessment SET ({_COLUMNS}) = ({marks}) WHERE assessment_id = ?", (*row, id))
    return True


def log(connection: sqlite3.Connection, tally: Tally, given: Assessment) -> Assessment:
    """Store a new one, with id and times filled in."""
    now = now_ms()
    made = replace(
        given,
        assessment_id=given.assessment_id or new_id(),
        create_time_ms=given.create_time_ms or now,
        last_update_time_ms=given.last_update_time_ms or given.create_time_ms or now,
    )
    if made.trace_id is None and made.session_id is None:
        raise StoreError(f"the assessment {made.name!r} needs a trace_id or a session_id")
    put(connection, tally, None if made.trace_id is None else rid_of(connection, made.trace_id), made)
    return made


def override(connection: sqlite3.Connection, tally: Tally, id: str, given: Assessment) -> Assessment:
    """Store one that takes the place of another, which stays as an invalid one."""
    old = by_id(connection, id)
    made = replace(
        given,
        overrides=id,
        trace_id=given.trace_id if given.trace_id is not None else old.trace_id,
        span_id=given.span_id if given.span_id is not None else old.span_id,
        session_id=given.session_id if given.session_id is not None else old.session_id,
    )
    return log(connection, tally, made)


def delete(connection: sqlite3.Connection, tally: Tally, id: str) -> None:
    """Remove one; what it overrode is valid again."""
    row = _row(connection, id)
    tally.remove(row[_RID] or NO_TRACE, contribution(row))
    connection.execute("DELETE FROM assessment WHERE assessment_id = ?", (id,))
    overridden = row[15]
    if overridden is not None and not _overridden(connection, str(overridden)):
        _set_valid(connection, str(overridden), True)


def restate(connection: sqlite3.Connection, tally: Tally, given: Assessment) -> Assessment | None:
    """Store one in the place of what its own source last said of the same thing under the same name.

    None where that was the same, or the trace is not there.
    """
    found = connection.execute("SELECT rid FROM trace WHERE trace_id = ?", (given.trace_id,)).fetchone()
    if found is None:
        return None
    source = given.source
    old = connection.execute(
        "SELECT assessment_id, value, rationale FROM assessment WHERE rid = ? AND name = ? AND kind = ? AND valid"
        " AND span_id IS ? AND source_type = ? AND source_id = ? ORDER BY created_ms DESC, rowid DESC LIMIT 1",
        (found[0], clean(given.name), given.kind, _text(given.span_id), source.source_type, clean(source.source_id)),
    ).fetchone()
    if old is None:
        return log(connection, tally, given)
    if old[1:] == (encode(given.value), _text(given.rationale)):
        return None
    return log(connection, tally, replace(given, overrides=old[0]))


def of_source(connection: sqlite3.Connection, trace_ids: Iterable[str], source: AssessmentSource) -> list[Assessment]:
    """The valid feedback that a source gave to these traces and their spans, oldest first."""
    columns = ", ".join(f"a.{name.strip()}" for name in _COLUMNS.split(","))
    rows = connection.execute(
        f"SELECT t.trace_id, {columns} FROM assessment a JOIN trace t USING (rid)"
        " WHERE t.trace_id IN (SELECT value FROM json_each(?)) AND a.kind = 'feedback' AND a.valid"
        " AND a.source_type = ? AND a.source_id = ? ORDER BY a.created_ms, a.rowid",
        (json_list(trace_ids), source.source_type, clean(source.source_id)),
    )
    return [_assessment(row, trace_id) for trace_id, *row in rows]


def by_id(connection: sqlite3.Connection, id: str) -> Assessment:
    """The assessment with this id, or a StoreError that names it."""
    row = _row(connection, id)
    trace = connection.execute("SELECT trace_id FROM trace WHERE rid = ?", (row[_RID],)).fetchone()
    return _assessment(row, None if trace is None else trace[0])


def of_traces(
    connection: sqlite3.Connection, rids: Sequence[int], trace_ids: Sequence[str], sessions: Sequence[str | None]
) -> dict[int, list[Assessment]]:
    """For each of these traces that has any its assessments and its session's, oldest first, by rid."""
    found: dict[int, list[Assessment]] = {}
    if connection.execute("SELECT 1 FROM assessment LIMIT 1").fetchone() is None:
        return found
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM assessment WHERE rid IN (SELECT value FROM json_each(?)) ORDER BY rowid",
        (json_list(rids),),
    ).fetchall()
    if rows:
        ids = dict(zip(rids, trace_ids, strict=True))
        for row in rows:
            found.setdefault(row[_RID], []).append(_assessment(row, ids[row[_RID]]))
    if connection.execute("SELECT 1 FROM assessment WHERE rid IS NULL LIMIT 1").fetchone() is not None:
        members: dict[str, list[int]] = {}
        for rid, session in zip(rids, sessions, strict=True):
            if session is not None:
                members.setdefault(session, []).append(rid)
        for row in connection.execute(
            f"SELECT {_COLUMNS} FROM assessment WHERE rid IS NULL"
            " AND session_id IN (SELECT value FROM json_each(?)) ORDER BY rowid",
            (json_list(members),),
        ):
            for rid in members[row[3]]:
                found.setdefault(rid, []).append(_assessment(row, None))
    for assessments in found.values():
        assessments.sort(key=lambda one: one.create_time_ms)  # and of one millisecond in the order of arrival
    return found


def contribution(row: Row) -> Contribution:
    """What an assessment adds to the vocabulary: its name, under its kind."""
    return (), frozenset([(str(row[5]), str(row[4]), json_type(decode(row[6])))])


def rows_of(connection: sqlite3.Connection, rid: int | None) -> list[Row]:
    """The rows that belong to a trace itself; for None those of sessions."""
    return connection.execute(f"SELECT {_COLUMNS} FROM assessment WHERE rid IS ?", (rid,)).fetchall()


def new_id() -> str:
    """An id that nothing else has."""
    return f"a-{uuid.uuid4().hex}"


def _derived_id(given: Assessment) -> str:
    about = [
        given.trace_id,
        given.span_id,
        given.session_id,
        given.name,
        given.kind,
        given.source.source_type,
        given.source.source_id,
        given.run_id,
        given.create_time_ms,
    ]
    return f"a-{hashlib.blake2b(encode(about).encode(), digest_size=16).hexdigest()}"


def _row(connection: sqlite3.Connection, id: str) -> Row:
    row: Row | None = connection.execute(f"SELECT {_COLUMNS} FROM assessment WHERE assessment_id = ?", (id,)).fetchone()
    if row is None:
        raise StoreError(f"there is no assessment with the id {id!r}")
    return row


def _assessment(row: Row, trace_id: str | None) -> Assessment:
    id, _, span, session, name, kind, value, error, rationale, source_type, source_id, *rest = row
    run_id, created, updated, valid, overrides, metadata = rest
    return Assessment(
        name=name,
        value=decode(value),
        kind=kind,
        trace_id=trace_id,
        span_id=span,
        session_id=session,
        assessment_id=id,
        source=AssessmentSource(source_type, source_id),
        rationale=rationale,
        error=error,
        run_id=run_id,
        create_time_ms=created,
        last_update_time_ms=updated,
        valid=bool(valid),
        overrides=overrides,
        metadata=decode(metadata),
    )


def _overridden(connection: sqlite3.Connection, id: str) -> bool:
    return connection.execute("SELECT 1 FROM assessment WHERE overrides = ? LIMIT 1", (id,)).fetchone() is not None


def _set_valid(connection: sqlite3.Connection, id: str, valid: bool) -> None:
    connection.execute("UPDATE assessment SET valid = ? WHERE assessment_id = ?", (int(valid), id))


def _text(value: str | None) -> str | None:
    return None if value is None else clean(value)
