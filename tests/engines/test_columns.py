"""Columns: for each row the value that was asked for, decoded."""

from __future__ import annotations

from typing import Any

import pytest

from spanglass.engines.sqlite import SqliteEngine
from spanglass.filters import resolve, resolve_column
from spanglass.filters.algebra import ALL_TRACES

TRACES = [("right",), ("failing",), ("unknown",), ("strange",), ("bare",)]


@pytest.fixture
def engine(read_engine: SqliteEngine) -> SqliteEngine:
    return read_engine


def column(engine: SqliteEngine, path: str, pick: str = "first", ids: Any = TRACES) -> list[Any]:
    (values,) = engine.columns(ids, [resolve_column(path, pick=pick)])
    return values


@pytest.mark.parametrize(
    ("path", "pick", "values"),
    [
        ("name", "first", ["ask", "ask", None, "it's \"odd\"", "bare"]),
        ("timestamp_ms", "first", [1000, 2000, None, 3000, 4000]),
        ("duration", "first", [100, 500, None, None, None]),
        ("tag.env", "first", ["prod", "dev", None, None, None]),
        ("tag.`k\"q`", "first", [None, None, None, "hostile", None]),
        ("inputs", "first", [{"question": "What is the refund policy?", "n": 3, "a.b": "dotted", "a": {"b": "nested"}},
                             {"question": "WHY?"}, None, {'k"q': 1, "b\\s": 2, "": 3}, {"ping": "Refund"}]),
        ("inputs.n", "first", [3, None, None, None, None]),
        ("outputs", "first", ["30 days", None, None, "ſtraße", None]),
        ("answer.inputs", "first", [["refund", "policy"], None, None, None, None]),
        ("answer.attributes.temperature", "first", [0.7, None, None, None, None]),
        ("search.outputs.docs[*].score", "all", [[0.9, 0.4], None, None, None, None]),
        ("search.outputs.docs[*].score", "first", [0.9, None, None, None, None]),
        ("search.outputs.docs[*].score", "last", [0.4, None, None, None, None]),
        ("search.outputs.docs[*].score", "max", [0.9, None, None, None, None]),
        ("search.outputs.docs[*].score", "min", [0.4, None, None, None, None]),
        ("span.name", "all", [["ask", "search", "answer"], ["ask", "search", "answer"], None, ["it's \"odd\""], None]),
        ("span.name", "error", [None, "ask", None, None, None]),
        ("{type = 'TOOL'}.duration", "first", [10.0, 390.0, None, None, None]),
        ("span.attributes.deep.er", "first", [{"key": True}, None, None, None, None]),
        ("span.attributes.deep.er.key", "first", [True, None, None, None, None]),
        ("span.attributes.list", "first", [[1, "two", None], None, None, None, None]),
        ("span.is_root", "last", [False, False, None, True, None]),
        ("feedback.correct", "first", [True, False, None, None, None]),
        ("feedback.score", "first", [0.8, None, None, None, None]),
        ("feedback.score", "all", [[0.8, 0.2], None, None, None, None]),
        ("feedback.helpful", "first", [["yes", "very"], ["yes", "very"], None, None, None]),
        ("expectation.ideal", "first", [{"days": 30}, None, None, None, None]),
        ("count({type = 'LLM'})", "first", [1, 1, None, 0, 0]),
        ("sum(tokens, {})", "first", [15, 0, None, 0, 0]),
        ("max(duration, {type = 'LLM'})", "first", [70.0, 1.5, None, None, None]),
        ("cost * 100", "first", [2.0, None, None, None, None]),
        ("root.status", "first", ["OK", "ERROR", None, "UNSET", None]),
        ("run_id", "all", [["r1"], ["r2"], None, None, None]),
    ],
)  # fmt: skip
def test_of_traces(engine: SqliteEngine, path: str, pick: str, values: list[Any]) -> None:
    assert column(engine, path, pick) == values


def test_of_spans_are_the_rows_own(engine: SqliteEngine) -> None:
    ids = [("right", "c"), ("failing", "b"), ("right", "nothing"), ("right", "b")]
    assert column(engine, "span.name", ids=ids) == ["answer", "search", None, "search"]
    assert column(engine, "span.outputs.docs[0].id", ids=ids) == [None, None, None, "d1"]
    assert column(engine, "span.inputs", ids=ids) == [["refund", "policy"], None, None, {"q": "refund"}]
    assert column(engine, "trace.status", ids=ids) == ["OK", "ERROR", None, "OK"]


def test_an_id_may_be_asked_for_twice_and_none_at_all(engine: SqliteEngine) -> None:
    assert column(engine, "tag.env", ids=[("right",), ("right",)]) == ["prod", "prod"]
    assert column(engine, "inputs.n", ids=[("right",), ("right",)]) == [3, 3]
    assert column(engine, "tag.env", ids=[]) == []
    assert list(engine.columns(TRACES, [])) == []


def test_rows_show_traces_as_they_are(engine: SqliteEngine) -> None:
    page = engine.rows(ALL_TRACES, TRACES, [resolve_column("tag.env")])
    assert page.trace_id == ["right", "failing", "strange", "bare"]
    assert page.span_id == []
    assert page.time_ms == [1000, 2000, 3000, 4000]
    assert page.type == ["AGENT", "AGENT", "CHAIN", ""]
    assert page.status == ["OK", "ERROR", "IN_PROGRESS", "IN_PROGRESS"]
    assert page.duration_ms == [100, 500, None, None]
    assert page.tokens == [15, None, None, None]
    assert page.errors == [0, 2, 0, 0]
    assert page.cells == [["prod", "dev", None, None]]


def test_rows_show_spans_as_they_are(engine: SqliteEngine) -> None:
    query = resolve("{ name = 'search' }", rows="spans")
    page = engine.rows(query, engine.search(query).ids, [resolve_column("span.inputs.q")])
    assert list(zip(page.trace_id, page.span_id, page.name, page.type, page.status, strict=True)) == [
        ("failing", "b", "search", "TOOL", "ERROR"),
        ("right", "b", "search", "TOOL", "OK"),
    ]
    assert (page.time_ms, page.duration_ms, page.errors) == ([2010.0, 1010.0], [390.0, 10.0], [1, 0])
    assert page.cells == [[None, "refund"]]


def test_infos_and_traces_come_as_asked_for(engine: SqliteEngine) -> None:
    ids = ["bare", "unknown", "right"]
    assert [info.trace_id for info in engine.infos(ids)] == ["bare", "right"]
    assert [[span.name for span in trace.data.spans] for trace in engine.traces(ids)] == [
        [],
        ["ask", "search", "answer"],
    ]
