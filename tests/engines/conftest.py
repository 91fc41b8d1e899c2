"""A small store that can be read at a glance: four traces of an assistant, the newest last."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from spanglass.engines.sqlite import SqliteEngine
from spanglass.entities import Assessment, AssessmentSource, Batch, Link, Span, SpanEvent, TraceFacts
from spanglass.filters import resolve
from spanglass.store import Store

MS = 1_000_000


def assistant() -> Batch:
    """ask (agent) → search (tool) → answer (LLM), once right, once failing, once strange, and one bare trace."""
    spans = [
        Span(
            "right", "a", "ask", None, "AGENT", "OK", "", 1_000 * MS, 1_100 * MS,
            {"question": "What is the refund policy?", "n": 3, "a.b": "dotted", "a": {"b": "nested"}}, "30 days",
            {"user.id": "u1", "deep": {"er": {"key": True}}, "list": [1, "two", None]},
        ),
        Span(
            "right", "b", "search", "a", "TOOL", "OK", "", 1_010 * MS, 1_020 * MS, {"q": "refund"},
            {"docs": [{"id": "d1", "score": 0.9}, {"id": "d2", "score": 0.4}]}, {"top_k": 2},
        ),
        Span(
            "right", "c", "answer", "a", "LLM", "OK", "", 1_020 * MS, 1_090 * MS, ["refund", "policy"], None,
            {"gen_ai.request.model": "gpt-4o", "temperature": 0.7, "text": "12"},
            links=[Link("failing", "a", {"reason": "retry"})],
            model="gpt-4o", input_tokens=10, output_tokens=5, cost=0.02,
        ),
        Span("failing", "a", "ask", None, "AGENT", "ERROR", "Timed out", 2_000 * MS, 2_500 * MS, {"question": "WHY?"}),
        Span(
            "failing", "b", "search", "a", "TOOL", "ERROR", "", 2_010 * MS, 2_400 * MS,
            events=[SpanEvent("exception", 2_400 * MS, {"exception.type": "TimeoutError"})],
        ),
        Span("failing", "c", "answer", "b", "LLM", "OK", "", 2_010 * MS, 2_011 * MS + 500_000, model="gpt-4o-mini"),
        Span(
            "strange", "a", "it's \"odd\"", "gone", "CHAIN", "UNSET", "", 3_000 * MS, None,
            {'k"q': 1, "b\\s": 2, "": 3}, "ſtraße",
        ),
    ]  # fmt: skip
    traces = [
        TraceFacts("right", session_id="s1", tags={"env": "prod", "retries": "2", "a.b": "x"}, run_id="r1"),
        TraceFacts("failing", session_id="s1", tags={"env": "dev", "retries": "12abc"}, metadata={"note": ""}),
        TraceFacts("strange", tags={'k"q': "hostile", "": "empty"}),
        TraceFacts("bare", name="bare", status="IN_PROGRESS", start_time_ns=4_000 * MS, request={"ping": "Refund"}),
    ]
    judge = AssessmentSource("LLM_JUDGE", "gpt")
    assessments = [
        Assessment("correct", True, trace_id="right", source=judge, rationale="as written", create_time_ms=1),
        Assessment("correct", False, trace_id="failing", source=judge, create_time_ms=1),
        Assessment("score", 0.2, trace_id="right", create_time_ms=1),
        Assessment("score", 0.8, trace_id="right", create_time_ms=2, span_id="c"),
        Assessment("score", "high", trace_id="right", create_time_ms=3, valid=False),
        Assessment("helpful", ["yes", "very"], session_id="s1", create_time_ms=1),
        Assessment("ideal", {"days": 30}, "expectation", trace_id="right", create_time_ms=1),
    ]
    return Batch(spans, traces, assessments)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "s.db", synchronous="OFF") as store:
        store.write(assistant())
        store.link_run("failing", "r2")
        yield store


@pytest.fixture
def engine(store: Store) -> SqliteEngine:
    return SqliteEngine(store)


@pytest.fixture(scope="package")
def read_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteEngine]:
    """On a store that is made once, only to be read."""
    with Store(tmp_path_factory.mktemp("read") / "s.db", synchronous="OFF") as store:
        store.write(assistant())
        store.link_run("failing", "r2")
        yield SqliteEngine(store)


def found(engine: SqliteEngine, text: str) -> str:
    """The traces that a filter finds, newest first, as one text."""
    return " ".join(row[0] for row in engine.search(resolve(text, zone="UTC")).ids)
