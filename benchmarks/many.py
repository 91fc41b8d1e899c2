"""A store of very many traces of one span each, made in seconds: some are written, the rest are copies by SQL."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from spanglass.entities import Batch, Span, TraceFacts
from spanglass.store import Store

PATTERN = 1_000
BEGAN_NS = 1_790_000_000 * 10**9
STEP_NS = 60 * 10**9


def build(path: Path, n: int) -> None:
    """Write `n` traces, a multiple of `PATTERN`, a minute apart; the newest is t0, and every 25th failed."""
    spans, facts = [], []
    for number in range(PATTERN):
        began = BEGAN_NS - number * STEP_NS
        status = "ERROR" if number % 25 == 7 else "OK"
        name, type_ = (("ask", "AGENT"), ("search", "TOOL"), ("answer", "LLM"))[number % 3]
        end = began + (number * 7_919 % 9_973) * 10**6
        spans.append(
            Span(
                f"t{number}", "s0", name, span_type=type_, start_time_ns=began, end_time_ns=end, status=status,
                input_tokens=number % 500, inputs={"question": f"number {number}"},
            )
        )  # fmt: skip
        facts.append(TraceFacts(f"t{number}", tags={"env": "prod" if number % 2 else "staging"}))
    with Store(path) as store:
        store.write(Batch(spans, facts))
    copy(path, n // PATTERN)


def copy(path: Path, times: int) -> None:
    """Repeat the traces of a store until it has so many times as many, each copy older than the one before."""
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA synchronous = OFF")
        # Whether a key's count stays true is what counts here; which traces have it is copied with them.
        for table in ("kv", "vocabulary"):
            db.execute(f"UPDATE {table} SET n_traces = n_traces * ?", (times,))
        shift = {
            "rid": "rid + {k}",
            "sid": "sid + {k}",
            "root_sid": "root_sid + {k}",
            "trace_id": "'t' || (substr(trace_id, 2) + {k})",
            "start_ns": "start_ns - {k} * {step}",
            "end_ns": "end_ns - {k} * {step}",
            "start_ms": "start_ms - {k} * {step} / 1000000",
        }
        for table in ("trace", "trace_payload", "span", "payload", "posting", "seen"):
            columns = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
            key = "sid" if table == "payload" else "rid"
            moved = ", ".join(shift.get(column, column) for column in columns)
            moved = moved.format(k=f"again.turn * {PATTERN}", step=STEP_NS)
            db.execute(
                f"WITH RECURSIVE again(turn) AS (VALUES (1) UNION ALL SELECT turn + 1 FROM again WHERE turn + 1 < ?) "
                f"INSERT INTO {table} ({', '.join(columns)}) SELECT {moved} FROM again, {table} "
                f"WHERE {key} BETWEEN 1 AND ?",
                (times, PATTERN),
            )
