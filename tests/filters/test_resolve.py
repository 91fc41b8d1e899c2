"""Whole queries: order, limit, scope, conjuncts, fingerprint."""

from __future__ import annotations

import pytest

from spanglass.filters.algebra import Aggregate, Always, And, Const, Key, Order, Path, Query
from tests.filters.words import NOW, In, Related, is_, marked, query, refusal, span, trace, ways_out


def test_nothing_said_is_everything():
    for text in ("", None, "  ", "-- nothing", ";", "/* nothing */"):
        found = query(text)
        assert found.where == Always(True)
        assert found.order == ()
        assert found.conjuncts == ()
        assert found.limit is None


def test_the_whole_tail():
    found = query("status = 'OK' ORDER BY tag.a NULLS FIRST, max(cost, {}) DESC LIMIT 20;")
    assert found.order == (
        Order(Key("tag", "a"), nulls_first=True),
        Order(Aggregate("max", span("cost"), Related("spans", Always(True))), descending=True),
    )
    assert found.limit == 20
    assert found.text == "status = 'OK' ORDER BY tag.a NULLS FIRST, max(cost, {}) DESC LIMIT 20;"


def test_order_keys_as_texts():
    found = query("status = 'OK'", order_by=["timestamp_ms DESC", "status ASC", "inputs.q nulls first"])
    assert found.order == (
        Order(trace("timestamp_ms"), descending=True),
        Order(trace("status")),
        Order(Path(trace("inputs"), ("q",)), nulls_first=True),
    )
    assert found.order == query("status='OK' order by timestamp_ms desc, status, inputs.q nulls first").order


@pytest.mark.parametrize(
    "entry", ["trace.timestamp DESC", "attributes.timestamp_ms DESC", '"timestamp" DESC', "TIMESTAMP desc"]
)
def test_an_order_key_is_a_field_like_any_other(entry):
    assert query("", order_by=[entry]).order == (Order(trace("timestamp_ms"), descending=True),)


def test_one_order_only():
    error = refusal("status = 'OK' ORDER BY cost", order_by=["name"])
    assert marked(error) == "ORDER BY cost"
    assert query("ORDER BY cost", order_by=[]).order


def test_a_span_among_many_orders_nothing():
    error = refusal("status = 'OK' ORDER BY span.duration DESC")
    assert list(ways_out(error).values()) == ["status = 'OK' ORDER BY max(duration, {}) DESC"]
    error = refusal("", order_by=["span.attributes.score DESC"])
    assert list(ways_out(error).values()) == ["max(attributes.score, {}) DESC"]
    assert query("", order_by=["max(attributes.score, {}) DESC"]).order


@pytest.mark.parametrize(
    ("entry", "under"),
    [
        ("", ""),
        ("nope DESC", "nope"),
        ("cost UP", "UP"),
        ("5 DESC", "5"),
        ("'x'", "'x'"),
        ("cost = 5", "="),
        ("cost NULLS", ""),
        ("cost,name", ","),
        ("{ name = 'x' }", "{ name = 'x' }"),
    ],
)
def test_what_orders_nothing_is_refused(entry, under):
    error = refusal("", order_by=[entry])
    assert error.text == entry
    assert marked(error) == under


@pytest.mark.parametrize(
    "text", ["LIMIT", "LIMIT 0", "LIMIT -1", "LIMIT 2.5", "LIMIT 5k", "LIMIT '5'", "LIMIT 5 5", "LIMIT 5 ORDER BY cost"]
)
def test_a_limit_is_a_count(text):
    assert refusal(text)


def test_the_scope_is_part_of_the_condition_and_counts_as_a_conjunct():
    found = query("status = 'OK' AND cost > 1", experiment_ids=["1", "2"], run_id="r1")
    scope = In(trace("experiment_id"), (Const("1"), Const("2")))
    run = is_(trace("run_id"), "r1")
    assert isinstance(found.where, And)
    assert found.where.items[2:] == (scope, run)
    assert [conjunct.text for conjunct in found.conjuncts] == [
        "status = 'OK'",
        "cost > 1",
        "experiment_id IN ('1', '2')",
        "run_id = 'r1'",
    ]
    assert found.conjuncts[2].where == scope
    assert query("", experiment_ids=[]).where == Always(False)
    assert query("", experiment_ids=[3]).where == In(trace("experiment_id"), (Const("3"),))


def test_one_experiment_is_no_list():
    with pytest.raises(TypeError, match="list"):
        query("", experiment_ids="12")


def test_conjuncts_say_where_they_stand():
    text = "status = 'OK' AND (cost > 1 OR name = 'x') AND NOT tag.a = 'b'"
    found = query(text).conjuncts
    assert [text[c.start : c.end] for c in found] == ["status = 'OK'", "cost > 1 OR name = 'x'", "NOT tag.a = 'b'"]
    assert [c.text for c in found] == ["status = 'OK'", "cost > 1 OR name = 'x'", "NOT tag.a = 'b'"]


def test_the_fingerprint_is_of_what_is_asked():
    base = {"params": {"p": "x"}, "experiment_ids": ["1"], "order_by": ["cost"], "run_id": "r"}
    one = query("name = :p", **base).fingerprint

    def other(text: str = "name = :p", **changes) -> str:
        return query(text, **{**base, **changes}).fingerprint

    assert one == other("  name=:p -- said otherwise")
    assert one == other(now_ms=NOW + 1, zone="Asia/Tokyo")
    assert one == other(order_by=["cost ASC"])
    assert len({one, other("name != :p"), other(params={"p": "y"}), other(experiment_ids=["2"])}) == 4
    assert (
        len({one, other(order_by=["cost DESC"]), other(run_id="s"), other(rows="spans"), other("name=:p LIMIT 5")}) == 5
    )


def test_a_query_can_be_compared_and_kept():
    assert query("cost > 1") == query("cost > 1")
    assert isinstance(hash(query("cost > 1 AND { name = 'x' }")), int)
    assert isinstance(query(""), Query)
