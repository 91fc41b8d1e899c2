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
from collections import Counter, defaultdict
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


Posted = tuple[str, str, str, str]
"""One value under one key: scope, key, kind, the value's text."""

Seen = tuple[str, str, str]
"""One key of the vocabulary and the type that it had: scope, key, type."""

# By exact type, for values that come out of a JSON text.
_KINDS = {str: KIND_TEXT, int: KIND_NUMBER, float: KIND_NUMBER, bool: KIND_BOOL}
_TYPES = {str: "text", int: "number", float: "number", bool: "bool", list: "array", dict: "object"}


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
    if match.lastindex is None and -(2**63) <= (whole := int(text)) < 2**63:  # no fraction, no exponent
        return whole
    number = float(text)
    return number if math.isfinite(number) else None


def attribute_postings(attributes: Mapping[str, Json]) -> set[Posted]:
    """The postings of a span's attributes: every scalar under the dotted path of the keys that lead to it.

    The items of an array stand under the array's own path. Where the path is not simply the attribute's own key,
    the kind is in upper case: whether a filter that names the path finds the value depends on what else there is.
    A value too long to post, and what exceeds ``MAX_VALUES_PER_KEY``, is said by a posting of kind ``+``.

    >>> sorted(p[1:] for p in attribute_postings({"a.b": 1, "c": ["x", "y"], "d": {"e": True}}))
    [('a.b', 'n', '1'), ('c', 's', 'x'), ('c', 's', 'y'), ('d.e', 'B', 'true')]
    """
    found: set[Posted] = set()
    times: dict[str, int] = {}
    nested: list[tuple[str, Json]] = []

    def post(key: str, value: Json, kind: str) -> None:
        times[key] = time = times.get(key, 0) + 1
        text = value if isinstance(value, str) else scalar_text(value)
        if time > MAX_VALUES_PER_KEY or len(text) > SHORT_VALUE_CHARS:
            found.add(("attribute", key, KIND_MORE, ""))
        else:
            found.add(("attribute", key, kind, text))

    for key, value in attributes.items():
        kind = _KINDS.get(type(value))
        if kind is not None:
            post(key, value, kind)
        elif isinstance(value, dict):
            nested.append((key, value))
        elif isinstance(value, list):
            for item in value:
                kind = _KINDS.get(type(item))
                if kind is not None:
                    post(key, item, kind)
                else:
                    nested.append((key, item))
    nested.reverse()
    while nested:
        key, value = nested.pop()
        kind = _KINDS.get(type(value))
        if kind is not None:
            post(key, value, kind.upper())
        elif isinstance(value, dict):
            nested.extend([(f"{key}.{inner}", item) for inner, item in value.items()][::-1])
        elif isinstance(value, list):
            nested.extend([(key, item) for item in value][::-1])
    return found


def text_postings(scope: str, entries: Mapping[str, str]) -> set[Posted]:
    """The postings of a map of texts: a trace's tags or metadata."""
    return {
        (scope, key, KIND_TEXT, value) if len(value) <= SHORT_VALUE_CHARS else (scope, key, KIND_MORE, "")
        for key, value in entries.items()
    }


def json_type(value: Json) -> str:
    """The vocabulary's word for the type of a decoded JSON value; empty for null."""
    return _TYPES.get(type(value), "")


def key_paths(scope: str, value: Json) -> set[Seen]:
    """The paths of keys inside a JSON value, ``VOCABULARY_DEPTH`` keys deep; a step into an array is ``[*]``.

    >>> sorted(path for _, path, _ in key_paths("inputs", {"messages": [{"role": "user"}]}))
    ['messages', 'messages[*].role']
    """
    found: set[Seen] = set()
    stack: list[tuple[str, Json, int]] = [("", value, VOCABULARY_DEPTH)]
    while stack:
        path, value, depth = stack.pop()
        if isinstance(value, dict):
            prefix = f"{path}." if path else ""
            for key, item in value.items():
                word = _TYPES.get(type(item))
                if word is None or len(key) > SHORT_VALUE_CHARS:
                    continue
                if len(found) == MAX_VOCABULARY_KEYS:
                    return found
                found.add((scope, prefix + key, word))
                if depth > 1 and isinstance(item, (dict, list)):
                    stack.append((prefix + key, item, depth - 1))
        elif isinstance(value, list):
            stack.extend((f"{path}[*]", item, depth) for item in value[:MAX_VOCABULARY_ITEMS])
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
    seen.add(("span.name", span.name, "text"))
    seen.add(("span.type", span.type, "text"))
    if span.model is not None:
        seen.add(("model", span.model, "text"))
    return attribute_postings(attributes), seen


def trace_contribution(
    tags: Mapping[str, str], metadata: Mapping[str, str], facts: Mapping[str, Json]
) -> tuple[set[Posted], set[Seen]]:
    """All that a trace itself adds: its tags and metadata, and the request and response given as facts."""
    seen = {("tag", key, "text") for key in tags} | {("metadata", key, "text") for key in metadata}
    seen |= key_paths("inputs", decode(facts.get("request")))
    seen |= key_paths("outputs", decode(facts.get("response")))
    return text_postings("tag", tags) | text_postings("metadata", metadata), seen


class Tally:
    """Collects what a transaction adds and takes away, and writes it at the end: each key is looked up once."""

    def __init__(self) -> None:
        self.values: dict[int, Counter[Posted]] = defaultdict(Counter)
        self.keys: dict[int, Counter[Seen]] = defaultdict(Counter)
        self.last_seen: dict[Seen, int] = {}

    def add(self, rid: int, contribution: tuple[set[Posted], set[Seen]], *, time_ms: int = 0) -> None:
        """Count what something of the trace has; ``time_ms`` is when it began."""
        posted, seen = contribution
        self.values[rid].update(posted)
        self.keys[rid].update(seen)
        last_seen = self.last_seen
        for entry in seen:
            if last_seen.get(entry, -1) < time_ms:
                last_seen[entry] = time_ms

    def remove(self, rid: int, contribution: tuple[set[Posted], set[Seen]]) -> None:
        """Take away what something of the trace had."""
        posted, seen = contribution
        self.values[rid].subtract(posted)
        self.keys[rid].subtract(seen)

    def write(self, connection: sqlite3.Connection, new_rids: Iterable[int]) -> None:
        """Bring ``kv``, ``posting``, ``vocabulary`` and ``seen`` up to date."""
        fresh = set(new_rids)
        self._write_values(connection, fresh)
        self._write_keys(connection, fresh)

    def _write_values(self, connection: sqlite3.Connection, fresh: set[int]) -> None:
        ids: dict[Posted, int] = {}
        next_id = connection.execute("SELECT coalesce(max(id), 0) + 1 FROM kv").fetchone()[0]
        made = []
        for posted in {value for counts in self.values.values() for value, n in counts.items() if n}:
            row = connection.execute(
                "SELECT id FROM kv WHERE scope = ? AND key = ? AND kind = ? AND value = ?", posted
            ).fetchone()
            if row is None:
                _, _, kind, text = posted
                made.append((next_id, *posted, None if kind.lower() == KIND_BOOL else numeric(text)))
                ids[posted] = next_id
                next_id += 1
            else:
                ids[posted] = row[0]
        connection.executemany("INSERT INTO kv(id, scope, key, kind, value, num) VALUES (?, ?, ?, ?, ?, ?)", made)
        changes = ((ids[value], rid, n) for rid, counts in self.values.items() for value, n in counts.items() if n)
        gained = _count_in(connection, "posting", "kv_id", changes, fresh)
        connection.executemany(
            "UPDATE kv SET n_traces = n_traces + ? WHERE id = ?", [(n, id) for id, n in gained.items() if n]
        )
        connection.executemany(
            "DELETE FROM kv WHERE id = ? AND n_traces = 0", [(id,) for id, n in gained.items() if n < 0]
        )

    def _write_keys(self, connection: sqlite3.Connection, fresh: set[int]) -> None:
        by_trace, by_type = self.key_counts()
        rows: dict[tuple[str, str], tuple[int, dict[str, int]]] = {}
        for key in by_type:
            row = connection.execute("SELECT id, types FROM vocabulary WHERE scope = ? AND key = ?", key).fetchone()
            if row is None:
                row = connection.execute(
                    "INSERT INTO vocabulary(scope, key) VALUES (?, ?) RETURNING id, types", key
                ).fetchone()
            rows[key] = (row[0], orjson.loads(row[1]))
        changes = ((rows[key][0], rid, n) for (rid, key), n in by_trace.items() if n)
        gained = _count_in(connection, "seen", "vocabulary_id", changes, fresh)
        last_seen: dict[tuple[str, str], int] = {}
        for (scope, name, _), time_ms in self.last_seen.items():
            last_seen[scope, name] = max(time_ms, last_seen.get((scope, name), 0))
        updates = []
        for key, (id, types) in rows.items():
            for word, n in by_type[key].items():
                types[word] = types.get(word, 0) + n
            types = {word: types[word] for word in sorted(types) if types[word]}
            known = [word for word in types if word]  # a null is of no type
            word = "mixed" if len(known) > 1 else "".join(known)
            updates.append((gained.get(id, 0), last_seen.get(key, 0), word, orjson.dumps(types).decode(), id))
        connection.executemany(
            "UPDATE vocabulary SET n_traces = n_traces + ?, last_seen_ms = max(last_seen_ms, ?), type = ?,"
            " types = ? WHERE id = ?",
            updates,
        )
        connection.executemany(
            "DELETE FROM vocabulary WHERE id = ? AND n_traces = 0", [(id,) for id, n in gained.items() if n < 0]
        )

    def key_counts(
        self,
    ) -> tuple[dict[tuple[int, tuple[str, str]], int], dict[tuple[str, str], dict[str, int]]]:
        """The counts of keys by trace, and by type."""
        by_trace: dict[tuple[int, tuple[str, str]], int] = defaultdict(int)
        by_type: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for rid, counts in self.keys.items():
            for (scope, name, word), n in counts.items():
                if n:
                    by_trace[rid, (scope, name)] += n
                    by_type[scope, name][word] += n
        return by_trace, by_type


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
