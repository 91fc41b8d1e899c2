"""Clicks change the text and leave the rest as it was written."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spanglass.filters import (
    FilterError,
    conjoin,
    conjoin_span,
    field_text,
    parse,
    quote_name,
    quote_value,
    set_order,
    unparse,
)
from spanglass.filters.algebra import Const, Key, Wild
from tests.filters.corpus import GOLDEN
from tests.filters.trees import anything, characters, queries
from tests.filters.words import Path, meaning, query, span, trace

STEPS = st.one_of(anything, st.integers(0, 10**6), st.just(Wild.ANY))


# ---------------------------------------------------------------- quoting


@given(anything)
@settings(deadline=None)
def test_a_quoted_name_is_that_name(name):
    assert meaning(f"tag.{quote_name(name)} = 'x'").left == Key("tag", name)


@given(
    st.one_of(st.text(characters), st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False, allow_infinity=False))
)
@settings(deadline=None)
def test_a_quoted_value_is_that_value(value):
    assert meaning(f"tag.x = {quote_value(value)}").right == Const(value)


def test_quoting_is_spared_where_it_is_not_needed():
    assert [quote_name(name) for name in ("env", "é", "a b", "a.b", "order", "", "`")] == [
        "env", "é", "`a b`", "`a.b`", "`order`", "``", "````",
    ]  # fmt: skip
    assert [quote_value(value) for value in ("it's", True, None, 5, -0.5)] == ["'it''s'", "TRUE", "NULL", "5", "-0.5"]


@pytest.mark.parametrize("value", ["a\0b", "\ud800"])
def test_what_no_filter_can_hold_is_refused(value):
    for write in (quote_name, quote_value, field_text):
        with pytest.raises(FilterError):
            write(value)


def test_no_filter_holds_an_endless_number():
    with pytest.raises(FilterError):
        quote_value(float("inf"))


@given(st.lists(STEPS, min_size=1, max_size=4))
@settings(deadline=None)
def test_a_path_is_written_so_that_it_leads_there(steps):
    found = meaning(f"{field_text('inputs', *steps)} = 'x'").left
    assert isinstance(found, Path)
    assert found.base == trace("inputs")
    assert found.steps == tuple(steps)


@given(anything, anything)
@settings(deadline=None)
def test_a_key_is_written_so_that_it_is_found(name, key):
    assert meaning(f"{field_text('tag', key)} = 'x'").left == Key("tag", key)
    found = meaning(f"{field_text('attributes', key, span=name)} = 'x'").things.where
    assert found.items[0].right == Const(name)
    assert found.items[1].left.base == span("attributes")
    assert (found.items[1].left.flat or found.items[1].left.steps[0]) == key


def test_paths_read_well():
    assert field_text("status") == "status"
    assert field_text("inputs", "messages", 0, "content") == "inputs.messages[0].content"
    assert field_text("inputs", "a.b") == "inputs.`a.b`"
    assert field_text("outputs", Wild.ANY, "score") == "outputs[*].score"
    assert field_text("tag", "mlflow.traceName") == "tag.mlflow.traceName"
    assert field_text("tag", "model name") == "tag.`model name`"
    assert field_text("span", "attributes", "gen_ai.request.model") == "span.attributes.gen_ai.request.model"
    assert field_text("inputs", "attributes", "a.b") == "inputs.attributes.`a.b`"
    assert field_text("outputs", span="retriever") == "retriever.outputs"
    assert field_text("outputs", span="my span") == "`my span`.outputs"
    assert field_text("outputs", span="root") == "`root`.outputs"


# ---------------------------------------------------------------- joining


@pytest.mark.parametrize(
    ("text", "condition", "joined"),
    [
        ("", "a = 1", "a = 1"),
        ("  ", "a = 1", "a = 1"),
        ("a = 1", "", "a = 1"),
        ("a = 1", "b = 2", "a = 1 AND b = 2"),
        ("a = 1 OR b = 2", "c = 3", "(a = 1 OR b = 2) AND c = 3"),
        ("(a = 1 OR b = 2)", "c = 3", "(a = 1 OR b = 2) AND c = 3"),
        ("(a = 1) OR (b = 2)", "c = 3", "((a = 1) OR (b = 2)) AND c = 3"),
        ("a = 1", "b = 2 OR c = 3", "a = 1 AND (b = 2 OR c = 3)"),
        ("a = 1", "(b = 2 OR c = 3)", "a = 1 AND (b = 2 OR c = 3)"),
        ("a=1  order by cost desc limit 5", "b = 2", "a=1 AND b = 2  order by cost desc limit 5"),
        ("ORDER BY cost", "b = 2", "b = 2 ORDER BY cost"),
        ("LIMIT 5;", "b = 2", "b = 2 LIMIT 5;"),
        ("a = 1 AND", "b = 2", "a = 1 AND b = 2"),
        ("a = 1 -- why", "b = 2", "a = 1 AND b = 2 -- why"),
        ("-- why", "b = 2 -- this", "b = 2 -- why"),
        ("a = 1 OR b = 2 -- why\nLIMIT 5", "c = 3", "(a = 1 OR b = 2) AND c = 3 -- why\nLIMIT 5"),
        ("a = 1 AND b = 2", "a=1", "a = 1 AND b = 2"),
        ("a = 1 AND (b = 2 AND c = 3)", "c=3", "a = 1 AND (b = 2 AND c = 3)"),
        ("a = 1", "a = 1 AND b = 2", "a = 1 AND b = 2"),
        ("a = 1 OR b = 2", "a=1 OR b=2", "a = 1 OR b = 2"),
        ("(a = 1 OR b = 2) AND c = 3", "a = 1 OR b = 2", "(a = 1 OR b = 2) AND c = 3"),
        ("NOT a = 1", "NOT b = 2", "NOT a = 1 AND NOT b = 2"),
    ],
)
def test_a_condition_is_joined(text, condition, joined):
    assert conjoin(text, condition) == joined
    assert conjoin(joined, condition) == joined


@pytest.mark.parametrize("text", GOLDEN)
def test_joining_keeps_what_every_filter_said(text):
    joined = conjoin(text, "tag.new = 'x' OR cost > 1")
    before, after = parse(text), parse(joined)
    assert after.order == before.order
    assert after.limit == before.limit
    assert unparse(after.where.items[-1]) == "tag.new = 'x' OR cost > 1"
    assert conjoin(joined, "tag.new = 'x' OR cost > 1") == joined


@given(queries, queries)
@settings(max_examples=100, deadline=None)
def test_whatever_is_joined_can_be_read(one, two):
    condition = unparse(two.where) if two.where is not None else ""
    joined = conjoin(unparse(one), condition)
    assert parse(joined).order == one.order
    assert conjoin(joined, condition) == joined


@pytest.mark.parametrize(
    ("text", "condition"), [("a = ", "b = 1"), ("a = 1", "b = "), ("a = 1", "b = 1 LIMIT 5"), ("a", "ORDER BY b")]
)
def test_what_cannot_be_read_is_not_joined(text, condition):
    with pytest.raises(FilterError):
        conjoin(text, condition)


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("", "{ name = 'a' AND x = 1 }"),
        ("cost > 1", "cost > 1 AND { name = 'a' AND x = 1 }"),
        ("cost > 1 OR y", "(cost > 1 OR y) AND { name = 'a' AND x = 1 }"),
        ("{ name='a' }", "{ name='a' AND x = 1 }"),
        ("cost > 1 AND { name='a' AND y = 2 } LIMIT 5", "cost > 1 AND { name='a' AND y = 2 AND x = 1 } LIMIT 5"),
        ("{ name='b' AND y = 2 }", "{ name='b' AND y = 2 } AND { name = 'a' AND x = 1 }"),
        ("{ name='a' } AND cost > 1", "{ name='a' } AND cost > 1 AND { name = 'a' AND x = 1 }"),
        ("{ name='a' OR name='b' }", "{ name='a' OR name='b' } AND { name = 'a' AND x = 1 }"),
        ("NOT { name='a' }", "NOT { name='a' } AND { name = 'a' AND x = 1 }"),
        ("{ name='a' AND x=1 }", "{ name='a' AND x=1 }"),
    ],
)
def test_values_of_one_span_join_one_block(text, joined):
    assert conjoin_span(text, "a", "x = 1") == joined
    assert conjoin_span(joined, "a", "x = 1") == joined


def test_an_or_in_a_block_is_put_in_parentheses():
    assert conjoin_span("{ name = 'a' }", "a", "x = 1 OR y = 2") == "{ name = 'a' AND (x = 1 OR y = 2) }"


@given(anything)
@settings(deadline=None)
def test_any_span_can_be_named(name):
    joined = conjoin_span("cost > 1", name, "duration > 2s")
    assert query(joined).where.items[1].things.where.items[0].right == Const(name)
    assert conjoin_span(joined, name, "model = 'x'").count("{") == joined.count("{")


# ---------------------------------------------------------------- ordering


@pytest.mark.parametrize(
    ("text", "key", "direction", "ordered"),
    [
        ("", "cost", "desc", "ORDER BY cost DESC"),
        ("", "cost", "ASC", "ORDER BY cost"),
        ("a = 1", "cost", "asc", "a = 1 ORDER BY cost"),
        ("a = 1 LIMIT 5", "cost", "desc", "a = 1 ORDER BY cost DESC LIMIT 5"),
        ("a = 1 order by name, cost desc LIMIT 5;", "tag.`a b`", "desc", "a = 1 ORDER BY tag.`a b` DESC LIMIT 5;"),
        ("a = 1 -- why", "cost", "desc", "a = 1 ORDER BY cost DESC -- why"),
        ("a = 1 ORDER BY cost DESC", None, None, "a = 1"),
        ("a = 1 ORDER BY cost DESC LIMIT 5", None, "asc", "a = 1 LIMIT 5"),
        ("a = 1 ORDER BY cost DESC LIMIT 5", "cost", None, "a = 1 LIMIT 5"),
        ("a = 1", None, None, "a = 1"),
        ("LIMIT 5", "cost", "desc", "ORDER BY cost DESC LIMIT 5"),
        ("a = 1", "max(duration, {type='LLM'})", "desc", "a = 1 ORDER BY max(duration, { type = 'LLM' }) DESC"),
    ],
)
def test_one_key_orders(text, key, direction, ordered):
    assert set_order(text, key, direction) == ordered
    assert parse(ordered).where == parse(text).where
    assert parse(ordered).limit == parse(text).limit


@pytest.mark.parametrize(("key", "direction"), [("cost", "up"), ("cost =", "asc"), ("", "asc"), ("cost, name", "asc")])
def test_what_orders_nothing_is_refused(key, direction):
    with pytest.raises(FilterError):
        set_order("a = 1", key, direction)
