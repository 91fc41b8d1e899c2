"""What people look up, by value and by key: postings and the vocabulary.

A posting says which traces have a short scalar under a key, so that ``tag.env = 'prod'`` or
``span.attributes.k = 5`` need not read a payload. The vocabulary says which keys and names there are. Both count
per trace how many of its spans have the thing; so a span can change, and a trace go, by adding and taking away
exactly what it contributed, which is always computed from the stored text by the functions here.
"""

from __future__ import annotations

import math
import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import orjson

from spanglass.entities import Json
from spanglass.limits import (
    MAX_VALUES_PER_KEY,
    MAX_VOCABULARY_ITEMS,
    MAX_VOCABULARY_KEYS,
    SHORT_VALUE_CHARS,
    VOCABULARY_DEPTH,
)
from spanglass.store.json_text import decode
from spanglass.store.schema import KIND_BOOL, KIND_MORE, KIND_NUMBER, KIND_TEXT

_NUMERIC = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?", re.ASCII)

NO_TRACE = 0
"""Stands for the trace of what belongs to no single one: a session's assessments."""


class Posted(NamedTuple):
    """One value under one key."""

    scope: str
    key: str
    kind: str
    value: str


class Seen(NamedTuple):
    """One key of the vocabulary, and the type that it had there."""

    scope: str
    key: str
    type: str


def scalar_text(value: str | int | float | bool) -> str:
    """The text form of a JSON scalar, as filters compare it: ``true``, ``5``, ``0.1``, the text itself.

    >>> scalar_text(0.1), scalar_text(True)
    ('0.1', 'true')
    """
    if isinstance(value, str):
        return value
    return orjson.dumps(value).decode()


def numeric(text: str) -> int | float | None:
    """The number that a text looks like (``-?digits[.digits][e[+-]digits]``), or None.

    >>> numeric("9007199254740993"), numeric("-1.5e3"), numeric("12abc")
    (9007199254740993, -1500.0, None)
    """
    match = _NUMERIC.fullmatch(text)
    if match is None:
        return None
    if match.lastindex is None and len(text) < 19:  # no fraction, no exponent, and it fits 64 bits
        return int(text)
    number = float(text)
    return number if math.isfinite(number) else None


def attribute_postings(attributes: Mapping[str, Json]) -> set[Posted]:
    """The postings of a span's attributes: every scalar under the dotted path of the keys that lead to it.

    The items of an array stand under the array's own path. A value too long to post, and what exceeds
    ``MAX_VALUES_PER_KEY``, is said by a posting of kind ``+``.

    >>> sorted(p[1:] for p in attribute_postings({"a.b": 1, "c": {"d": ["x", "y"]}}))
    [('a.b', 'n', '1'), ('c.d', 's', 'x'), ('c.d', 's', 'y')]
    """
    found: set[Posted] = set()
    values: dict[str, int] = defaultdict(int)
    stack: list[tuple[str, Json]] = list(attributes.items())[::-1]
    while stack:
        key, value = stack.pop()
        if isinstance(value, dict):
            stack.extend((f"{key}.{inner}", item) for inner, item in reversed(value.items()))
        elif isinstance(value, list):
            stack.extend((key, item) for item in reversed(value))
        elif value is not None:
            values[key] += 1
            found.add(_posted("attribute", key, value, more=values[key] > MAX_VALUES_PER_KEY))
    return found


def text_postings(scope: str, entries: Mapping[str, str]) -> set[Posted]:
    """The postings of a map of texts: a trace's tags or metadata."""
    return {_posted(scope, key, value) for key, value in entries.items()}


def _posted(scope: str, key: str, value: str | int | float | bool, more: bool = False) -> Posted:
    if isinstance(value, bool):
        kind = KIND_BOOL
    elif isinstance(value, str):
        kind = KIND_TEXT
    else:
        kind = KIND_NUMBER
    if more or (kind == KIND_TEXT and len(value) > SHORT_VALUE_CHARS):  # type: ignore[arg-type]
        return Posted(scope, key, KIND_MORE, "")
    return Posted(scope, key, kind, scalar_text(value))


def json_type(value: Json) -> str:
    """The vocabulary's word for the type of a JSON value that is not null."""
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, str):
        return "text"
    if isinstance(value, (int, float)):
        return "number"
    return "array" if isinstance(value, list) else "object"


def key_paths(scope: str, value: Json) -> set[Seen]:
    """The paths of keys inside a JSON value, ``VOCABULARY_DEPTH`` keys deep; a step into an array is ``[*]``.

    >>> sorted(seen.key for seen in key_paths("inputs", {"messages": [{"role": "user"}]}))
    ['messages', 'messages[*].role']
    """
    found: set[Seen] = set()
    stack: list[tuple[str, Json, int]] = [("", value, 0)]
    while stack and len(found) < MAX_VOCABULARY_KEYS:
        path, value, depth = stack.pop()
        if isinstance(value, dict) and depth < VOCABULARY_DEPTH:
            for key, item in reversed(value.items()):
                if item is None or len(key) > SHORT_VALUE_CHARS:
                    continue
                inner = f"{path}.{key}" if path else key
                found.add(Seen(scope, inner, json_type(item)))
                if isinstance(item, (dict, list)):
                    stack.append((inner, item, depth + 1))
        elif isinstance(value, list) and depth < VOCABULARY_DEPTH:
            stack.extend((f"{path}[*]", item, depth) for item in reversed(value[:MAX_VOCABULARY_ITEMS]))
    return found


class SpanTexts(NamedTuple):
    """The parts of a span that postings and vocabulary are made of."""

    name: str
    type: str
    model: str | None
    inputs: str | None
    outputs: str | None
    attributes: str | None


def span_contribution(span: SpanTexts) -> tuple[set[Posted], set[Seen]]:
    """All that one span adds to the postings and the vocabulary."""
    attributes = decode(span.attributes) or {}
    seen = key_paths("attribute", attributes)
    seen |= key_paths("inputs", decode(span.inputs))
    seen |= key_paths("outputs", decode(span.outputs))
    seen.add(Seen("span.name", span.name, "text"))
    seen.add(Seen("span.type", span.type, "text"))
    if span.model is not None:
        seen.add(Seen("model", span.model, "text"))
    return attribute_postings(attributes), seen


def trace_contribution(
    tags: Mapping[str, str], metadata: Mapping[str, str], facts: Mapping[str, Json]
) -> tuple[set[Posted], set[Seen]]:
    """All that a trace itself adds: its tags and metadata, and the request and response given as facts."""
    seen = {Seen("tag", key, "text") for key in tags} | {Seen("metadata", key, "text") for key in metadata}
    seen |= key_paths("inputs", decode(facts.get("request")))
    seen |= key_paths("outputs", decode(facts.get("response")))
    return text_postings("tag", tags) | text_postings("metadata", metadata), seen


class Tally:
    """Collects what a transaction adds and takes away, and writes it at the end: each key is looked up once."""

    def __init__(self) -> None:
        self.values: dict[int, dict[Posted, int]] = defaultdict(lambda: defaultdict(int))
        self.keys: dict[int, dict[tuple[str, str], int]] = defaultdict(lambda: defaultdict(int))
        self.types: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
        self.last_seen: dict[tuple[str, str], int] = {}

    def add(self, rid: int, contribution: tuple[set[Posted], set[Seen]], *, time_ms: int = 0) -> None:
        """Count what something of the trace has; ``time_ms`` is when it began."""
        self._count(rid, contribution, 1)
        for seen in contribution[1]:
            key = seen[:2]
            if time_ms > self.last_seen.get(key, -1):
                self.last_seen[key] = time_ms

    def remove(self, rid: int, contribution: tuple[set[Posted], set[Seen]]) -> None:
        """Take away what something of the trace had."""
        self._count(rid, contribution, -1)

    def _count(self, rid: int, contribution: tuple[set[Posted], set[Seen]], by: int) -> None:
        posted, seen = contribution
        values, keys = self.values[rid], self.keys[rid]
        for value in posted:
            values[value] += by
        counted: set[tuple[str, str]] = set()
        for entry in seen:
            key = entry[:2]
            # A path through an array may have several types in one span; it is one span that has it.
            if key not in counted:
                counted.add(key)
                keys[key] += by
            self.types[key][entry.type] += by

    def write(self, connection: sqlite3.Connection, new_rids: Iterable[int]) -> None:
        """Bring ``kv``, ``posting``, ``vocabulary`` and ``seen`` up to date."""
        fresh = set(new_rids)
        self._write_values(connection, fresh)
        self._write_keys(connection, fresh)

    def _write_values(self, connection: sqlite3.Connection, fresh: set[int]) -> None:
        ids: dict[Posted, int] = {}
        for posted in {value for counts in self.values.values() for value, n in counts.items() if n}:
            row = connection.execute(
                "SELECT id FROM kv WHERE scope = ? AND key = ? AND kind = ? AND value = ?", posted
            ).fetchone()
            if row is None:
                num = None if posted.kind == KIND_BOOL else numeric(posted.value)
                row = connection.execute(
                    "INSERT INTO kv(scope, key, kind, value, num) VALUES (?, ?, ?, ?, ?) RETURNING id",
                    (*posted, num),
                ).fetchone()
            ids[posted] = row[0]
        changes = ((ids[value], rid, n) for rid, counts in self.values.items() for value, n in counts.items() if n)
        gained = _count_in(connection, "posting", "kv_id", changes, fresh)
        connection.executemany(
            "UPDATE kv SET n_traces = n_traces + ? WHERE id = ?", [(n, id) for id, n in gained.items() if n]
        )
        connection.executemany(
            "DELETE FROM kv WHERE id = ? AND n_traces = 0", [(id,) for id, n in gained.items() if n <= 0]
        )

    def _write_keys(self, connection: sqlite3.Connection, fresh: set[int]) -> None:
        touched = {key for counts in self.keys.values() for key, n in counts.items() if n}
        touched |= {key for key, types in self.types.items() if any(types.values())}
        rows: dict[tuple[str, str], tuple[int, dict[str, int]]] = {}
        for key in touched:
            row = connection.execute("SELECT id, types FROM vocabulary WHERE scope = ? AND key = ?", key).fetchone()
            if row is None:
                row = connection.execute(
                    "INSERT INTO vocabulary(scope, key) VALUES (?, ?) RETURNING id, types", key
                ).fetchone()
            rows[key] = (row[0], orjson.loads(row[1]))
        changes = ((rows[key][0], rid, n) for rid, counts in self.keys.items() for key, n in counts.items() if n)
        gained = _count_in(connection, "seen", "vocabulary_id", changes, fresh)
        updates = []
        for key, (id, types) in rows.items():
            for name, n in self.types[key].items():
                types[name] = types.get(name, 0) + n
            types = {name: types[name] for name in sorted(types) if types[name]}
            word = "mixed" if len(types) > 1 else next(iter(types), "")
            updates.append((gained.get(id, 0), self.last_seen.get(key, 0), word, orjson.dumps(types).decode(), id))
        connection.executemany(
            "UPDATE vocabulary SET n_traces = n_traces + ?, last_seen_ms = max(last_seen_ms, ?), type = ?,"
            " types = ? WHERE id = ?",
            updates,
        )
        connection.executemany(
            "DELETE FROM vocabulary WHERE id = ? AND n_traces = 0",
            [(id,) for id, _ in rows.values() if gained.get(id, 0) <= 0],
        )


def _count_in(
    connection: sqlite3.Connection,
    table: str,
    column: str,
    changes: Iterator[tuple[int, int, int]],
    fresh: set[int],
) -> dict[int, int]:
    """Apply (id, rid, difference) to a table of counts; how many traces each id has gained or lost."""
    gained: dict[int, int] = defaultdict(int)
    inserts, updates, deletes = [], [], []
    find = f"SELECT n FROM {table} WHERE {column} = ? AND rid = ?"
    for id, rid, difference in changes:
        row = None if rid in fresh else connection.execute(find, (id, rid)).fetchone()
        if row is None:
            inserts.append((id, rid, difference))
            gained[id] += 1
        elif row[0] + difference > 0:
            updates.append((difference, id, rid))
            gained[id] += 0
        else:
            deletes.append((id, rid))
            gained[id] -= 1
    # Sorted, so that the pages of the table are visited in their own order.
    connection.executemany(f"INSERT INTO {table} VALUES (?, ?, ?)", sorted(inserts))
    connection.executemany(f"UPDATE {table} SET n = n + ? WHERE {column} = ? AND rid = ?", updates)
    connection.executemany(f"DELETE FROM {table} WHERE {column} = ? AND rid = ?", deletes)
    return gained
