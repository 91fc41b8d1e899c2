"""Writing a batch: whatever the order and however often its parts come, the file ends up the same.

For each trace that a batch touches: the spans that are new or changed are found by comparing them with what is
there, the trace is numbered and rolled up anew from its narrow rows, and only rows that differ are written.
Payloads are written once and never move.

A trace that grows over many batches would so cost the square of its size. Up to ``RENUMBER_AT_ONCE`` spans that
does not matter. Beyond, it is numbered again when it has ``RENUMBER_GROWTH`` times the spans it had the last
time; in between its new spans stand at the end as roots of their own, and the trace in the table ``unsettled``.
Whoever reads through this package settles such traces first (``settle``), so nobody sees that state.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field

from spanglass.entities import Batch, Span, TraceFacts
from spanglass.limits import RENUMBER_AT_ONCE, RENUMBER_GROWTH
from spanglass.store import assessments, experiments, words
from spanglass.store.facts import Facts
from spanglass.store.json_text import clean, decode, encode_object
from spanglass.store.numbering import number
from spanglass.store.postings import SpanTexts, Tally, span_contribution, trace_contribution
from spanglass.store.reading import payloads
from spanglass.store.rollups import TracePayloadRow, TraceRow, roll_up
from spanglass.store.rows import (
    PAYLOAD_COLUMNS,
    SPAN_COLUMNS,
    PayloadRow,
    SpanRow,
    Symbols,
    json_list,
    load_rows,
    load_rows_named,
    payload_row,
    said,
    span_row,
)


@dataclass(frozen=True, slots=True)
class WriteReport:
    """How many traces, spans and assessments a write added or changed, and how many of them are new."""

    traces: int = 0
    spans: int = 0
    assessments: int = 0
    new_traces: int = 0
    new_spans: int = 0


@dataclass(slots=True)
class _Work:
    """One trace while a transaction works on it."""

    rid: int
    trace_id: str
    is_new: bool
    span_count: int = 0
    numbered: int = 0
    facts: Facts = field(default_factory=Facts)
    old_facts: tuple[str, str, str] = ("{}", "{}", "{}")
    new_rows: list[SpanRow] = field(default_factory=list)
    changed_rows: dict[int, SpanRow] = field(default_factory=dict)
    payloads: dict[int, PayloadRow] = field(default_factory=dict)

    @property
    def spans_changed(self) -> int:
        return len(self.new_rows) + len(self.changed_rows)


def write(connection: sqlite3.Connection, batch: Batch) -> WriteReport:
    """Write a batch within the transaction that is open."""
    named = {facts.experiment_id for facts in batch.traces if isinstance(facts.experiment_id, str)}
    named.update(run.experiment_id for run in batch.runs)
    mapping = experiments.merge_experiments(connection, batch.experiments, sorted(named))
    experiments.merge_runs(connection, batch.runs, mapping)

    symbols, tally = Symbols(connection), Tally()
    spans = _by_trace(batch)
    works = _begin(connection, list(spans))
    next_sid = _next(connection, "span")
    for trace_id, given in spans.items():
        next_sid = _take_spans(connection, works[trace_id], given, next_sid, symbols, tally)
    _take_facts(works, batch, mapping, tally)

    changed_traces = 0
    for work in works.values():
        changed_traces += _finish(connection, work, symbols)
    changed_assessments = 0
    for assessment in batch.assessments:
        rid = None if assessment.trace_id is None else works[clean(assessment.trace_id)].rid
        changed_assessments += assessments.put(connection, tally, rid, assessment)
    tally.write(connection, (work.rid for work in works.values() if work.is_new))
    return WriteReport(
        traces=changed_traces,
        spans=sum(work.spans_changed for work in works.values()),
        assessments=changed_assessments,
        new_traces=sum(work.is_new for work in works.values()),
        new_spans=sum(len(work.new_rows) for work in works.values()),
    )


def settle(connection: sqlite3.Connection) -> None:
    """Number and roll up every trace that was left for later, within the transaction that is open."""
    symbols = Symbols(connection)
    unsettled = connection.execute("SELECT trace_id FROM unsettled JOIN trace USING (rid) ORDER BY rid").fetchall()
    for work in _begin(connection, [trace_id for (trace_id,) in unsettled]).values():
        _number(connection, work, symbols)


def _by_trace(batch: Batch) -> dict[str, dict[str, Span]]:
    """The batch's spans by trace and span id, and an entry for every other trace that it mentions."""
    found: dict[str, dict[str, Span]] = {}
    for span in batch.spans:
        spans = found.setdefault(clean(span.trace_id), {})
        span_id = clean(span.span_id)
        earlier = spans.get(span_id)
        if earlier is None or span.end_time_ns is not None or earlier.end_time_ns is None:
            spans[span_id] = span
    for facts in batch.traces:
        found.setdefault(clean(facts.trace_id), {})
    for assessment in batch.assessments:
        if assessment.trace_id is not None:
            found.setdefault(clean(assessment.trace_id), {})
    return found


def _begin(connection: sqlite3.Connection, trace_ids: list[str]) -> dict[str, _Work]:
    """What is known of these traces, new ones with an arrival number already."""
    works: dict[str, _Work] = {}
    for rid, trace_id, span_count, numbered, facts, tags, metadata in connection.execute(
        "SELECT rid, trace_id, span_count, numbered, facts, tags, metadata"
        " FROM trace JOIN trace_payload USING (rid)"
        " WHERE trace_id IN (SELECT value FROM json_each(?))",
        (json_list(trace_ids),),
    ):
        works[trace_id] = _Work(
            rid,
            trace_id,
            False,
            span_count,
            numbered,
            Facts(decode(facts), decode(tags), decode(metadata)),
            (facts, tags, metadata),
        )
    rid = _next(connection, "trace")
    for trace_id in trace_ids:
        if trace_id not in works:
            works[trace_id] = _Work(rid, trace_id, True)
            rid += 1
    return works


def _next(connection: sqlite3.Connection, table: str) -> int:
    row = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", (table,)).fetchone()
    return 1 if row is None else int(row[0]) + 1


def _take_spans(
    connection: sqlite3.Connection,
    work: _Work,
    given: Mapping[str, Span],
    next_sid: int,
    symbols: Symbols,
    tally: Tally,
) -> int:
    """Find out which spans are new or changed, and count what they bring and what they no longer have."""
    known = {} if work.is_new or not given else load_rows_named(connection, work.rid, list(given))
    for span_id, span in given.items():
        old = known.get(span_id)
        if old is not None and old.end_ns is not None and span.end_time_ns is None:
            continue  # a late word of its beginning
        row = span_row(span, next_sid if old is None else old.sid, symbols)
        payload = payload_row(span)
        if old is None:
            next_sid += 1
            work.new_rows.append(row)
        else:
            before = payloads(connection, [old.sid])[old.sid]
            if said(old) == said(row) and before == payload:
                continue
            numbers = {name: getattr(old, name) for name in ("no", "last", "parent_no", "depth")}
            work.changed_rows[old.sid] = row._replace(**numbers)
            tally.remove(work.rid, span_contribution(span_texts(old, before, symbols)))
        work.payloads[row.sid] = payload
        contribution = span_contribution(span_texts(row, payload, symbols))
        tally.add(work.rid, contribution, time_ms=row.start_ns // 1_000_000)
    return next_sid


def span_texts(row: SpanRow, payload: PayloadRow, symbols: Symbols) -> SpanTexts:
    """The parts of a stored span that postings and vocabulary are made of."""
    return SpanTexts(
        symbols.text(row.name_id),
        symbols.text(row.type_id),
        None if row.model_id is None else symbols.text(row.model_id),
        payload.inputs,
        payload.outputs,
        payload.attributes,
    )


def _take_facts(works: Mapping[str, _Work], batch: Batch, experiment_ids: Mapping[str, str], tally: Tally) -> None:
    given: dict[str, list[TraceFacts]] = {}
    for facts in batch.traces:
        given.setdefault(clean(facts.trace_id), []).append(facts)
    for trace_id, said_of_it in given.items():
        work = works[trace_id]
        old = [decode(text) for text in work.old_facts]
        for facts in said_of_it:
            work.facts.merge(facts, experiment_ids)
        new = [decode(text) for text in _fact_texts(work.facts)]
        if new != old:
            tally.remove(work.rid, trace_contribution(old[1], old[2], old[0]))
            tally.add(work.rid, trace_contribution(new[1], new[2], new[0]))


def _fact_texts(facts: Facts) -> tuple[str, str, str]:
    return encode_object(facts.said), encode_object(facts.tags), encode_object(facts.metadata)


def _finish(connection: sqlite3.Connection, work: _Work, symbols: Symbols) -> bool:
    """Write what has changed of a trace; whether anything had."""
    facts_changed = _fact_texts(work.facts) != work.old_facts
    if not (work.is_new or work.spans_changed or facts_changed):
        return False
    size = work.span_count + len(work.new_rows)
    if not size:
        words.mark(connection, work.rid, [0])
    elif work.changed_rows:
        words.mark(connection, work.rid, list(work.changed_rows))
    at_once = size <= RENUMBER_AT_ONCE or size >= RENUMBER_GROWTH * work.numbered
    if work.is_new or at_once:
        _number(connection, work, symbols)
    else:
        _append(connection, work)
    return True


def _number(connection: sqlite3.Connection, work: _Work, symbols: Symbols) -> None:
    """Number a trace, roll it up and write all that differs."""
    kept = [] if work.is_new else load_rows(connection, work.rid)
    rows = [work.changed_rows.get(row.sid, row) for row in kept] + work.new_rows
    numbers = number(rows)
    placed = [
        (row.sid, numbers.no[index], numbers.last[index], numbers.parent_no[index], numbers.depth[index])
        for index, row in enumerate(rows)
    ]
    _update_spans(connection, work)
    connection.executemany(
        "UPDATE span SET no = ?2, last = ?3, parent_no = ?4, depth = ?5 WHERE sid = ?1",
        [place for place, row in zip(placed, kept, strict=False) if place != row[:5]],
    )
    _insert_spans(
        connection,
        work,
        [place + row[5:] for place, row in zip(placed[len(kept) :], work.new_rows, strict=True)],
    )

    def payload_of(sid: int) -> PayloadRow:
        return work.payloads.get(sid) or payloads(connection, [sid])[sid]

    _put_trace(connection, work, *roll_up(rows, numbers, work.facts.said, symbols, payload_of))
    if not work.is_new:
        connection.execute("DELETE FROM unsettled WHERE rid = ?", (work.rid,))


def _append(connection: sqlite3.Connection, work: _Work) -> None:
    """Write a trace's changes and leave its numbers and rollups for later."""
    _update_spans(connection, work)
    first = work.span_count
    _insert_spans(
        connection,
        work,
        [(row.sid, first + at, first + at, -1, 0, *row[5:]) for at, row in enumerate(work.new_rows)],
    )
    connection.execute("UPDATE trace SET span_count = span_count + ? WHERE rid = ?", (len(work.new_rows), work.rid))
    connection.execute(
        "UPDATE trace_payload SET facts = ?, tags = ?, metadata = ? WHERE rid = ?",
        (*_fact_texts(work.facts), work.rid),
    )
    connection.execute("INSERT OR IGNORE INTO unsettled VALUES (?)", (work.rid,))


def _insert_spans(connection: sqlite3.Connection, work: _Work, rows: list[tuple[object, ...]]) -> None:
    marks = ", ".join("?" * len(SpanRow._fields))
    connection.executemany(f"INSERT INTO span(rid, {SPAN_COLUMNS}) VALUES ({work.rid}, {marks})", rows)
    marks = ", ".join("?" * len(PayloadRow._fields))
    connection.executemany(
        f"INSERT INTO payload(sid, {PAYLOAD_COLUMNS}) VALUES (?, {marks})",
        [(row.sid, *work.payloads[row.sid]) for row in work.new_rows],
    )


def _update_spans(connection: sqlite3.Connection, work: _Work) -> None:
    settings = ", ".join(f"{name} = ?" for name in SpanRow._fields[1:])
    connection.executemany(
        f"UPDATE span SET {settings} WHERE sid = ?",
        [(*row[1:], row.sid) for row in work.changed_rows.values()],
    )
    settings = ", ".join(f"{name} = ?" for name in PayloadRow._fields)
    connection.executemany(
        f"UPDATE payload SET {settings} WHERE sid = ?",
        [(*work.payloads[sid], sid) for sid in work.changed_rows],
    )


_TRACE_NAMES = ("rid", "trace_id", *TraceRow._fields)
_PAYLOAD_NAMES = ("rid", *TracePayloadRow._fields, "facts", "tags", "metadata")


def _upsert(table: str, names: tuple[str, ...], immutable: int) -> str:
    marks = ", ".join("?" * len(names))
    settings = ", ".join(f"{name} = excluded.{name}" for name in names[immutable:])
    return f"INSERT INTO {table}({', '.join(names)}) VALUES ({marks}) ON CONFLICT(rid) DO UPDATE SET {settings}"


_UPSERT_TRACE = _upsert("trace", _TRACE_NAMES, 2)
_UPSERT_PAYLOAD = _upsert("trace_payload", _PAYLOAD_NAMES, 1)


def _put_trace(connection: sqlite3.Connection, work: _Work, row: TraceRow, payload: TracePayloadRow) -> None:
    connection.execute(_UPSERT_TRACE, (work.rid, work.trace_id, *row))
    connection.execute(_UPSERT_PAYLOAD, (work.rid, *payload, *_fact_texts(work.facts)))
