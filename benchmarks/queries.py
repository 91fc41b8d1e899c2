"""Questions answered by the engine and by hand, in turns: the first page, the count, and what writing the SQL takes.

To write it the engine asks the store how frequent things are, and keeps what it says while the file stays as it is: the
SQL is written once with what was kept, and once asking anew.
"""

from __future__ import annotations

import sqlite3
from typing import Any

from benchmarks.cases import CASES, Case
from benchmarks.timing import spread
from spanglass.engines.sqlite import SqliteEngine, known, search
from spanglass.filters import resolve
from spanglass.store import Store

PAGE_ROUNDS, COUNT_ROUNDS = 21, 3
SLACK_MS = 0.5
TIMES = 1.3


def measure(case: Case, store: Store, engine: SqliteEngine) -> dict[str, Any]:
    """One row of the table. Raises AssertionError if the engine and the statement by hand differ."""
    by_hand = sqlite3.connect(store.path)
    page_sql, count_sql = case.sql("page"), case.sql("count")

    def hand_page() -> list[str]:
        return [row[0] for row in by_hand.execute(page_sql)]

    def our_page() -> list[str]:
        return [row[0] for row in engine.search(resolve(case.filter), limit=100).ids]

    def hand_count() -> int:
        return int(by_hand.execute(count_sql).fetchone()[0])

    def our_count() -> int:
        return engine.count(resolve(case.filter))

    def sql() -> None:
        search.page_statement(store.connection, resolve(case.filter), rows=101)

    def first_sql() -> None:
        known.forget()
        sql()

    found = our_count()
    if hand_page() != our_page() or hand_count() != found:
        raise AssertionError(f"{case.name}: the two answers differ")
    first, written, ours, hands = spread(PAGE_ROUNDS, first_sql, sql, our_page, hand_page)
    our_counting, hands_counting = spread(COUNT_ROUNDS, our_count, hand_count)
    row = {"case": case.name, "filter": case.filter, "found": found, "first_sql_ms": first, "sql_ms": written}
    row |= {"page_ms": ours, "page_by_hand_ms": hands, "count_ms": our_counting, "count_by_hand_ms": hands_counting}
    by_hand.close()
    return row


def measured(store: Store, engine: SqliteEngine) -> list[dict[str, Any]]:
    """All rows."""
    return [measure(case, store, engine) for case in CASES]


def within(ours: float, hand: float) -> bool:
    """Whether ours is no slower than it may be."""
    return ours <= TIMES * hand + SLACK_MS


_TIMES = ("sql_ms", "first_sql_ms", "page_ms", "page_by_hand_ms")


def table(rows: list[dict[str, Any]]) -> str:
    """The rows as Markdown, in milliseconds of CPU time: median (least)."""
    lines = [
        "| question | found | to SQL | asking anew | first page | by hand | ×1.3 + 0.5 | count | by hand |",
        "|---|---:|---:|---:|---:|---:|---|---:|---:|",
    ]
    for row in rows:
        kept = "yes" if within(row["page_ms"][0], row["page_by_hand_ms"][0]) else "no"
        times = [f"{median:.2f} ({least:.2f})" for median, least in (row[name] for name in _TIMES)]
        counts = [f"{row[name][0]:.1f}" for name in ("count_ms", "count_by_hand_ms")]
        lines.append("| " + " | ".join([row["case"], f"{row['found']:,}", *times, kept, *counts]) + " |")
    return "\n".join(lines)
