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

from benchmarks import mlflow3, queries, reading, screen, words, writing
from benchmarks.stores import build
from spanglass.engines.sqlite import SqliteEngine
from spanglass.store import Store

HERE = Path(__file__).parent


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("-n", "--traces", type=int, default=10_000, help="traces (default: 10,000)")
    parser.add_argument("--folder", type=Path, default=Path("benchmarks-data"), help="where the stores are kept")
    options = parser.parse_args()
    options.folder.mkdir(exist_ok=True)
    path = options.folder / f"{options.traces}.db"
    ingest: dict[str, Any] | None = None
    if not path.exists():
        ingest = build(path, options.traces)
    with Store(path) as store:
        engine = SqliteEngine(store)
        rows = queries.measured(store, engine)
        searches = [words.measure(case, store, engine) for case in words.CASES]
        seen = screen.measure(store)
        read = reading.measure(store)
        beside_mlflow = mlflow3.measure(store)
    print(f"{options.traces:,} traces; Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}")
    if ingest is not None:
        print(
            f"written at {ingest['spans_per_cpu_s']:,.0f} spans per CPU second, {ingest['bytes'] / 1e6:.0f} MB; "
            f"words indexed at {ingest['words_spans_per_cpu_s']:,.0f}, {ingest['words_bytes'] / 1e6:.0f} MB"
        )
    print(
        queries.table(rows),
        words.table(searches),
        reading.table(read),
        mlflow3.table(beside_mlflow),
        writing.table(written := writing.measure()),
        screen.table(seen),
        sep="\n\n",
    )
    (options.folder / f"{options.traces}.json").write_text(
        json.dumps(
            {
                "ingest": ingest,
                "rows": rows,
                "searches": searches,
                "reading": read,
                "mlflow": beside_mlflow,
                "writing": written,
                "screen": seen,
            },
            indent=1,
        )
    )


if __name__ == "__main__":
    main()
