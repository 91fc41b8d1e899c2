"""Values of all traces as numpy columns in the process, which overviews are counted from without asking SQL again.

They are of one state of the file, as ``known`` tells states apart: after a write by whomever they are read anew.
"""

from __future__ import annotations

import sqlite3
import sys
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt

from spanglass.engines.sqlite import known
from spanglass.engines.sqlite.context import Statement
from spanglass.engines.sqlite.search import run
from spanglass.limits import HELD_READ, MAX_HELD_BYTES

Rids = npt.NDArray[np.int64]

Label = tuple[Any, str]
"""A value as SQLite gives it, and what tells it from one that looks like it, 1 from true for instance."""


@dataclass(frozen=True, slots=True)
class Some:
    """Some traces: a table by their number, with a place behind the last one for all that come later."""

    table: npt.NDArray[np.bool_]
    size: int

    def has(self, rid: Rids) -> npt.NDArray[np.bool_]:
        """For each of these numbers whether it is one of them."""
        return self.table.take(rid, mode="clip")


@dataclass(slots=True)
class Held:
    """The values of a field: the traces and, at the same place, the number of the value that each of them has.

    A trace stands here once for each of its values; the labels are in ascending order.
    """

    rid: Rids
    number: npt.NDArray[np.int32]
    labels: list[Label]

    def most(self, found: Some | None, top: int) -> list[tuple[Label, int]]:
        """The values that most of these traces (None is all) have, with how many; of equally many the smaller."""
        numbers = self.number if found is None else self.number[found.has(self.rid)]
        counts = np.bincount(numbers, minlength=len(self.labels))
        order = np.argsort(-counts, kind="stable")[:top]
        return [(self.labels[at], int(counts[at])) for at in order if counts[at]]


@dataclass(slots=True)
class Times:
    """When all traces began, by their duration: the quickest first, those still running (NaN) last."""

    rid: Rids
    start_ms: npt.NDArray[np.int64]
    failed: npt.NDArray[np.bool_]
    duration_ms: npt.NDArray[np.float64]

    def of(self, found: Some) -> Times:
        """Those of some traces."""
        kept = found.has(self.rid)
        return Times(self.rid[kept], self.start_ms[kept], self.failed[kept], self.duration_ms[kept])


class _Columns:
    """What is held of one state of a file: None for what is too big."""

    def __init__(self) -> None:
        self.bytes = 0
        self.fields: dict[Any, Held | None] = {}
        self.times: Times | None = None
        self.found: dict[Any, Some] = {}

    def fits(self, size: int) -> bool:
        """Whether there is room for so much more; if so it is taken."""
        if self.bytes + size > MAX_HELD_BYTES:
            return False
        self.bytes += size
        return True


def _columns(connection: sqlite3.Connection) -> _Columns:
    answers = known.known(connection)
    if _Columns not in answers:
        answers[_Columns] = [_Columns()]
    columns: _Columns = answers[_Columns][0]
    return columns


def _key(statement: Statement) -> tuple[Any, ...]:
    return (statement.sql, *statement.params, *map(type, statement.params))


def found(connection: sqlite3.Connection, statement: Statement) -> Some:
    """The traces that a statement gives the numbers of."""
    columns = _columns(connection)
    key = _key(statement)
    some = columns.found.get(key)
    if some is None:
        rids = np.fromiter((rid for (rid,) in run(connection, statement)), np.int64)
        table = np.zeros(int(rids.max(initial=0)) + 2, np.bool_)
        table[rids] = True
        some = Some(table, rids.size)
        if columns.fits(table.nbytes):
            columns.found[key] = some
    return some


def held(connection: sqlite3.Connection, statement: Statement, *, few: bool) -> Held | None:
    """The values that a statement gives as (trace's number, value, kind), each once for a trace.

    None where they would be too big to hold, and, if only ``few`` of them are wanted, where they are not held yet.
    """
    columns = _columns(connection)
    key = _key(statement)
    if key not in columns.fields:
        if few:
            return None
        columns.fields[key] = _read(columns, connection, statement)
    return columns.fields[key]


def times(connection: sqlite3.Connection) -> Times:
    """The times of all traces."""
    columns = _columns(connection)
    if columns.times is None:
        rows = connection.execute("SELECT rid, start_ms, status = 'ERROR', duration_ms FROM trace").fetchall()
        rid, start, failed, duration = zip(*rows, strict=True) if rows else ((), (), (), ())
        durations = np.array(duration, np.float64)
        order = np.argsort(durations, kind="stable")
        read = Times(
            np.array(rid, np.int64)[order],
            np.array(start, np.int64)[order],
            np.array(failed, np.bool_)[order],
            durations[order],
        )
        if not columns.fits(read.rid.nbytes * 4):
            return read
        columns.times = read
    return columns.times


def _read(columns: _Columns, connection: sqlite3.Connection, statement: Statement) -> Held | None:
    numbers: dict[Label, int] = {}
    rids: list[Rids] = [np.empty(0, np.int64)]
    places: list[npt.NDArray[np.int32]] = [np.empty(0, np.int32)]
    before = columns.bytes
    cursor = run(connection, statement)
    while rows := cursor.fetchmany(HELD_READ):
        had = len(numbers)
        rids.append(np.fromiter((row[0] for row in rows), np.int64, len(rows)))
        places.append(np.fromiter((numbers.setdefault(row[1:], len(numbers)) for row in rows), np.int32, len(rows)))
        new = sum(_LABEL_BYTES + sys.getsizeof(label[0]) for label in islice(numbers, had, None))
        if not columns.fits(rids[-1].nbytes + places[-1].nbytes + new):
            columns.bytes = before
            return None
    labels = sorted(numbers, key=_ascending)
    rank = np.empty(len(labels), np.int32)
    rank[[numbers[label] for label in labels]] = np.arange(len(labels), dtype=np.int32)
    return Held(np.concatenate(rids), rank[np.concatenate(places)], labels)


_LABEL_BYTES = 200  # of a label besides its text: two tuples' worth and its place in a dictionary and a list


def _ascending(label: Label) -> tuple[bool, Any, str]:
    value, kind = label
    return isinstance(value, str), value, kind
