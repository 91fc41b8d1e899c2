"""Values of all traces as numpy columns in the process, which overviews are counted from without asking SQL again.

A store has one set of them for all its threads. After a write, by whomever, only the traces that came, changed or went
since are read: the file says which these are.
"""

from __future__ import annotations

import sqlite3
import sys
import threading
import weakref
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import compress, islice
from typing import Any, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt
import orjson

from spanglass.engines.sqlite.context import Statement
from spanglass.engines.sqlite.search import run
from spanglass.limits import HELD_READ, MAX_HELD_BYTES
from spanglass.store import Store

Rids = npt.NDArray[np.int64]

Label = tuple[Any, str]
"""A value as SQLite gives it, and what tells it from one that looks like it, 1 from true for instance."""


class Mark(NamedTuple):
    """How far a file has come: the number of the last trace that ever came, and that of the last change to one."""

    rid: int
    change: int


@dataclass(frozen=True, slots=True)
class Some:
    """Some traces: a table by their number, with a place behind the last one for all that come later."""

    table: npt.NDArray[np.bool_]
    size: int

    @classmethod
    def of(cls, rids: Rids) -> Some:
        """The traces with these numbers."""
        table = np.zeros(int(rids.max(initial=0)) + 2, np.bool_)
        table[rids] = True
        return cls(table, rids.size)

    @property
    def bytes(self) -> int:
        """What it takes."""
        return self.table.nbytes

    def has(self, rid: Rids) -> npt.NDArray[np.bool_]:
        """For each of these numbers whether it is one of them."""
        return self.table.take(rid, mode="clip")


@dataclass(frozen=True, slots=True)
class Held:
    """The values of a field: the traces and, at the same place, the number of the value that each of them has.

    A trace stands here once for each of its values; the labels are in ascending order.
    """

    rid: Rids
    number: npt.NDArray[np.int32]
    labels: list[Label]
    label_bytes: int

    @classmethod
    def read(cls, cursor: Iterable[tuple[Any, ...]]) -> Held | None:
        """The rows (trace's number, value, kind) of a cursor; None once they are too big to hold."""
        numbers: dict[Label, int] = {}
        rids: list[Rids] = [np.empty(0, np.int64)]
        places: list[npt.NDArray[np.int32]] = [np.empty(0, np.int32)]
        label_bytes, rows = 0, iter(cursor)
        while part := list(islice(rows, HELD_READ)):
            had = len(numbers)
            rids.append(np.fromiter((row[0] for row in part), np.int64, len(part)))
            places.append(np.fromiter((numbers.setdefault(row[1:], len(numbers)) for row in part), np.int32, len(part)))
            label_bytes += _bytes(islice(numbers, had, None))
            if label_bytes + sum(one.nbytes for one in rids) + sum(one.nbytes for one in places) > MAX_HELD_BYTES:
                return None
        labels = sorted(numbers, key=_ascending)
        rank = np.empty(len(labels), np.int32)
        rank[[numbers[label] for label in labels]] = np.arange(len(labels), dtype=np.int32)
        return cls(np.concatenate(rids), rank[np.concatenate(places)], labels, label_bytes)

    @property
    def bytes(self) -> int:
        """What it takes."""
        return self.rid.nbytes + self.number.nbytes + self.label_bytes

    def with_anew(self, touched: Some, anew: Held) -> Held:
        """The same with what some traces have now in the place of what they had."""
        kept = ~touched.has(self.rid)
        rid, number = self.rid[kept], self.number[kept]
        # The labels that nobody has any more go, and those that are new come in between.
        used = np.bincount(number, minlength=len(self.labels)) > 0
        labels = list(compress(self.labels, used))
        number = (np.cumsum(used, dtype=np.int32) - 1)[number]
        gone = compress(self.labels, ~used)
        places = np.array([bisect_left(labels, _ascending(label), key=_ascending) for label in anew.labels], np.int32)
        is_new = np.array([labels[at : at + 1] != [label] for at, label in zip(places, anew.labels, strict=True)], bool)
        new, into = list(compress(anew.labels, is_new)), places[is_new]
        mine = places + np.where(is_new, np.cumsum(is_new) - is_new, _come_before(into, places))
        label_bytes = self.label_bytes + _bytes(new) - _bytes(gone)
        number = number + _come_before(into, number)
        for place, label in zip(into.tolist()[::-1], new[::-1], strict=True):
            labels.insert(place, label)
        return Held(np.concatenate([rid, anew.rid]), np.concatenate([number, mine[anew.number]]), labels, label_bytes)

    def most(self, found: Some | None, top: int) -> list[tuple[Label, int]]:
        """The values that most of these traces (None is all) have, with how many; of equally many the smaller."""
        numbers = self.number if found is None else self.number[found.has(self.rid)]
        counts = np.bincount(numbers, minlength=len(self.labels))
        order = np.argsort(-counts, kind="stable")[:top]
        return [(self.labels[at], int(counts[at])) for at in order if counts[at]]


def _come_before(into: npt.NDArray[np.int32], places: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """How many of the places to insert at are up to each of some places."""
    return np.searchsorted(into, places, side="right").astype(np.int32)


def _bytes(labels: Iterable[Label]) -> int:
    # Of each besides its text two tuples' worth and its place in a dictionary and a list.
    return sum(200 + sys.getsizeof(value) for value, _ in labels)


def _ascending(label: Label) -> tuple[bool, Any, str]:
    value, kind = label
    return isinstance(value, str), value, kind


@dataclass(frozen=True, slots=True)
class Times:
    """When all traces began, by their duration: the quickest first, those still running (NaN) last."""

    rid: Rids
    start_ms: npt.NDArray[np.int64]
    failed: npt.NDArray[np.bool_]
    duration_ms: npt.NDArray[np.float64]

    @classmethod
    def read(cls, cursor: Iterable[tuple[Any, ...]]) -> Times:
        """The rows (trace's number, start, whether it failed, duration) of a cursor."""
        rows = list(cursor)
        rid, start, failed, duration = zip(*rows, strict=True) if rows else ((), (), (), ())
        durations = np.array(duration, np.float64)
        order = np.argsort(durations, kind="stable")
        return cls(
            np.array(rid, np.int64)[order],
            np.array(start, np.int64)[order],
            np.array(failed, np.bool_)[order],
            durations[order],
        )

    @property
    def bytes(self) -> int:
        """What they take."""
        return sum(column.nbytes for column in self._columns())

    def _columns(self) -> tuple[npt.NDArray[Any], ...]:
        return self.rid, self.start_ms, self.failed, self.duration_ms

    def of(self, found: Some) -> Times:
        """Those of some traces."""
        kept = found.has(self.rid)
        return Times(*(column[kept] for column in self._columns()))

    def with_anew(self, touched: Some, anew: Times) -> Times:
        """The same with those that some traces have now in the place of those they had."""
        kept = ~touched.has(self.rid)
        left = [column[kept] for column in self._columns()]
        places = np.searchsorted(left[-1], anew.duration_ms, side="right")
        return Times(*(np.insert(*both) for both in zip(left, [places] * 4, anew._columns(), strict=True)))


_Column = TypeVar("_Column", Held, Times)


class Columns:
    """What is held of a store's traces, each column with the mark of the state of the file that it is of."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: dict[Any, tuple[Mark, Any]] = {}

    def found(self, connection: sqlite3.Connection, statement: Statement) -> Some:
        """The traces that a statement gives the numbers of."""
        mark, key = _mark(connection), (Some, *_key(statement))
        at, some = self._held.get(key, (None, None))
        if at != mark or not isinstance(some, Some):
            some = Some.of(np.fromiter((rid for (rid,) in run(connection, statement)), np.int64))
        self._keep(key, mark, some)
        return some

    def values(self, connection: sqlite3.Connection, statement: Statement, *, few: bool) -> Held | None:
        """The values that a statement gives as (trace's number, value, kind), each once for a trace.

        The statement ends with its conditions and calls the trace's table t. None where the values would be too big to
        hold, and, if only ``few`` of them are wanted, where they are not held yet.
        """
        key = (Held, *_key(statement))
        return None if few and key not in self._held else self._now(connection, key, statement, Held)

    def times(self, connection: sqlite3.Connection) -> Times:
        """The times of all traces."""
        times = self._now(connection, (Times,), _TIMES, Times)
        assert times is not None
        return times

    def _now(
        self, connection: sqlite3.Connection, key: Any, statement: Statement, kind: type[_Column]
    ) -> _Column | None:
        """A column as it is in the state of the file that the connection sees."""
        mark = _mark(connection)
        at, column = self._held.get(key, (None, None))
        # What was too big once is not read again.
        if at is None or (column is not None and at != mark):
            touched = None if at is None else _since(connection, at, mark)
            if touched is None:
                column = kind.read(run(connection, statement))
            elif touched.size:
                anew = kind.read(run(connection, _limited(statement, touched)))
                column = None if anew is None or column is None else column.with_anew(Some.of(touched), anew)
        self._keep(key, mark, column)
        return column

    def _keep(self, key: Any, mark: Mark, column: Held | Times | Some | None) -> None:
        """Hold a column unless a newer one is held by now; what was asked for longest ago makes room."""
        with self._lock:
            before = self._held.pop(key, (mark, None))
            if before[0] > mark:
                mark, column = before
            size = 0 if column is None else column.bytes
            if size > MAX_HELD_BYTES:
                return
            room = MAX_HELD_BYTES - size - sum(held.bytes for _, held in self._held.values() if held is not None)
            for other in list(self._held):
                if room >= 0:
                    break
                held = self._held.pop(other)[1]
                room += 0 if held is None else held.bytes
            self._held[key] = (mark, column)


_OF_STORES: weakref.WeakKeyDictionary[Store, Columns] = weakref.WeakKeyDictionary()
_OF_STORES_LOCK = threading.Lock()


def columns_of(store: Store) -> Columns:
    """What is held of a store."""
    with _OF_STORES_LOCK:
        return _OF_STORES.setdefault(store, Columns())


_TIMES = Statement("SELECT t.rid, t.start_ms, t.status = 'ERROR', t.duration_ms FROM trace t WHERE 1", [])


def _key(statement: Statement) -> tuple[Any, ...]:
    return (statement.sql, *statement.params, *map(type, statement.params))


def _mark(connection: sqlite3.Connection) -> Mark:
    return Mark(
        *connection.execute(
            "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'trace'), 0),"
            " coalesce((SELECT max(n) FROM changed), 0)"
        ).fetchone()
    )


def _since(connection: sqlite3.Connection, then: Mark, now: Mark) -> Rids | None:
    """The traces that came, changed or went between two marks; None if the file does not tell any more."""
    if now.rid < then.rid or now.change < then.change:
        return None
    (told,) = connection.execute("SELECT count(*) FROM changed WHERE n > ?", (then.change,)).fetchone()
    if told < now.change - then.change:
        return None
    rids = connection.execute("SELECT rid FROM trace WHERE rid > ? UNION SELECT rid FROM changed WHERE n > ?", then)
    return np.fromiter((rid for (rid,) in rids), np.int64)


def _limited(statement: Statement, rids: Rids) -> Statement:
    """The same statement of some traces only."""
    place = len(statement.params) + 1
    sql = f"{statement.sql} AND t.rid IN (SELECT value FROM json_each(?{place}))"
    return Statement(sql, [*statement.params, orjson.dumps(rids.tolist()).decode()])
