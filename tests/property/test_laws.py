"""Laws that hold for every filter and every store."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spanglass.entities import Batch
from spanglass.filters import FilterError, parse, resolve, unparse
from spanglass.filters.algebra import Query
from spanglass.filters.fields import FIELDS
from tests.oracle.evaluate import ordered
from tests.property.filters import NOW_MS, SAID, Filter, conditions, filters
from tests.property.running import agree, compare, resolved, run, stored
from tests.property.stores import batches

relaxed = settings(deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize(
    ("pairs", "chosen"),
    [
        pytest.param(1_000, 1, id="1000"),
        # Last run: 20,000 pairs, 76 % of them neither empty nor full, everything said at least 470 times, no
        # difference, in 275 s of CPU time.
        pytest.param(20_000, 2, id="20000", marks=[pytest.mark.long, pytest.mark.timeout(3_600)]),
    ],
)
def test_the_engine_answers_as_the_plain_reading(pairs: int, chosen: int) -> None:
    tally = run(pairs, chosen)
    assert tally.pairs >= pairs
    assert tally.split >= 0.3 * tally.pairs, "too many filters find nothing or everything"
    assert tally.refused < 0.05 * tally.drawn
    assert set(tally.said) <= SAID
    assert {name for name in SAID if tally.said[name] < 20} == set(), "said too seldom"


@settings(relaxed, max_examples=60)
@given(batches(), filters())
def test_a_difference_would_be_found_in_its_smallest_form(batch: Batch, one: Filter) -> None:
    if resolved(one) is not None:
        with stored(batch) as (engine, traces):
            agree(engine, traces, one)


@settings(relaxed, max_examples=40)
@given(batches(), st.lists(conditions(), min_size=10, max_size=10))
def test_a_condition_and_its_opposite_divide_the_store(batch: Batch, asked: list[Filter]) -> None:
    with stored(batch) as (engine, traces):
        everything = sorted((trace.info.trace_id,) for trace in traces)
        for one in asked:
            query = resolved(one)
            opposite = resolved(Filter(f"NOT ({one.text})", one.params))
            if query is not None and opposite is not None:
                found, others = engine.search(query).ids, engine.search(opposite).ids
                assert sorted(found + others) == everything


@settings(relaxed, max_examples=300)
@given(filters())
def test_what_is_printed_is_read_as_the_same_tree(one: Filter) -> None:
    try:
        tree = parse(one.text)
    except FilterError:
        return
    assert parse(unparse(tree)) == tree
    assert unparse(parse(unparse(tree))) == unparse(tree)


def order_queries() -> list[Query]:
    """Every field of a trace, and in spans mode every field of a span, both ways and with the missing at both ends."""
    fields = [("traces", known.name) for known in set(FIELDS["trace"].values()) if known.name != "issue_id"]
    fields += [("spans", f"span.{known.name}") for known in set(FIELDS["span"].values())]
    fields += [("traces", text) for text in ("issue.id", "tag.n", "metadata.user_id", "feedback.score", "root.name")]
    return [
        resolve(f"ORDER BY {field} {tail}", rows=rows, now_ms=NOW_MS, zone="UTC")  # type: ignore[arg-type]
        for rows, field in sorted(fields)
        for tail in ("", "DESC", "NULLS FIRST", "DESC NULLS FIRST")
    ]


@settings(relaxed, max_examples=8)
@given(batches())
def test_any_field_puts_all_rows_in_one_order(batch: Batch) -> None:
    with stored(batch) as (engine, traces):
        for query in order_queries():
            expected = ordered(query, traces)
            compare(engine, query, expected)
            rows = len(traces) if query.rows == "traces" else sum(len(trace.spans) for trace in traces)
            assert len(set(expected)) == len(expected) == rows
