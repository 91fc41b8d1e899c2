"""Blocks, chains and counts; which bare span terms speak of one span; what is refused as a guess."""

from __future__ import annotations

import pytest

from spanglass.filters.algebra import And, Const, Not
from tests.filters.words import (
    NUMBER,
    TEXT,
    Aggregate,
    Match,
    Of,
    Related,
    is_,
    marked,
    meaning,
    query,
    refusal,
    some,
    span,
    trace,
    ways_out,
)

TOOL = is_(span("type"), "TOOL")
FAILED = is_(span("status"), "ERROR")
A, B, C = (is_(span("name"), name) for name in "abc")


# ---------------------------------------------------------------- one span


def test_bare_span_terms_of_one_chain_speak_of_one_span():
    assert meaning("span.type = 'TOOL' AND span.status = 'ERROR'") == some(And((TOOL, FAILED)))
    assert meaning("span.type = 'TOOL' span.status = 'ERROR'") == some(And((TOOL, FAILED)))


def test_blocks_may_be_about_two_spans():
    assert meaning("{ type = 'TOOL' } AND { status = 'ERROR' }") == And((some(TOOL), some(FAILED)))


def test_other_terms_may_stand_between():
    found = meaning("span.type = 'TOOL' AND cost > 1 AND span.status = 'ERROR'")
    assert found == And((some(And((TOOL, FAILED))), is_(trace("cost"), 1, NUMBER, ">")))


def test_nested_ands_belong_to_the_chain():
    found = meaning("span.type = 'TOOL' AND (cost > 1 AND (span.status = 'ERROR' AND cost < 5))")
    assert found.items[0] == some(And((TOOL, FAILED)))


def test_an_or_of_span_terms_belongs_to_the_chain():
    found = meaning("span.type = 'TOOL' AND (span.name = 'a' OR span.name = 'b' AND span.status = 'ERROR')")
    assert found == meaning("{ type = 'TOOL' AND (name = 'a' OR name = 'b' AND status = 'ERROR') }")


def test_each_side_of_an_or_is_a_chain_of_its_own():
    found = meaning("span.type = 'TOOL' AND span.name = 'a' OR cost > 1 AND span.name = 'b'")
    assert found == meaning("{ type = 'TOOL' AND name = 'a' } OR cost > 1 AND { name = 'b' }")


def test_the_traces_text_joins_span_terms():
    found = meaning("span.type = 'TOOL' AND trace.text LIKE '%x%'")
    assert found == some(And((TOOL, Match("like", span("text"), Const("%x%")))))
    found = meaning("trace.text LIKE '%x%' AND (text LIKE '%y%' OR text LIKE '%z%') AND span.type = 'TOOL'")
    assert found == meaning("{ text LIKE '%x%' AND (text LIKE '%y%' OR text LIKE '%z%') AND type = 'TOOL' }")


def test_the_traces_text_alone_stays_the_traces():
    assert meaning("trace.text LIKE '%x%'") == Match("like", trace("text"), Const("%x%"))
    assert meaning("text LIKE '%x%' AND { type = 'TOOL' }").items[0].value == trace("text")
    assert meaning("span.type = 'TOOL' AND NOT text LIKE '%x%'").items[1].item.value == trace("text")


def test_bare_texts_never_join():
    found = meaning("span.type = 'TOOL' AND 'refund'")
    assert found == And((some(TOOL), Match("icontains", trace("text"), Const("refund"))))


def test_terms_of_named_spans_do_not_join():
    found = meaning("span.type = 'TOOL' AND search.status = 'ERROR' AND root.status = 'ERROR'")
    assert len(found.items) == 3


def test_a_comparison_of_a_span_with_its_trace_is_the_spans():
    found = meaning("span.type = 'TOOL' AND span.duration > 0.5 * duration")
    assert found == meaning("{ type = 'TOOL' AND duration > 0.5 * trace.duration }")


def test_the_group_is_one_conjunct():
    found = query("span.type = 'TOOL' AND cost > 1 AND span.status = 'ERROR'").conjuncts
    assert [conjunct.text for conjunct in found] == ["span.type = 'TOOL' AND span.status = 'ERROR'", "cost > 1"]


# ---------------------------------------------------------------- two readings


def test_not_before_a_span_term_is_refused_with_both_readings():
    error = refusal("cost > 1 AND NOT span.name = 'x'")
    assert marked(error) == "NOT"
    assert ways_out(error) == {
        "no span named x": "cost > 1 AND NOT { name = 'x' }",
        "a span not named x": "cost > 1 AND { NOT name = 'x' }",
    }


@pytest.mark.parametrize(
    ("text", "none", "one"),
    [
        ("NOT span.type IN ('A', 'B')", "NOT { type IN ('A', 'B') }", "{ NOT type IN ('A', 'B') }"),
        (
            "NOT (span.type = 'A' AND span.name = 'b')",
            "NOT { type = 'A' AND name = 'b' }",
            "{ NOT (type = 'A' AND name = 'b') }",
        ),
        (
            "NOT (span.type = 'A' AND status = 'OK')",
            "NOT ({ type = 'A' } AND status = 'OK')",
            "{ NOT (type = 'A' AND trace.status = 'OK') }",
        ),
        (
            "NOT (span.type = 'A' OR inputs.q = 'x')",
            "NOT ({ type = 'A' } OR inputs.q = 'x')",
            "{ NOT (type = 'A' OR trace.inputs.q = 'x') }",
        ),
    ],
)
def test_both_readings_of_not_can_be_run(text, none, one):
    assert list(ways_out(refusal(text)).values()) == [none, one]
    assert query(none).where != query(one).where


def test_not_inside_of_a_group_is_refused():
    assert refusal("span.type = 'A' AND (span.name = 'x' OR NOT span.name = 'y')").diagnostic.code == "ambiguous"


def test_a_mixed_or_beside_span_terms_is_refused_with_both_readings():
    error = refusal("span.type = 'TOOL' AND (span.status = 'ERROR' OR tag.env = 'prod' OR status = 'OK')")
    assert marked(error) == "span.status = 'ERROR' OR tag.env = 'prod' OR status = 'OK'"
    one, any_ = ways_out(error).values()
    assert one == "{ type = 'TOOL' AND (status = 'ERROR' OR tag.env = 'prod' OR trace.status = 'OK') }"
    assert any_ == "{ type = 'TOOL' } AND ({ status = 'ERROR' } OR tag.env = 'prod' OR status = 'OK')"
    assert query(one).where != query(any_).where


def test_two_mixed_ors_are_refused():
    error = refusal("(span.name = 'a' OR cost > 1) AND (span.name = 'b' OR 'x')")
    assert list(ways_out(error).values()) == [
        "{ (name = 'a' OR trace.cost > 1) AND (name = 'b' OR trace.text ICONTAINS 'x') }",
        "({ name = 'a' } OR cost > 1) AND ({ name = 'b' } OR 'x')",
    ]


def test_what_cannot_be_said_in_a_block_is_not_offered():
    error = refusal("span.type = 'TOOL' AND (span.status = 'ERROR' OR event { name = 'x' })")
    assert list(ways_out(error).values()) == ["{ type = 'TOOL' } AND ({ status = 'ERROR' } OR event { name = 'x' })"]


def test_a_mixed_or_alone_is_clear():
    found = meaning("cost > 1 AND (span.name = 'a' OR tag.env = 'prod')")
    assert found == meaning("cost > 1 AND ({ name = 'a' } OR tag.env = 'prod')")


# ---------------------------------------------------------------- blocks and chains


def test_quantifiers():
    ok = is_(span("status"), "OK")
    assert meaning("ANY { name = 'a' }") == meaning("{ name = 'a' }") == some(A)
    assert meaning("NONE { name = 'a' }") == meaning("NOT { name = 'a' }") == Not(some(A))
    assert meaning("ALL { status = 'OK' }") == Not(some(Not(ok)))
    assert meaning("all({ name = 'a' }, status = 'OK')") == Not(some(And((A, Not(ok)))))


@pytest.mark.parametrize(
    ("op", "relation"),
    [
        (">>", "ancestor"),
        (">", "parent"),
        ("<<", "descendant"),
        ("<", "child"),
        ("~", "sibling"),
        ("THEN", "preceding"),
    ],
)
def test_a_chain_is_its_last_block_and_how_it_stands_to_what_came_before(op, relation):
    assert meaning(f"{{ name = 'a' }} {op} {{ name = 'b' }}") == some(And((B, some(A, relation))))
    assert meaning(f"{{ name = 'a' }} !{op} {{ name = 'b' }}") == some(And((B, Not(some(A, relation)))))


def test_chains_associate_to_the_left():
    found = meaning("{ name = 'a' } >> { name = 'b' } > { name = 'c' }")
    assert found == some(And((C, some(And((B, some(A, "ancestor"))), "parent"))))
    assert meaning("NONE { name = 'a' } > { name = 'b' }") == Not(some(And((B, some(A, "parent")))))


def test_relations_inside_of_a_block():
    for name in ("parent", "child", "ancestor", "descendant", "sibling", "root"):
        assert meaning(f"{{ {name} {{ name = 'a' }} }}") == some(some(A, name))


def test_a_nested_block_stays_trace_wide():
    assert meaning("{ name = 'a' AND { name = 'b' } }") == some(And((A, some(B))))


def test_counts():
    tools = Related("spans", TOOL)
    assert meaning("count({ type = 'TOOL' }) > 3") == is_(Aggregate("count", None, tools), 3, NUMBER, ">")
    assert meaning("sum(tokens, { type = 'TOOL' }) > 10k").left == Aggregate("sum", span("tokens"), tools)
    assert meaning("p95(duration, { type = 'TOOL' }) > 2s").right == Const(2000)
    assert meaning("{ count(child { type = 'TOOL' }) > 5 }").things.where.left == Aggregate(
        "count", None, Related("child", TOOL)
    )
    assert meaning("count({ name = 'a' } > { name = 'b' }) > 1").left.things.where == And((B, some(A, "parent")))
    assert meaning("max(value, assessment { name = 'x' }) > 1").left.things.relation == "assessments"
    assert meaning("avg(attributes.score, {}) > 1").mode is NUMBER


def test_of_a_block_and_its_aggregate_in_one_comparison():
    found = meaning("{ duration = max(trace.duration, {}) OR duration > max(duration, {}) }")
    assert found.things.where.items[1].right.value == span("duration")


@pytest.mark.parametrize(
    ("text", "under"),
    [
        ("ALL { name = 'a' } >> { name = 'b' }", ">> { name = 'b' }"),
        ("{ name = 'a' } = { name = 'b' }", "="),
        ("{ name = 'a' } >> name = 'b'", "name"),
        ("{ name = 'a' } ! { name = 'b' }", "{"),
        ("{ name = 'a' } + 1 > 5", "{ name = 'a' }"),
        ("child { name = 'a' }", "child { name = 'a' }"),
        ("count(child { name = 'a' }) > 1", "child { name = 'a' }"),
        ("count(name) > 1", "name"),
        ("count() > 1", "count()"),
        ("sum(tokens) > 1", "sum(tokens)"),
        ("sum(name, {}) > 1", "name"),
        ("sum(tokens, {}, {}) > 1", "sum(tokens, {}, {})"),
        ("sum({}, {}) > 1", "{}"),
        ("all({ name = 'a' }) AND cost > 1", "all({ name = 'a' })"),
        ("cuont({}) > 1", "cuont"),
        ("count({ name = 'a' })", "count({ name = 'a' })"),
        ("{ name = 'a'", "{"),
        ("ago(name) > 1", "name"),
        ("now(1) > 1", "now(1)"),
        ("lower() = 'x'", "lower()"),
        ("coalesce() = 'x'", "coalesce()"),
        ("lower(a = 1) = 'x'", "a = 1"),
    ],
)
def test_what_is_no_set_or_no_value_is_refused(text, under):
    assert marked(refusal(text)) == under


def test_an_aggregate_needs_its_spans():
    assert list(ways_out(refusal("sum(tokens) > 1")).values()) == ["sum(tokens, {}) > 1"]


def test_both_sides_several_inside_of_a_block():
    found = meaning("{ duration < child.duration }").things.where
    assert isinstance(found.right, Of)
    assert found.mode is NUMBER
    assert meaning("{ child.name = 'x' }").things.where.things.where.mode is TEXT


# ---------------------------------------------------------------- rows that are spans


def test_a_row_is_a_span_of_the_last_block():
    def rows(text):
        return query(text, rows="spans").spans

    assert rows("{ type = 'TOOL' } AND { status = 'ERROR' }") == FAILED
    assert rows("span.type = 'TOOL' AND cost > 1") == TOOL
    assert rows("{ name = 'a' } > { name = 'b' }") == And((B, some(A, "parent")))
    assert rows("{ name = 'a' } OR { name = 'b' }").items == (A, B)
    assert rows("cost > 1 AND NOT { name = 'a' }") == query("").where
    assert rows("") == query("").where


def test_a_row_that_is_a_span_can_be_ordered_by_its_own_fields():
    found = query("{ type = 'TOOL' }", rows="spans", order_by=["span.duration DESC"])
    assert found.order[0].value == span("duration")
    assert found.rows == "spans"
