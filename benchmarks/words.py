"""Searches for text, through the word index, beside statements written by hand for the same page.

``by_index`` asks the index for the very terms, which only who has looked at the data can write: it is the floor.
``by_terms`` is the same statement after the terms that hold the text were looked for in the store's lists of them, kept
in memory as the engine keeps them: what anyone must do who is given a text. ``by_scan`` knows nothing of terms.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any

from benchmarks.timing import ROUNDS, milliseconds, spread
from spanglass.engines.sqlite import SqliteEngine
from spanglass.filters import resolve
from spanglass.store import Store


def page(where: str) -> str:
    """The first hundred of the traces of which this holds, newest first."""
    return f"SELECT t.trace_id FROM trace t WHERE {where} ORDER BY t.start_ms DESC, t.trace_id LIMIT 100"


@dataclass(frozen=True)
class TextCase:
    """A filter, the terms that the index is asked for by hand, and the texts that a span must have.

    ``inside`` are the texts to be looked for in the lists of terms, ``none`` says that nothing will be found: then the
    candidates are better asked all at once than the newest first.
    """

    name: str
    filter: str
    terms: str
    texts: tuple[str, ...]
    inside: tuple[str, ...] = ()
    none: bool = False


_PHRASE = "zanzibar of the refund"
CASES = [
    TextCase("text, 0.5 % hits", "'zanzibar'", "zanzibar", ("zanzibar",), ("zanzibar",)),
    TextCase(
        "text in exact case, 0.5 % hits",
        "text CONTAINS 'zanzibar app'",
        "zanzibar AND appendix",
        ("zanzibar app",),
        ("zanzibar", "app"),
    ),
    TextCase("part of a word, 0.5 % hits", "'anziba'", "zanzibar", ("anziba",), ("anziba",)),
    TextCase("text, none", f"'{_PHRASE}'", "zanzibar AND refund", (_PHRASE,), ("zanzibar", "refund"), none=True),
    TextCase("a word that is nowhere", "'xylophone'", "xylophone", ("xylophone",), ("xylophone",), none=True),
    TextCase("MATCH of two words", "text MATCH 'appendix zanzibar'", "appendix AND zanzibar", ("appendix", "zanzibar")),
]


def _some_span(texts: tuple[str, ...]) -> str:
    columns = ("p.inputs", "p.outputs", "p.attributes", "p.events", "s.status_message")
    tests = (" OR ".join(f"{column} LIKE '%{text}%'" for column in columns) for text in texts)
    found = " AND ".join(f"({test})" for test in tests)
    return f"EXISTS (SELECT 1 FROM span s JOIN payload p USING (sid) WHERE s.rid = t.rid AND {found})"


def by_index(case: TextCase, terms: str) -> str:
    """The page by hand, the index being asked for these terms."""
    listed = f"SELECT rid FROM word JOIN word_document ON id = word.rowid WHERE word MATCH '{terms}'"
    return page(f"{'' if case.none else '+'}t.rid IN ({listed}) AND {_some_span(case.texts)}")


def terms_inside(case: TextCase, lists: list[str]) -> str:
    """The terms that hold the texts of a case, as the index is asked for them."""
    if not case.inside:
        return case.terms
    return " AND ".join(f"({' OR '.join(_terms(text, lists)) or text})" for text in case.inside)


def _terms(text: str, lists: list[str]) -> list[str]:
    """All terms with a text in them."""
    found = set()
    for terms in lists:
        at = terms.find(text)
        while at >= 0:
            end = terms.find("\n", at)
            found.add(terms[terms.rfind("\n", 0, at) + 1 : end])
            at = terms.find(text, end)
    return sorted(f'"{term}"' for term in found)


def measure(case: TextCase, store: Store, engine: SqliteEngine) -> dict[str, Any]:
    """One row of the table. Raises AssertionError if the answers differ."""
    connection = sqlite3.connect(store.path)
    lists = [row[0] for row in connection.execute("SELECT plain FROM word_list")]

    def by_hand(sql: str) -> list[str]:
        return [row[0] for row in connection.execute(sql)]

    def by_engine() -> list[str]:
        return [row[0] for row in engine.search(resolve(case.filter), limit=100).ids]

    def given() -> list[str]:
        return by_hand(by_index(case, case.terms))

    def looked_up() -> list[str]:
        return by_hand(by_index(case, terms_inside(case, lists)))

    def scanned() -> list[str]:
        return by_hand(page(_some_span(case.texts)))

    if not by_engine() == given() == looked_up() == scanned():
        raise AssertionError(f"{case.name}: the answers differ")
    asked, floor, by_terms = spread(ROUNDS, by_engine, given, looked_up)
    (scan,) = milliseconds(scanned, rounds=1)
    connection.close()
    way = engine.explain(resolve(case.filter)).plan[0]
    row = {"case": case.name, "filter": case.filter, "page_ms": asked, "by_terms_ms": by_terms, "floor_ms": floor}
    return row | {"scan_ms": scan, "way": way}


def table(rows: list[dict[str, Any]]) -> str:
    """The rows as Markdown, in milliseconds of CPU time: median (least)."""
    lines = [
        "| search for text | first page | by hand, terms looked up | terms given | scan | explain() |",
        "|---|---:|---:|---:|---:|---|",
    ]
    for row in rows:
        times = [f"{row[name][0]:.1f} ({row[name][1]:.1f})" for name in ("page_ms", "by_terms_ms", "floor_ms")]
        lines.append(f"| {row['case']} | {' | '.join(times)} | {row['scan_ms']:,.0f} | {row['way']} |")
    return "\n".join(lines)
