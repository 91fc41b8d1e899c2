"""`python -m benchmarks` (or `make bench`): times the engine beside hand-written SQL on the same file, as ratios.

Absolute times belong to one machine; the ratio of the two, measured in turns in the same run, is what counts.
"""

from __future__ import annotations

import argparse
import json
import platform
import sqlite3
from pathlib import Path
from typing import Any

from benchmarks import words
from benchmarks.cases import CASES, Case
from benchmarks.stores import build
from benchmarks.timing import milliseconds
from spanglass.engines.sqlite import SqliteEngine
from spanglass.filters import resolve
from spanglass.store import Store

HERE = Path(__file__).parent


def measure(case: Case, store: Store, engine: SqliteEngine) -> dict[str, Any]:
    """One row of the table: parsing, the engine's page, the same page by hand."""
    connection = sqlite3.connect(store.path)

    def by_hand() -> list[str]:
        return [row[0] for row in connection.execute(case.sql)]

    def by_engine() -> list[str]:
        return [row[0] for row in engine.search(resolve(case.filter), limit=100).ids]

    if by_hand() != by_engine():
        raise AssertionError(f"{case.name}: the two answers differ")
    parsed, asked, floor = milliseconds(lambda: resolve(case.filter), by_engine, by_hand)
    connection.close()
    return {"case": case.name, "filter": case.filter, "resolve_ms": parsed, "page_ms": asked, "floor_ms": floor}


def table(rows: list[dict[str, Any]]) -> str:
    """The rows as Markdown."""
    lines = ["| question | resolve ms | page ms | by hand ms | ratio |", "|---|---|---|---|---|"]
    for row in rows:
        ratio = row["page_ms"] / max(row["floor_ms"], 0.001)
        lines.append(
            f"| {row['case']} | {row['resolve_ms']:.3f} | {row['page_ms']:.2f} | {row['floor_ms']:.2f} | {ratio:.2f} |"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("-n", type=int, default=10_000, help="traces (default: 10,000)")
    parser.add_argument("--folder", type=Path, default=Path("benchmarks-data"), help="where the stores are kept")
    options = parser.parse_args()
    options.folder.mkdir(exist_ok=True)
    path = options.folder / f"{options.n}.db"
    ingest: dict[str, Any] | None = None
    if not path.exists():
        ingest = build(path, options.n)
    with Store(path) as store:
        engine = SqliteEngine(store)
        rows = [measure(case, store, engine) for case in CASES]
        searches = [words.measure(case, store, engine) for case in words.CASES]
    print(f"{options.n:,} traces; Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}")
    if ingest is not None:
        print(
            f"written at {ingest['spans_per_cpu_s']:,.0f} spans per CPU second, {ingest['bytes'] / 1e6:.0f} MB; "
            f"words indexed at {ingest['words_spans_per_cpu_s']:,.0f}, {ingest['words_bytes'] / 1e6:.0f} MB"
        )
    print(table(rows), words.table(searches), sep="\n\n")
    (options.folder / f"{options.n}.json").write_text(
        json.dumps({"ingest": ingest, "rows": rows, "searches": searches}, indent=1)
    )


if __name__ == "__main__":
    main()
