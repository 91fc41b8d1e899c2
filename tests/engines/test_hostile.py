"""What is inside a trace or a filter is a value: whatever it is, it finds itself and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from spanglass.engines.sqlite import SqliteEngine
from spanglass.entities import Assessment, Batch, Span, SpanEvent, TraceFacts
from spanglass.filters.algebra import (
    Assessed,
    Column,
    Compare,
    Const,
    Exists,
    Field,
    In,
    Key,
    Match,
    Mode,
    Order,
    Predicate,
    Query,
    Related,
    Type,
    Wild,
)
from spanglass.filters.algebra import Path as JsonPath
from spanglass.store import Store

HOSTILE = [
    "'; DROP TABLE trace; --", '"', "'", "''", "\\", "\\\"", "a.b", "$", "$.a", "[0]", "#-1", "?1", ":x", "{x}", "{}",
    "%", "_", "*", "[a]", "?", "', '$')", "a\nb", "\t", "\x01", "日本", "ſ", "İ", "𝒳", "<script>", "null", "true", "1",
    "", " ", "`", "a" * 300,
]  # fmt: skip

ATTRIBUTES = Field("span", "attributes", Type.JSON)
INPUTS = Field("span", "inputs", Type.JSON)
SPAN_TEXT = Field("span", "text", Type.TEXT)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteEngine]:
    """One trace for each hostile text, with the text as every kind of key and value."""
    batch = Batch()
    for number, text in enumerate(HOSTILE):
        trace_id = f"t{number}"
        unlike = f"«{number}»"  # is in no other trace
        batch.spans.append(
            Span(
                trace_id,
                "s",
                f"span {text}",
                span_type=text,
                inputs={"list": [{text: unlike}], "text": text + unlike},
                attributes={text: {text: text}, "value": text},
                events=[SpanEvent(text, 0, {text: text})],
                model=text,
            )
        )
        batch.traces.append(TraceFacts(trace_id, session_id=text, tags={text: text}, metadata={text: text}))
        batch.assessments.append(Assessment(text, text, trace_id=trace_id))
    with Store(tmp_path_factory.mktemp("hostile") / "s.db", synchronous="OFF") as store:
        store.write(batch)
        yield SqliteEngine(store)


def some_span(where: Predicate) -> Predicate:
    return Exists(Related("spans", where))


def is_(value: object, text: str) -> Predicate:
    return Compare("=", value, Const(text), Mode.TEXT)  # type: ignore[arg-type]


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_it_finds_itself_and_nothing_else(engine: SqliteEngine, number: int) -> None:
    text = HOSTILE[number]
    unlike = f"«{number}»"
    event = Field("event", "attributes", Type.JSON)
    predicates = {
        "session": is_(Field("trace", "session_id", Type.TEXT), text),
        "type": some_span(is_(Field("span", "type", Type.TEXT), text)),
        "name": some_span(is_(Field("span", "name", Type.TEXT), f"span {text}")),
        "tag": is_(Key("tag", text), text),
        "tag in": In(Key("metadata", text), (Const(text), Const("other"))),
        "tag, not posted": Match("starts", Key("tag", text), Const(text)),
        "attribute": some_span(is_(JsonPath(ATTRIBUTES, (text, text)), text)),
        "flat": some_span(is_(JsonPath(ATTRIBUTES, (text, text), f"{text}.{text}"), text)),
        "attribute's value": some_span(is_(JsonPath(ATTRIBUTES, ("value",), "value"), text)),
        "in a list": some_span(is_(JsonPath(INPUTS, ("list", 0, text)), unlike)),
        "of a list": some_span(is_(JsonPath(INPUTS, ("list", Wild.ANY, text)), unlike)),
        "text": some_span(Match("contains", SPAN_TEXT, Const(text + unlike))),
        "folded": Match("icontains", Field("trace", "text", Type.TEXT), Const(text + unlike)),
        "path's text": some_span(Match("ends", JsonPath(INPUTS, ("text",)), Const(text + unlike))),
        "event": some_span(Exists(Related("events", is_(JsonPath(event, (text,), text), text)))),
        "feedback": is_(Assessed("feedback", text), text),
    }
    found = {name: engine.search(Query(where)).ids for name, where in predicates.items()}
    assert found == {name: [(f"t{number}",)] for name in predicates}
    assert {name: engine.count(Query(where)) for name, where in predicates.items()} == dict.fromkeys(found, 1)


def test_columns_and_orders_take_any_key(engine: SqliteEngine) -> None:
    ids = [(f"t{number}",) for number in range(len(HOSTILE))]
    for number, text in enumerate(HOSTILE):
        columns = [
            Column("a", Key("tag", text)),
            Column("b", JsonPath(ATTRIBUTES, (text, text))),
            Column("c", JsonPath(INPUTS, ("list", Wild.ANY, text)), "all"),
            Column("d", Assessed("feedback", text)),
        ]
        a, b, c, d = engine.columns(ids, columns)
        assert (a[number], b[number], c[number], d[number]) == (text, text, [f"«{number}»"], text)
        assert a.count(None) == b.count(None) == d.count(None) == len(ids) - 1
        assert (
            engine.search(Query(Compare("=", Const(1), Const(1), Mode.NUMBER), (Order(Key("tag", text)),))).ids[0]
            == ids[number]
        )


def test_what_no_text_can_hold_is_refused_or_found_as_it_was_stored(engine: SqliteEngine) -> None:
    for text in ("\x00", "a\x00b", "\ud800", "\udfff\ud800"):
        for where in (
            is_(Key("tag", text), text),
            some_span(is_(JsonPath(ATTRIBUTES, (text, text), text), text)),
            some_span(is_(JsonPath(INPUTS, ("list", Wild.ANY, text)), text)),
            Match("icontains", Field("trace", "text", Type.TEXT), Const(text)),
        ):
            assert engine.search(Query(where)).ids == []


def test_numbers_beyond_64_bits_are_numbers(tmp_path: Path) -> None:
    with Store(tmp_path / "s.db") as store:
        store.write(Batch([Span("t", "s", "n", attributes={"big": 10**30, "near": 2**63 - 1})]))
        engine = SqliteEngine(store)
        for value, holds in ((10**30, 1), (10**31, 0), (2**63 - 1, 1), (-(10**400), 1), (10**400, 0)):
            where = some_span(Compare(">=", JsonPath(ATTRIBUTES, ("big",), "big"), Const(value), Mode.NUMBER))
            assert engine.count(Query(where)) == holds, value
        near = some_span(Compare("=", JsonPath(ATTRIBUTES, ("near",), "near"), Const(2**63 - 1), Mode.NUMBER))
        assert engine.count(Query(near)) == 1
