"""A row for each span, document or message."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from spanglass.entities import Batch, Span
from spanglass.filters import FilterError
from spanglass.frames import search_traces
from spanglass.frames.series import cells
from spanglass.store import Store


@pytest.fixture
def asked(tmp_path: Path) -> Iterator[Store]:
    """Two questions with two retrievals and one, and a trace without any; one document has no score."""
    spans = [
        Span("t1", "a", "ask", start_time_ns=9, inputs={"q": "tea?"}),
        Span("t1", "b", "look", "a", span_type="RETRIEVER", start_time_ns=10, end_time_ns=2_000_010),
        Span("t1", "c", "look", "a", span_type="RETRIEVER", start_time_ns=11, end_time_ns=4_000_011),
        Span("t2", "d", "ask", start_time_ns=5, inputs={"q": "coffee?"}),
        Span("t2", "e", "look", "d", span_type="RETRIEVER", start_time_ns=6, end_time_ns=6_000_006),
        Span("t3", "f", "ask", start_time_ns=1, inputs={"q": "?"}),
    ]
    spans[1].outputs = [{"id": 1, "score": 0.9, "tags": ["x", "y"]}, {"id": 2}]
    spans[2].outputs = [{"id": 3, "score": 0.5}]
    spans[4].outputs = []
    with Store(tmp_path / "asked.db") as store:
        store.write(Batch(spans=spans))
        yield store


RETRIEVED = "{type='RETRIEVER'}"


def rows(store: Store, explode: str, fields: Any, **more: Any) -> list[tuple[Any, ...]]:
    frame = search_traces(explode=explode, extract_fields=fields, order_by=["trace_id"], store=store, **more)
    names = ["request_id", "span_id", *(fields if isinstance(fields, dict) else dict.fromkeys(fields))]
    return list(zip(*(cells(frame[name]) for name in names), strict=True))


def test_a_row_for_each_span_of_a_kind_with_its_own_values_and_those_of_its_trace(asked: Store) -> None:
    assert rows(asked, RETRIEVED, [f"{RETRIEVED}.duration", "ask.inputs.q"]) == [
        ("t1", "b", 2.0, "tea?"),
        ("t1", "c", 4.0, "tea?"),
        ("t2", "e", 6.0, "coffee?"),
    ]
    assert rows(asked, "look", {"ms": "look.duration"}) == [("t1", "b", 2.0), ("t1", "c", 4.0), ("t2", "e", 6.0)]


def test_a_row_for_each_span(asked: Store) -> None:
    found = rows(asked, "span", ["span.name", "trace_id"])
    assert [row[1] for row in found] == list("abcdef")
    assert [row[2] for row in found] == ["ask", "look", "look", "ask", "look", "ask"]
    assert [row[3] for row in found] == [row[0] for row in found]


def test_a_row_for_each_document_whose_values_stand_together(asked: Store) -> None:
    documents = f"{RETRIEVED}.outputs[*]"
    fields = {
        "id": f"{documents}.id",
        "score": f"{documents}.score",
        "ms": f"{RETRIEVED}.duration",
        "q": "ask.inputs.q",
    }
    frame = search_traces(explode=documents, extract_fields=fields, order_by=["trace_id"], store=asked)
    assert frame["id"].tolist() == [1, 2, 3]
    assert frame["id"].dtype == "Int64"
    assert frame["score"].isna().tolist() == [False, True, False]  # the second has none, and takes no one else's
    assert frame["score"].dropna().tolist() == [0.9, 0.5]
    assert frame["ms"].tolist() == [2.0, 2.0, 4.0]
    assert frame["q"].tolist() == ["tea?"] * 3
    assert frame["span_id"].tolist() == ["b", "b", "c"]
    assert list(frame.columns)[-5:] == ["span_id", *fields]


@pytest.mark.filterwarnings("ignore::spanglass.filters.FilterWarning")
def test_an_item_itself_and_lists_within_it(asked: Store) -> None:
    documents = f"{RETRIEVED}.outputs[*]"
    specs = {
        "item": documents,
        "first": f"{documents}.tags[0]",
        "tags": {"path": f"{documents}.tags[*]", "pick": "all"},
        "last": {"path": f"{documents}.tags[*]", "pick": "last"},
    }
    assert rows(asked, documents, specs) == [
        ("t1", "b", {"id": 1, "score": 0.9, "tags": ["x", "y"]}, "x", ["x", "y"], "y"),
        ("t1", "b", {"id": 2}, None, [], None),
        ("t1", "c", {"id": 3, "score": 0.5}, None, [], None),
    ]


def test_columns_keep_their_dtypes_where_there_is_no_row(asked: Store) -> None:
    frame = search_traces(filter_string="trace_id = 't3'", explode=RETRIEVED, store=asked)
    assert len(frame) == 0
    assert frame.dtypes["timestamp_ms"] == "int64"
    assert list(frame.columns)[-1] == "span_id"


def test_without_fields_there_are_the_rows_alone(asked: Store) -> None:
    assert list(search_traces(explode="span", max_results=1, store=asked)["span_id"]) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"explode": "ask.inputs.q"}, ValueError, "neither spans"),
        ({"explode": "tags"}, ValueError, "neither spans"),
        ({"explode": "{type='RETRIEVER'}.outputs[*"}, FilterError, r"\^"),
        ({"explode": 3}, TypeError, "explode must be a text"),
        ({"explode": "span", "return_type": "list"}, ValueError, "explode makes rows"),
    ],
)
def test_what_cannot_be_a_row_is_refused(asked: Store, arguments: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        search_traces(**arguments, store=asked)
