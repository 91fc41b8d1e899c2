"""What spans and traces add to the postings and the vocabulary, and take away again.

Both count per trace how many of its spans have a thing; so a span can change, and a trace go, by adding and taking
away exactly what it contributed, which is always computed from the stored text by the functions here.
"""

from __future__ import annotations

import itertools
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TypeVar

import orjson

from spanglass.entities import Json
from spanglass.limits import MAX_KNOWN_SHAPES, READ_CHUNK
from spanglass.store.json_text import decode
from spanglass.store.postings import Posted, attribute_postings, numeric, text_postings
from spanglass.store.rows import json_list
from spanglass.store.schema import KIND_BOOL
from spanglass.store.vocabulary import Keys, key_paths

NO_TRACE = 0
"""Stands for the trace of what belongs to no single one: a session's assessments."""

Contribution = tuple[Iterable[Posted], Keys]
"""The values that something has, each once, and its keys."""


@lru_cache(MAX_KNOWN_SHAPES)
def _texts(scope: str, names: tuple[str, ...]) -> Keys:
    return frozenset((scope, name, "text") for name in names)


@lru_cache(MAX_KNOWN_SHAPES)
def _names(name: str, type: str, model: str | None) -> Keys:
    named = {("span.name", name, "text"), ("span.type", type, "text")}
    return frozenset(named if model is None else {*named, ("model", model, "text")})


@lru_cache(MAX_KNOWN_SHAPES)
def _together(*groups: Keys) -> Keys:
    return frozenset().union(*groups)


def span_contribution(
    name: str, type: str, model: str | None, inputs: Json, outputs: Json, attributes: Json
) -> Contribution:
    """All that one span adds. Raises TypeError at a value that is none of JSON's own types."""
    attributes = attributes or {}
    return attribute_postings(attributes), _together(
        _names(name, type, model),
        key_paths("attribute", attributes),
        key_paths("inputs", inputs),
        key_paths("outputs", outputs),
    )


def trace_contribution(tags: Mapping[str, str], metadata: Mapping[str, str], facts: Mapping[str, Json]) -> Contribution:
    """All that a trace itself adds: its tags and metadata, and the request and response given as facts."""
    return text_postings("tag", tags) | text_postings("metadata", metadata), _together(
        _texts("tag", tuple(tags)),
        _texts("metadata", tuple(metadata)),
        key_paths("inputs", decode(facts.get("request"))),
        key_paths("outputs", decode(facts.get("response"))),
    )


class Tally:
    """Collects what a transaction adds and takes away, and writes it at the end: each value and key is looked up once.

    Values go by a number until then, for a text is sooner counted by that.
    """

    def __init__(self) -> None:
        self._numbers: dict[Posted, int] = {}
        self._values: dict[int, dict[int, int]] = defaultdict(dict)
        self._keys: dict[int, dict[Keys, int]] = defaultdict(dict)
        self._last_seen: dict[Keys, int] = {}

    def add(self, rid: int, contribution: Contribution, *, time_ms: int = 0) -> None:
        """Count what something of the trace has; ``time_ms`` is when it began."""
        keys = contribution[1]
        self._count(rid, contribution, 1)
        if self._last_seen.get(keys, -1) < time_ms:
            self._last_seen[keys] = time_ms

    def remove(self, rid: int, contribution: Contribution) -> None:
        """Take away what something of the trace had."""
        self._count(rid, contribution, -1)

    def _count(self, rid: int, contribution: Contribution, by: int) -> None:
        posted, keys = contribution
        if posted:
            numbers, times = self._numbers, self._values[rid]
            for value in posted:
                number = numbers.setdefault(value, len(numbers))
                times[number] = times.get(number, 0) + by
        if keys:
            counts = self._keys[rid]
            counts[keys] = counts.get(keys, 0) + by

    def write(self, connection: sqlite3.Connection, new_rids: Iterable[int]) -> None:
        """Bring ``kv``, ``posting``, ``vocabulary`` and ``seen`` up to date."""
        fresh = set(new_rids)
        self._write_values(connection, fresh)
        if self._keys:
            self._write_keys(connection, fresh)

    def value_counts(self) -> dict[int, dict[Posted, int]]:
        """The counts of values by trace."""
        values = list(self._numbers)
        return {rid: {values[number]: n for number, n in times.items()} for rid, times in self._values.items()}

    def key_counts(self) -> tuple[dict[int, dict[tuple[str, str], int]], dict[tuple[str, str], dict[str, int]]]:
        """The counts of keys by trace, and by type."""
        named = {keys: [(scope, key) for scope, key, _ in keys] for keys in set().union(*self._keys.values())}
        return {rid: dict(_counted(groups, named)) for rid, groups in self._keys.items()}, self._by_type()

    def _by_type(self) -> dict[tuple[str, str], dict[str, int]]:
        in_all: dict[Keys, int] = defaultdict(int)
        for groups in self._keys.values():
            for keys, n in groups.items():
                in_all[keys] += n
        by_type: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for keys, n in in_all.items():
            for scope, key, word in keys:
                by_type[scope, key][word] += n
        return by_type

    def _write_values(self, connection: sqlite3.Connection, fresh: set[int]) -> None:
        new: dict[int, dict[int, int]] = {}
        old: dict[int, dict[int, int]] = {}
        for rid, times in self._values.items():
            (new if rid in fresh else old)[rid] = {number: n for number, n in times.items() if n}
        gained = Counter(itertools.chain.from_iterable(new.values()))
        for times in old.values():
            gained.update(dict.fromkeys(times, 0))
        ids, met = _kv_ids(connection, list(self._numbers), gained)
        inserts = [(ids[number], rid, n) for rid, times in new.items() for number, n in times.items()]
        changed = {ids[number]: gained[number] for number in met}
        changes = ((ids[number], rid, n) for rid, times in old.items() for number, n in times.items())
        _count_in(connection, inserts, changes, changed)
        connection.executemany(
            "UPDATE kv SET n_traces = n_traces + ? WHERE id = ?", [(n, id) for id, n in changed.items() if n]
        )
        connection.executemany(
            "DELETE FROM kv WHERE id = ? AND n_traces = 0", [(id,) for id, n in changed.items() if n < 0]
        )

    def _write_keys(self, connection: sqlite3.Connection, fresh: set[int]) -> None:
        for rid, groups in self._keys.items():
            self._keys[rid] = {keys: n for keys, n in groups.items() if n}
        by_type = self._by_type()
        rows: dict[tuple[str, str], tuple[int, dict[str, int]]] = {}
        for key in by_type:
            row = connection.execute("SELECT id, types FROM vocabulary WHERE scope = ? AND key = ?", key).fetchone()
            if row is None:
                row = connection.execute(
                    "INSERT INTO vocabulary(scope, key) VALUES (?, ?) RETURNING id, types", key
                ).fetchone()
            rows[key] = (row[0], orjson.loads(row[1]))
        gained = self._write_seen(connection, {key: str(id) for key, (id, _) in rows.items()}, fresh)
        last_seen: dict[tuple[str, str], int] = {}
        for keys, time_ms in self._last_seen.items():
            for scope, name, _ in keys:
                last_seen[scope, name] = max(time_ms, last_seen.get((scope, name), 0))
        updates = []
        for key, (id, types) in rows.items():
            for word, n in by_type[key].items():
                types[word] = types.get(word, 0) + n
            types = {word: types[word] for word in sorted(types) if types[word]}
            known = [word for word in types if word]  # a null is of no type
            word = "mixed" if len(known) > 1 else "".join(known)
            updates.append((gained[str(id)], last_seen.get(key, 0), word, orjson.dumps(types).decode(), id))
        connection.executemany(
            "UPDATE vocabulary SET n_traces = n_traces + ?, last_seen_ms = max(last_seen_ms, ?), type = ?,"
            " types = ? WHERE id = ?",
            updates,
        )
        connection.executemany(
            "DELETE FROM vocabulary WHERE id = ? AND n_traces = 0", [(int(id),) for id, n in gained.items() if n < 0]
        )

    def _write_seen(
        self, connection: sqlite3.Connection, ids: Mapping[tuple[str, str], str], fresh: set[int]
    ) -> dict[str, int]:
        """Write which keys each trace has; how many traces each key, by its id, has gained or lost."""
        gained: Counter[str] = Counter()
        changed, gone = [], []
        known = dict(_seen(connection, [rid for rid in self._keys if rid not in fresh]))
        named = {keys: [ids[scope, key] for scope, key, _ in keys] for keys in set().union(*self._keys.values())}
        for rid, groups in self._keys.items():
            before: dict[str, int] = orjson.loads(known[rid]) if rid in known else {}
            counts = _counted(groups, named, before)
            if before:
                counts = {id: n for id, n in counts.items() if n > 0}
                gained.subtract(before.keys())
            gained.update(counts.keys())
            if counts:
                changed.append((rid, orjson.dumps(counts).decode()))
            else:
                gone.append((rid,))
        connection.executemany("INSERT OR REPLACE INTO seen(rid, counts) VALUES (?, ?)", changed)
        connection.executemany("DELETE FROM seen WHERE rid = ?", gone)
        return gained


_Name = TypeVar("_Name")


def _counted(
    groups: Mapping[Keys, int], named: Mapping[Keys, Sequence[_Name]], counted: Mapping[_Name, int] | None = None
) -> dict[_Name, int]:
    """How often each key is in some groups, under the names that it has, beside what was counted already."""
    counts = dict(counted or {})
    for keys, n in groups.items():
        for name in named[keys]:
            counts[name] = counts.get(name, 0) + n
    return counts


def _seen(connection: sqlite3.Connection, rids: Sequence[int]) -> Iterator[tuple[int, str]]:
    for start in range(0, len(rids), READ_CHUNK):
        yield from connection.execute(
            "SELECT rid, counts FROM seen WHERE rid IN (SELECT value FROM json_each(?))",
            (json_list(rids[start : start + READ_CHUNK]),),
        )


def _kv_ids(
    connection: sqlite3.Connection, values: Sequence[Posted], gained: Mapping[int, int]
) -> tuple[dict[int, int], list[int]]:
    """The ids of values by their number, given to those that have none, with the count of traces that they begin
    with; and the numbers of those that had one."""
    first = connection.execute("SELECT coalesce(max(id), 0) + 1 FROM kv").fetchone()[0]
    ids = dict(zip(gained, itertools.count(first)))
    # Most values are new ones, so all are offered: looking for each first takes as long again.
    connection.executemany(
        "INSERT INTO kv(id, scope, key, kind, value, num, n_traces) VALUES (?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT(scope, key, kind, value) DO NOTHING",
        [
            (ids[number], *value, None if value[2].lower() == KIND_BOOL else numeric(value[3]), n)
            for number, n in gained.items()
            if (value := values[number])
        ],
    )
    made = {id for (id,) in connection.execute("SELECT id FROM kv WHERE id >= ?", (first,))}
    met = [number for number, id in ids.items() if id not in made]
    find = "SELECT id FROM kv WHERE scope = ? AND key = ? AND kind = ? AND value = ?"
    for number in met:
        ids[number] = connection.execute(find, values[number]).fetchone()[0]
    return ids, met


def _count_in(
    connection: sqlite3.Connection,
    inserts: list[tuple[int, int, int]],
    changes: Iterable[tuple[int, int, int]],
    gained: dict[int, int],
) -> None:
    """Put postings (kv id, rid, count) into the table, and apply changes to what may be there; adds to ``gained`` how
    many traces each id has gained or lost by these."""
    updates, deletes = [], []
    for id, rid, difference in changes:
        row = connection.execute("SELECT n FROM posting WHERE kv_id = ? AND rid = ?", (id, rid)).fetchone()
        if row is None:
            inserts.append((id, rid, difference))
            gained[id] = gained.get(id, 0) + 1
        elif row[0] + difference > 0:
            updates.append((difference, id, rid))
        else:
            deletes.append((id, rid))
            gained[id] = gained.get(id, 0) - 1
    inserts.sort()  # so that the pages of the table are visited in their own order
    connection.executemany("INSERT INTO posting VALUES (?, ?, ?)", inserts)
    connection.executemany("UPDATE posting SET n = n + ? WHERE kv_id = ? AND rid = ?", updates)
    connection.executemany("DELETE FROM posting WHERE kv_id = ? AND rid = ?", deletes)
