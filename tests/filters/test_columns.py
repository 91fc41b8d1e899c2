"""Columns: the same fields, under the name they are written by."""

from __future__ import annotations

import pytest

from spanglass.filters import FilterError, resolve_column
from spanglass.filters.algebra import Aggregate, Assessed, Key, Wild
from tests.filters.words import Arith, Of, Path, Related, is_, span, trace


def spans_named(name: str) -> Related:
    return Related("spans", is_(span("name"), name))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("status", trace("status")),
        ("execution_time_ms", trace("duration")),
        ("request", trace("inputs")),
        ("tags", trace("tags")),
        ("request_metadata", trace("metadata")),
        ("tag.env", Key("tag", "env")),
        ("metadata.a.b", Key("metadata", "a.b")),
        ("feedback.correct", Assessed("feedback", "correct")),
        ("expectation.answer", Assessed("expectation", "answer")),
        ("inputs.a[0]", Path(trace("inputs"), ("a", 0))),
        ("morning_greeting.inputs.name", Of(spans_named("morning_greeting"), Path(span("inputs"), ("name",)))),
        ("morning_greeting.outputs", Of(spans_named("morning_greeting"), span("outputs"))),
        ("search.duration", Of(spans_named("search"), span("duration"))),
        ("search.events", Of(spans_named("search"), span("events"))),
        ("`my.span`.outputs", Of(spans_named("my.span"), span("outputs"))),
        (
            "search.attributes.gen_ai.request.model",
            Of(spans_named("search"), Path(span("attributes"), ("gen_ai", "request", "model"), "gen_ai.request.model")),
        ),
        (
            "{type='RETRIEVER'}.outputs[*].score",
            Of(Related("spans", is_(span("type"), "RETRIEVER")), Path(span("outputs"), (Wild.ANY, "score"))),
        ),
        ("span.inputs.x", Path(span("inputs"), ("x",))),
        ("span.duration", span("duration")),
        (
            "max(duration, {type='RETRIEVER'})",
            Aggregate("max", span("duration"), Related("spans", is_(span("type"), "RETRIEVER"))),
        ),
        ("cost / tokens", Arith("/", trace("cost"), trace("tokens"))),
    ],
)
def test_a_column_is_any_value(path, value):
    assert resolve_column(path).value == value


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("morning_greeting.inputs.name", "morning_greeting.inputs.name"),
        ("`my span`.inputs.`a b`", "my span.inputs.a b"),
        (" status ", "status"),
        ("tag.`a``b`", "tag.a`b"),
        ("{ name = '`' }.outputs", "{ name = '`' }.outputs"),
    ],
)
def test_a_column_is_called_as_it_is_written_without_backticks(path, name):
    assert resolve_column(path).name == name
    assert resolve_column(path, name="other").name == "other"


def test_one_of_several_values_is_picked():
    assert resolve_column("search.outputs").pick == "first"
    assert [resolve_column("search.outputs", pick=pick).pick for pick in ("last", "all", "error", "max", "min")] == [
        "last",
        "all",
        "error",
        "max",
        "min",
    ]
    with pytest.raises(FilterError, match="pick is one of"):
        resolve_column("search.outputs", pick="second")


@pytest.mark.parametrize(
    ("path", "under"),
    [
        ("", ""),
        ("nope", "nope"),
        ("search", "search"),
        ("search.nope", "search.nope"),
        ("search.inputs.", "."),
        ("search.inputs[", ""),
        ("search..inputs", "."),
        ("{type='X'}", "{type='X'}"),
        ("{type='X'}.nope", "nope"),
        ("status = 'OK'", "="),
        ("status, name", ","),
        ("'x'", "'x'"),
        ("5", "5"),
        ("my-span.inputs.x", "my"),
        ("a b.outputs", "b"),
        ("tag.x DESC", "DESC"),
        ("`open.outputs", "`open.outputs"),
    ],
)
def test_a_bad_path_is_refused_with_its_place(path, under):
    with pytest.raises(FilterError) as caught:
        resolve_column(path)
    found = caught.value.diagnostic
    assert caught.value.text == path
    assert path[found.start : found.end] == under
    assert len(str(caught.value)) <= 300


def test_a_name_with_a_minus_has_a_way_out():
    with pytest.raises(FilterError) as caught:
        resolve_column("my-span.inputs.x")
    (fix,) = caught.value.diagnostic.fixes
    assert fix.text == "`my-span`.inputs.x"
    assert resolve_column(fix.text).name == "my-span.inputs.x"
