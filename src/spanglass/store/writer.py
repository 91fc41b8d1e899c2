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
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from spanglass.entities import Batch, Span, TraceFacts
from spanglass.limits import RENUMBER_AT_ONCE, RENUMBER_GROWTH
from spanglass.store import assessments, experiments, words
from spanglass.store.facts import Facts
from spanglass.store.json_text import clean, decode, encode_object
from spanglass.store.numbering import number
from spanglass.store.reading import payloads
from spanglass.store.rollups import TracePayloadRow, TraceRow, roll_up
from spanglass.store.rows import (
    PayloadRow,
    SpanRow,
    Symbols,
    Written,
    json_list,
    load_rows,
    load_rows_named,
    payload_row,
    said,
    span_row,
)
from spanglass.store.tally import Contribution, Tally, span_contribution, trace_contribution


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
    facts_changed: bool = False
    new_rows: list[SpanRow] = field(default_factory=list)
    changed_rows: dict[int, SpanRow] = field(default_factory=dict)
    payloads: dict[int, PayloadRow] = field(default_factory=dict)


def write(connection: sqlite3.Connection, batch: Batch) -> WriteReport:
    """Write a batch within the transaction that is open."""
    named = {facts.experiment_id for facts in batch.traces if isinstance(facts.experiment_id, str)}
    named.update(run.experiment_id for run in batch.runs)
    mapping = experiments.merge_experiments(connection, batch.experiments, sorted(named))
    experiments.merge_runs(connection, batch.runs, mapping)

    symbols, tally, new = Symbols(connection), Tally(), _NewRows(connection)
    spans, facts = _by_trace(batch), _facts_by_trace(batch)
    works = _begin(connection, list(spans))
    next_sid = _next(connection, "span")
    changed_traces = changed_spans = changed_assessments = 0
    for trace_id, work in works.items():
        _take_spans(connection, work, spans[trace_id], next_sid + new.span_count, symbols, tally)
        if trace_id in facts:
            _take_facts(work, facts[trace_id], mapping, tally)
        changed_spans += len(work.new_rows) + len(work.changed_rows)
        changed_traces += _finish(connection, work, new, symbols)
    new.write()
    for assessment in batch.assessments:
        rid = None if assessment.trace_id is None else works[clean(assessment.trace_id)].rid
        changed_assessments += assessments.put(connection, tally, rid, assessment)
    tally.write(connection, (work.rid for work in works.values() if work.is_new))
    return WriteReport(
        traces=changed_traces,
        spans=changed_spans,
        assessments=changed_assessments,
        new_traces=sum(work.is_new for work in works.values()),
        new_spans=new.span_count,
    )


def settle(connection: sqlite3.Connection) -> None:
    """Number and roll up every trace that was left for later, within the transaction that is open."""
    symbols, new = Symbols(connection), _NewRows(connection)
    unsettled = connection.execute("SELECT trace_id FROM unsettled JOIN trace USING (rid) ORDER BY rid").fetchall()
    for work in _begin(connection, [trace_id for (trace_id,) in unsettled]).values():
        _number(connection, work, new, symbols)
    new.write()


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


def _facts_by_trace(batch: Batch) -> dict[str, list[TraceFacts]]:
    found: dict[str, list[TraceFacts]] = {}
    for facts in batch.traces:
        found.setdefault(clean(facts.trace_id), []).append(facts)
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
) -> None:
    """Find out which spans are new or changed, and count what they bring and what they no longer have.

    New ones are numbered from ``next_sid`` on as they arrive.
    """
    known = {} if work.is_new or not given else load_rows_named(connection, work.rid, list(given))
    for span_id, span in given.items():
        old = known.get(span_id)
        if old is not None and old.end_ns is not None and span.end_time_ns is None:
            continue  # a late word of its beginning
        row = span_row(span, span_id, next_sid + len(work.new_rows) if old is None else old.sid, symbols)
        written = payload_row(span)
        if old is None:
            work.new_rows.append(row)
        else:
            if _is_coarser(row, old):
                continue
            before = payloads(connection, [old.sid])[old.sid]
            if said(old) == said(row) and before == written.row:
                continue
            work.changed_rows[old.sid] = SpanRow._make(old[:_PLACED] + row[_PLACED:])
            tally.remove(work.rid, stored_contribution(old, before, symbols))
        work.payloads[row.sid] = written.row
        tally.add(work.rid, _contribution(row, written, symbols), time_ms=row.start_ns // 1_000_000)


def _is_coarser(row: SpanRow, old: SpanRow) -> bool:
    """Does it give the same moments in bigger units? Of two files that tell of the same span, one in nanoseconds and
    one in micro- or milliseconds, the finer one stays, in whatever order they are read and however often."""
    if row.end_ns is None or old.end_ns is None:
        return False
    pairs = ((row.start_ns, old.start_ns), (row.end_ns, old.end_ns))
    return any(
        all(given % unit == 0 and abs(given - had) < unit for given, had in pairs)
        and any(had % unit for _, had in pairs)
        for unit in _UNITS_NS
    )


def _contribution(row: SpanRow, written: Written, symbols: Symbols) -> Contribution:
    try:
        return span_contribution(*_names(row, symbols), *written.values)
    except TypeError:  # of something that is no JSON only its text counts
        return stored_contribution(row, written.row, symbols)


def stored_contribution(row: SpanRow, payload: PayloadRow, symbols: Symbols) -> Contribution:
    """What a stored span adds to the postings and the vocabulary."""
    return span_contribution(
        *_names(row, symbols), decode(payload.inputs), decode(payload.outputs), decode(payload.attributes)
    )


def _names(row: SpanRow, symbols: Symbols) -> tuple[str, str, str | None]:
    return (
        symbols.text(row.name_id),
        symbols.text(row.type_id),
        None if row.model_id is None else symbols.text(row.model_id),
    )


def _take_facts(work: _Work, given: Sequence[TraceFacts], experiment_ids: Mapping[str, str], tally: Tally) -> None:
    before = work.facts
    work.facts = Facts(dict(before.said), dict(before.tags), dict(before.metadata))
    for facts in given:
        work.facts.merge(facts, experiment_ids)
    if work.facts != before:
        work.facts_changed = True
        if not work.is_new:
            tally.remove(work.rid, trace_contribution(before.tags, before.metadata, before.said))
        tally.add(work.rid, trace_contribution(work.facts.tags, work.facts.metadata, work.facts.said))


def _fact_texts(facts: Facts) -> tuple[str, str, str]:
    return encode_object(facts.said), encode_object(facts.tags), encode_object(facts.metadata)


def _finish(connection: sqlite3.Connection, work: _Work, new: _NewRows, symbols: Symbols) -> bool:
    """Write what has changed of a trace; whether anything had."""
    if not (work.is_new or work.new_rows or work.changed_rows or work.facts_changed):
        return False
    size = work.span_count + len(work.new_rows)
    if not size:
        words.mark(connection, work.rid, [0])
    elif work.changed_rows:
        words.mark(connection, work.rid, list(work.changed_rows))
    at_once = size <= RENUMBER_AT_ONCE or size >= RENUMBER_GROWTH * work.numbered
    if work.is_new or at_once:
        _number(connection, work, new, symbols)
    else:
        _append(connection, work, new)
    return True


class _NewRows:
    """Rows of all traces of a batch, to be inserted together."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.span_count = 0
        self._connection = connection
        self._traces: list[tuple[object, ...]] = []
        self._trace_payloads: list[tuple[object, ...]] = []
        self._spans: list[tuple[object, ...]] = []
        self._payloads: list[tuple[object, ...]] = []

    def add_spans(self, work: _Work, places: Sequence[tuple[int, ...]]) -> None:
        """``places`` are the first columns of the new rows: their arrival numbers and those of the preorder."""
        rid = work.rid
        self._spans += [(rid, *place, *row[_PLACED:]) for place, row in zip(places, work.new_rows, strict=True)]
        self._payloads += [(row.sid, *work.payloads[row.sid]) for row in work.new_rows]
        self.span_count += len(work.new_rows)

    def add_trace(self, row: tuple[object, ...], payload: tuple[object, ...]) -> None:
        """New or not."""
        self._traces.append(row)
        self._trace_payloads.append(payload)

    def write(self) -> None:
        """Insert what there is."""
        for statement, rows in (
            (_PUT_TRACE, self._traces),
            (_PUT_TRACE_PAYLOAD, self._trace_payloads),
            (_INSERT_SPAN, self._spans),
            (_INSERT_PAYLOAD, self._payloads),
        ):
            self._connection.executemany(statement, rows)


def _number(connection: sqlite3.Connection, work: _Work, new: _NewRows, symbols: Symbols) -> None:
    """Number a trace, roll it up and write all that differs."""
    kept = [] if work.is_new else load_rows(connection, work.rid)
    rows = [work.changed_rows.get(row.sid, row) for row in kept] + work.new_rows
    numbers = number(rows)
    places = list(
        zip([row.sid for row in rows], numbers.no, numbers.last, numbers.parent_no, numbers.depth, strict=True)
    )
    if kept:
        _update_spans(connection, work)
        connection.executemany(
            "UPDATE span SET no = ?2, last = ?3, parent_no = ?4, depth = ?5 WHERE sid = ?1",
            [place for place, row in zip(places, kept, strict=False) if place != row[:_PLACED]],
        )
    new.add_spans(work, places[len(kept) :])

    def payload_of(sid: int) -> PayloadRow:
        return work.payloads.get(sid) or payloads(connection, [sid])[sid]

    trace, payload = roll_up(rows, numbers, work.facts.said, symbols, payload_of)
    new.add_trace((work.rid, work.trace_id, *trace), (work.rid, *payload, *_fact_texts(work.facts)))
    if not work.is_new:
        connection.execute("DELETE FROM unsettled WHERE rid = ?", (work.rid,))


def _append(connection: sqlite3.Connection, work: _Work, new: _NewRows) -> None:
    """Write a trace's changes and leave its numbers and rollups for later."""
    _update_spans(connection, work)
    new.add_spans(work, [(row.sid, at, at, -1, 0) for at, row in enumerate(work.new_rows, work.span_count)])
    connection.execute("UPDATE trace SET span_count = span_count + ? WHERE rid = ?", (len(work.new_rows), work.rid))
    connection.execute(
        "UPDATE trace_payload SET facts = ?, tags = ?, metadata = ? WHERE rid = ?",
        (*_fact_texts(work.facts), work.rid),
    )
    connection.execute("INSERT OR IGNORE INTO unsettled VALUES (?)", (work.rid,))


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


_UNITS_NS = (1_000, 1_000_000)  # microseconds and milliseconds, which some formats count in
_PLACED = SpanRow._fields.index("span_id")  # the columns before it are given here, not by the source


def _insert(table: str, names: tuple[str, ...]) -> str:
    return f"INSERT INTO {table}({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"


def _put(table: str, names: tuple[str, ...], immutable: int) -> str:
    settings = ", ".join(f"{name} = excluded.{name}" for name in names[immutable:])
    return f"{_insert(table, names)} ON CONFLICT(rid) DO UPDATE SET {settings}"


_PUT_TRACE = _put("trace", ("rid", "trace_id", *TraceRow._fields), 2)
_PUT_TRACE_PAYLOAD = _put("trace_payload", ("rid", *TracePayloadRow._fields, "facts", "tags", "metadata"), 1)
_INSERT_SPAN = _insert("span", ("rid", *SpanRow._fields))
_INSERT_PAYLOAD = _insert("payload", ("sid", *PayloadRow._fields))
