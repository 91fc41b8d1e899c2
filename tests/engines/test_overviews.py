"""Overviews of an answer, and what would be done to find it."""

from __future__ import annotations

import pytest

from spanglass.engines.sqlite import SqliteEngine
from spanglass.engines.sqlite.facets import nearest_rank
from spanglass.filters import resolve, resolve_column
from spanglass.filters.algebra import ALL_TRACES


@pytest.fixture
def engine(read_engine: SqliteEngine) -> SqliteEngine:
    return read_engine


def test_a_histogram_counts_every_trace_once(engine: SqliteEngine) -> None:
    buckets = engine.histogram(ALL_TRACES, buckets=2)
    assert [(b.start_ms, b.end_ms, b.count, b.errors) for b in buckets] == [(1000, 2501, 2, 1), (2501, 4002, 2, 0)]
    assert (buckets[0].p50_ms, buckets[0].p95_ms, buckets[1].p50_ms) == (100.0, 500.0, None)
    assert sum(b.count for b in engine.histogram(resolve("name = 'ask'"), buckets=60)) == 2
    assert engine.histogram(resolve("name = 'nothing'")) == []


def test_nearest_rank_is_the_least_value_that_enough_do_not_exceed() -> None:
    for n in range(1, 101):
        values = list(range(1, n + 1))
        for percent in (50, 95):
            rank = nearest_rank(values, percent)
            assert rank is not None
            assert rank * 100 >= percent * n > (rank - 1) * 100


def test_facets_count_traces_by_value(engine: SqliteEngine) -> None:
    paths = ["name", "tag.env", "span.type", "feedback.correct", "feedback.helpful", "root.duration"]
    name, env, type_, correct, helpful, took = engine.facets(ALL_TRACES, [resolve_column(path) for path in paths])
    assert name == [("ask", 2), ("bare", 1), ('it\'s "odd"', 1)]
    assert env == [("dev", 1), ("prod", 1)]
    assert type_ == [("AGENT", 2), ("LLM", 2), ("TOOL", 2), ("CHAIN", 1)]
    assert sorted(correct) == [(False, 1), (True, 1)]
    assert sorted(helpful) == [("very", 2), ("yes", 2)]
    assert sorted(took) == [(100.0, 1), (500.0, 1)]
    assert engine.facets(resolve("tag.env = 'dev'"), [resolve_column("name")], top=1) == [[("ask", 1)]]


def test_facets_of_spans_count_spans(engine: SqliteEngine) -> None:
    (names,) = engine.facets(resolve("", rows="spans"), [resolve_column("span.name")])
    assert names == [("answer", 2), ("ask", 2), ("search", 2), ('it\'s "odd"', 1)]


def test_the_vocabulary_knows_keys_and_values(engine: SqliteEngine) -> None:
    def labels(scope: str, key: str | None = None, **more: str) -> list[tuple[str, int]]:
        return [(entry.label, entry.count) for entry in engine.vocabulary(scope, key, **more)]  # type: ignore[arg-type]

    assert labels("tag")[:2] == [("a.b", 1), ("env", 1)] or ("env", 2) in labels("tag")
    assert labels("tag", "env") == [("dev", 1), ("prod", 1)]
    assert labels("tag", "env", prefix="P") == [("prod", 1)]
    assert labels("span.name", prefix="A") == [("answer", 2), ("ask", 2)]
    assert labels("feedback", "correct") == [("false", 1), ("true", 1)]
    assert labels("trace", "status") == [("IN_PROGRESS", 2), ("ERROR", 1), ("OK", 1)]
    assert labels("trace", "inputs") == labels("trace", "nothing") == []
    assert engine.vocabulary("attribute", "temperature")[0].type == "number"


def test_why_an_answer_is_empty_is_said_by_its_parts(engine: SqliteEngine) -> None:
    query = resolve("status = 'ERROR' AND tag.env = 'prod'", experiment_ids=["0"])
    assert engine.search(query).ids == []
    assert engine.why_empty(query) == [("status = 'ERROR'", 1), ("tag.env = 'prod'", 1), ("experiment_id IN ('0')", 4)]


def test_explain_gives_a_statement_that_runs(engine: SqliteEngine) -> None:
    query = resolve("tag.env = 'prod' AND { attributes.top_k = 2 } ORDER BY feedback.score LIMIT 5")
    for mode in ("page", "count"):
        explained = engine.explain(query, mode=mode)  # type: ignore[arg-type]
        assert "prod" not in explained.sql
        assert all(f"?{n}" in explained.sql for n in range(1, len(explained.params) + 1))
        assert explained.plan
        engine.store.connection.execute(explained.sql, explained.params).fetchall()
