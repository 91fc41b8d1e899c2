"""The SQL itself: what is bound, how deep it may nest, and which way of asking is chosen."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spanglass.engines.folding import fold
from spanglass.engines.sqlite import SqliteEngine, functions, text
from spanglass.engines.sqlite.context import Binds
from spanglass.entities import Batch, Span, TraceFacts
from spanglass.filters import resolve
from spanglass.store import Store
from spanglass.store.json_text import encode
from tests.engines import strategies


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteEngine]:
    """3,000 traces of two spans; one in 1,000 has a rare name, type, tag, attribute and error."""
    with Store(tmp_path_factory.mktemp("many") / "s.db", synchronous="OFF") as store:
        for begin in range(0, 3_000, 500):
            batch = Batch()
            for n in range(begin, begin + 500):
                rare = n % 1_000 == 0
                status = "ERROR" if rare else "OK"
                batch.spans.append(Span(f"t{n}", "a", "root", start_time_ns=n * 10**6, status=status))
                batch.spans.append(
                    Span(f"t{n}", "b", "rare" if rare else "step", "a", "RARE" if rare else "TOOL",
                         attributes={"k": "rare" if rare else "often", "n": n})
                )  # fmt: skip
                batch.traces.append(TraceFacts(f"t{n}", tags={"k": "rare" if rare else "often"}))
            store.write(batch)
        yield SqliteEngine(store)


@pytest.mark.parametrize(
    ("rare", "often"),
    [
        ("{ name = 'rare' }", "{ name = 'step' }"),
        ("{ type IN ('RARE') }", "{ type IN ('TOOL') }"),
        ("{ attributes.k = 'rare' }", "{ attributes.k = 'often' }"),
        ("{ attributes.n = 7 AND duration > 0 }", "{ attributes.n != 7 }"),
        ("{ status = 'ERROR' }", "{ status = 'OK' }"),
        ("tag.k = 'rare'", "tag.k = 'often'"),
    ],
)
def test_rare_matches_are_listed_and_frequent_ones_asked_for_newest_first(
    many: SqliteEngine, rare: str, often: str
) -> None:
    listed, probed = many.explain(resolve(rare)), many.explain(resolve(often))
    assert "t.rid IN (SELECT" in listed.sql
    assert not any("trace_newest" in step for step in listed.plan)
    assert "EXISTS (SELECT 1" in probed.sql
    assert any("trace_newest" in step for step in probed.plan)
    assert not any("sorted" in step for step in probed.plan)
    counted = many.explain(resolve(rare), mode="count")
    assert "t.rid IN (SELECT" in counted.sql or "FROM posting" in counted.sql
    assert not any("all traces" in step for step in counted.plan)


def test_a_trace_is_asked_by_its_number_not_through_all_spans_of_a_name(many: SqliteEngine) -> None:
    plan = many.explain(resolve("{ name = 'root' } >> { name = 'step' }")).plan
    assert [step for step in plan if "index span_name" in step or "all spans" in step] == []
    assert any("span_skeleton" in step or "span_identity" in step for step in plan)


def test_fields_with_an_index_use_it(many: SqliteEngine) -> None:
    for where, index in [
        ("name = 'nothing'", "trace_name"),
        ("status = 'ERROR'", "trace_unfine"),
        ("session_id = 'x'", "trace_session"),
        ("run_id = 'x'", "trace_run_id"),
        ("timestamp > 5", "trace_newest"),
        ("", "trace_newest"),
    ]:
        assert any(index in step for step in many.explain(resolve(where)).plan), where


def test_values_are_bound_and_only_keys_inlined(many: SqliteEngine) -> None:
    explained = many.explain(resolve("tag.k LIKE 'oft%' AND { name = 'step' AND inputs.key[0] > 12345 }"))
    assert "oft" not in explained.sql
    assert "step" not in explained.sql
    assert "12345" not in explained.sql
    assert '$."key"[0]' in explained.sql
    assert sorted(map(int, set(re.findall(r"\?(\d+)", explained.sql)))) == list(range(1, len(explained.params) + 1))


def test_parameters_are_numbered_as_they_appear_and_literals_left_alone() -> None:
    binds = Binds()
    first, second, third = binds.bind("a"), binds.bind(1), binds.bind("c")
    assert binds.bind("a") == first
    assert binds.bind(1.0) != second
    statement = binds.statement(f"SELECT {third}, '?2 it''s ?1', {first}, {third}")
    assert statement.sql == "SELECT ?1, '?2 it''s ?1', ?2, ?1"
    assert statement.params == ["c", "a"]


DEEP = {
    "not and or": lambda n: "(name = 'x' OR NOT (status = 'OK' AND " * n + "name = 'y'" + "))" * n,
    "relations": lambda n: "{ " + "name = 'nothing' AND descendant { " * n + "name = 'x'" + " }" * n + " }",
    "counts": lambda n: "{ " + "name = 'no' AND count(child { " * n + "name = 'x'" + " }) > 0" * n + " }",
    "sums": lambda n: "(" * n + "span_count" + " + 1)" * n + " < 0",
    "coalesce": lambda n: "coalesce(" * n + "tag.nothing" + ", 'a')" * n + " = 'b'",
}


@pytest.mark.parametrize("shape", DEEP)
@pytest.mark.parametrize("depth", [1, 5, 12, 20])
def test_filters_may_nest_deeper_than_sqlites_parser(many: SqliteEngine, shape: str, depth: int) -> None:
    query = resolve(DEEP[shape](depth))
    expected = len(many.search(query).ids)
    assert many.count(query) == expected
    assert many.count(resolve(f"NOT ({DEEP[shape](depth)})")) == 3_000 - expected


@pytest.mark.parametrize(
    "text",
    [
        "{ { assessment { time < 1 } } >> {} } !<< { { { assessment { source_id NOT IN ('me', 'us') } } << "
        "{ step.inputs.q != FALSE } } !~ { (TRUE = { type = 'TOOL' }.inputs.t OR attributes.n NOT BETWEEN 0 AND 5) } }",
        "{ all({ ancestor { feedback.`a b` NOT MATCH 'x' } }, ((lower(feedback.c) > '12') AND (duration != 1.5s) AND "
        "(parent.parent_id NOT BETWEEN 'a' AND 'b'))) } !< {} THEN { event { time = 1 } }",
    ],
)
def test_what_nests_in_several_ways_at_once_is_answered_and_explained(many: SqliteEngine, text: str) -> None:
    query = resolve(text)
    assert many.count(query) == len(many.search(query).ids)
    assert many.explain(query).plan
    assert many.explain(query, mode="count").plan


def test_filters_may_be_long_and_so_may_lists(many: SqliteEngine) -> None:
    terms = [("name != 'x%d'", " AND ", 3_000), ("tag.k = 'x%d'", " OR ", 0), ("{name='x%d'}", " OR ", 0)]
    for term, operator, count in terms:
        assert many.count(resolve(operator.join(term % n for n in range(300)))) == count
    assert many.count(resolve("tag.k IN :all", params={"all": [*map(str, range(20_000)), "rare"]})) == 3


# ---------------------------------------------------------------- texts


@settings(deadline=None)
@given(strategies.texts, st.lists(strategies.texts, max_size=3).map("".join), st.sampled_from([None, "\\", "a", "%"]))
def test_glob_means_what_like_means(subject: str, pattern: str, escape: str | None) -> None:
    connection = sqlite3.connect(":memory:")
    (matched,) = connection.execute("SELECT ? GLOB ?", (subject, text.glob(pattern, escape))).fetchone()
    assert bool(matched) == functions.like(pattern, subject, escape)


def test_a_pattern_too_long_for_glob_is_matched_at_once() -> None:
    long = "x" * 20_000
    for pattern, matches in ((long, True), (f"%{long}", True), (f"x%{long}", False), (f"{long[1:]}_%", True)):
        assert functions.like(pattern, long, None) is matches
        assert functions.like(pattern, f"{long}y", None) is pattern.endswith("%")


@settings(deadline=None)
@given(st.text(max_size=20), st.data())
def test_the_glance_at_raw_json_loses_no_match(subject: str, data: st.DataObject) -> None:
    begin = data.draw(st.integers(0, len(subject)))
    needle = subject[begin : data.draw(st.integers(begin, len(subject)))]
    needle = data.draw(st.sampled_from([needle, needle.upper(), needle.lower(), needle.replace("K", "k")]))
    pattern = text.like_pattern(needle)
    if pattern is not None and fold(needle) in fold(subject):
        raw = encode({"a": [subject]})
        assert sqlite3.connect(":memory:").execute("SELECT ? LIKE ?", (raw, pattern)).fetchone() == (1,)


@settings(deadline=None)
@given(st.text())
def test_folding_keeps_every_character_in_its_place(value: str) -> None:
    assert len(fold(value)) == len(value)
    assert fold(fold(value)) == fold(value)
    assert fold(value) == "".join(map(fold, value))


@pytest.mark.parametrize(
    ("looks", "number"),
    [("1", 1), ("-1.50", -1.5), ("1e3", 1000.0), ("9223372036854775807", 2**63 - 1), ("9" * 30, 1e30), ("1e999", None)]
    + [
        (bad, None) for bad in ("", " 1", "1 ", "+1", ".5", "1.", "0x1", "1_0", "١", "nan", "inf", "12abc", "1e", "--1")
    ],
)
def test_a_text_is_a_number_only_if_it_looks_like_one(looks: str, number: float | None) -> None:
    assert functions.as_number(looks) == number
