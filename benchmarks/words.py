"""Searches for text, through the word index, beside two statements written by hand for the same page.

``by_index`` asks the index for the very terms, which only who has looked at the data can write: it is the floor.
``by_scan`` is what one writes who knows nothing of them.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any

from benchmarks.timing import milliseconds
from spanglass.engines.sqlite import SqliteEngine
from spanglass.filters import resolve
from spanglass.store import Store


def page(where: str) -> str:
    """The first hundred of the traces of which this holds, newest first."""
    return f"SELECT t.trace_id FROM trace t WHERE {where} ORDER BY t.start_ms DESC, t.trace_id LIMIT 100"


@dataclass(frozen=True)
class TextCase:
    """A filter, the terms that the index is asked for by hand, and the texts that a span must have."""

    name: str
    filter: str
    terms: str
    texts: tuple[str, ...]


CASES = [
    TextCase("text, 0.5 % hits", "'zanzibar'", "zanzibar", ("zanzibar",)),
    TextCase(
        "text in exact case, 0.5 % hits", "text CONTAINS 'zanzibar app'", "zanzibar AND appendix", ("zanzibar app",)
    ),
    TextCase("part of a word, 0.5 % hits", "'anziba'", "zanzibar", ("anziba",)),
    TextCase(
        "text, none", "'zanzibar of the refund'", "zanzibar AND of AND the AND refund", ("zanzibar of the refund",)
    ),
    TextCase("a word that is nowhere", "'xylophone'", "xylophone", ("xylophone",)),
    TextCase("MATCH of two words", "text MATCH 'appendix zanzibar'", "appendix AND zanzibar", ("appendix", "zanzibar")),
]


def _some_span(texts: tuple[str, ...]) -> str:
    columns = ("p.inputs", "p.outputs", "p.attributes", "p.events", "s.status_message")
    tests = (" OR ".join(f"{column} LIKE '%{text}%'" for column in columns) for text in texts)
    found = " AND ".join(f"({test})" for test in tests)
    return f"EXISTS (SELECT 1 FROM span s JOIN payload p USING (sid) WHERE s.rid = t.rid AND {found})"


def statements(case: TextCase) -> tuple[str, str]:
    """The page by hand: with the index, and without."""
    listed = f"SELECT rid FROM word JOIN word_document ON id = word.rowid WHERE word MATCH '{case.terms}'"
    found = _some_span(case.texts)
    return page(f"+t.rid IN ({listed}) AND {found}"), page(found)


def measure(case: TextCase, store: Store, engine: SqliteEngine) -> dict[str, Any]:
    """One row of the table."""
    connection = sqlite3.connect(store.path)
    by_index, by_scan = statements(case)

    def by_hand(sql: str) -> list[str]:
        return [row[0] for row in connection.execute(sql)]

    def by_engine() -> list[str]:
        return [row[0] for row in engine.search(resolve(case.filter), limit=100).ids]

    if not by_engine() == by_hand(by_index) == by_hand(by_scan):
        raise AssertionError(f"{case.name}: the answers differ")
    asked, floor = milliseconds(by_engine, lambda: by_hand(by_index))
    (scanned,) = milliseconds(lambda: by_hand(by_scan), rounds=1)
    connection.close()
    way = engine.explain(resolve(case.filter)).plan[0]
    return {
        "case": case.name,
        "filter": case.filter,
        "page_ms": asked,
        "floor_ms": floor,
        "scan_ms": scanned,
        "way": way,
    }


def table(rows: list[dict[str, Any]]) -> str:
    """The rows as Markdown."""
    lines = ["| search for text | page ms | by hand, index ms | by hand, scan ms | explain |", "|---|---|---|---|---|"]
    lines += [
        f"| {row['case']} | {row['page_ms']:.2f} | {row['floor_ms']:.2f} | {row['scan_ms']:.1f} | {row['way']} |"
        for row in rows
    ]
    return "\n".join(lines)
