"""`python -m benchmarks.writing`: what recording costs the recorded code, and how fast a store is written.

Recording stands beside bare opentelemetry-sdk, which records the same and throws it away; writing beside the same rows
put into the same tables with hand-written `executemany`. They take turns, so that a slow moment meets all of them.
"""

from __future__ import annotations

import argparse
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from opentelemetry.sdk.trace import TracerProvider

import spanglass as sg
from benchmarks.stores import batches
from spanglass.entities import Batch, Experiment
from spanglass.store import Store, using_store

ROUNDS = 300
TRACES = 3  # recorded in one turn
SPANS = 10  # of a recorded trace
WRITTEN = 4_000  # traces that are written
INPUTS, OUTPUTS = {"question": "x" * 600, "documents": [1, 2, 3]}, "y" * 900
TABLES = ("symbol", "trace", "trace_payload", "span", "payload", "kv", "posting", "vocabulary", "seen")


@sg.trace
def step(question: str, documents: list[int]) -> str:
    return OUTPUTS


@sg.trace
def agent() -> None:
    for _ in range(SPANS - 1):
        step(**INPUTS)  # type: ignore[arg-type]


def by_hand() -> None:
    with sg.start_span("agent"):
        for _ in range(SPANS - 1):
            with sg.start_span("step", "TOOL") as span:
                span.set_inputs(INPUTS)
                span.set_outputs(OUTPUTS)


def bare() -> None:
    tracer = _BARE
    with tracer.start_as_current_span("agent"):
        for _ in range(SPANS - 1):
            with tracer.start_as_current_span("step") as span:
                span.set_attribute("inputs", INPUTS["question"])
                span.set_attribute("outputs", OUTPUTS)
                span.set_attribute("type", "TOOL")


_BARE = TracerProvider().get_tracer("bare")


def recording(folder: Path) -> list[dict[str, Any]]:
    """CPU microseconds of the recording thread for a span: the quickest twentieth of the turns, and the median."""
    ways: dict[str, Callable[[], None]] = {"@trace": agent, "start_span": by_hand, "opentelemetry-sdk alone": bare}
    taken: dict[str, list[float]] = {name: [] for name in ways}
    with Store(folder / "recorded.db") as store, using_store(store):
        for number in range(ROUNDS):
            for name, record in ways.items():
                begun = time.thread_time_ns()
                for _ in range(TRACES):
                    record()
                taken[name].append((time.thread_time_ns() - begun) / (1000 * TRACES * SPANS))
            if number % 20 == 0:
                sg.flush()
        sg.flush()
    return [
        {"way": name, "quick_us": statistics.quantiles(times, n=20)[0], "median_us": statistics.median(times)}
        for name, times in taken.items()
    ]


def writing(folder: Path, n: int) -> dict[str, float]:
    """Spans per CPU second: written, written and their words indexed, the same rows by hand."""
    path = folder / "written.db"
    made = list(batches(n, 7))
    spans = sum(len(batch.spans) for batch in made)
    with Store(path) as store:
        store.write(Batch(experiments=[Experiment(number, f"experiment {number}") for number in "123"]))
        begun = time.thread_time()
        for batch in made:
            store.write(batch)
        written = time.thread_time() - begun
        rows = {table: store.connection.execute(f"SELECT * FROM {table}").fetchall() for table in TABLES}
        script = [sql for (sql,) in store.connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")]
        floor = _floor(folder / "floor.db", script, rows, len(made))
        begun = time.thread_time()
        store.index_words()
        indexed = time.thread_time() - begun
    return {
        "spans": spans,
        "written": spans / written,
        "written_and_indexed": spans / (written + indexed),
        "by_hand": spans / floor,
    }


def _floor(path: Path, script: list[str], rows: dict[str, list[tuple[Any, ...]]], pieces: int) -> float:
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("page_size=8192", "journal_mode=WAL", "synchronous=NORMAL", "cache_size=-32000"):
        connection.execute(f"PRAGMA {pragma}")
    for sql in script:
        if any(f" {table}(" in sql or f" ON {table}(" in sql for table in TABLES):
            connection.execute(sql)
    begun = time.thread_time()
    for piece in range(pieces):
        connection.execute("BEGIN IMMEDIATE")
        for table, all_rows in rows.items():
            part = all_rows[len(all_rows) * piece // pieces : len(all_rows) * (piece + 1) // pieces]
            marks = ", ".join("?" * len(all_rows[0]))
            connection.executemany(f"INSERT INTO {table} VALUES ({marks})", part)
        connection.execute("COMMIT")
    taken = time.thread_time() - begun
    connection.close()
    return taken


def measure(n: int = WRITTEN) -> dict[str, Any]:
    """Both, in a folder that goes afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        return {"recording": recording(Path(folder)), "writing": writing(Path(folder), n)}


def table(measured: dict[str, Any]) -> str:
    """The rows as Markdown."""
    *ours, alone = measured["recording"]
    lines = ["| recording, CPU µs a span | quickest 5 % | median | beside the SDK alone |", "|---|---|---|---|"]
    for row in [*ours, alone]:
        ratio = row["quick_us"] / alone["quick_us"]
        lines.append(f"| {row['way']} | {row['quick_us']:.1f} | {row['median_us']:.1f} | {ratio:.2f} |")
    done = measured["writing"]
    lines += ["", "| writing, spans a CPU second | | beside rows by hand |", "|---|---|---|"]
    for name, what in (
        ("written", "written"),
        ("written_and_indexed", "with the words indexed"),
        ("by_hand", "by hand"),
    ):
        lines.append(f"| {what} | {done[name]:,.0f} | {done['by_hand'] / done[name]:.2f} |")
    return "\n".join(lines)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.writing")
    parser.add_argument("-n", type=int, default=WRITTEN, help=f"traces to write (default: {WRITTEN:,})")
    print(table(measure(parser.parse_args().n)))
