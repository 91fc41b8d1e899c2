"""The filter language with a store at hand: proposals, advice, and why nothing was found."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from spanglass.engines import check, open_engine, refine, why_empty
from spanglass.engines.sqlite import SqliteEngine
from spanglass.entities import Batch, Span, TraceFacts
from spanglass.filters import resolve
from spanglass.store import Store
from tests.oracle.evaluate import OracleTrace, search


def refined(engine: SqliteEngine, marked: str) -> list[tuple[str, str, int | None]]:
    """The refined proposals at the ``|`` of a text: what is written, what is said of it, and its count."""
    cursor = marked.index("|")
    found = refine(engine, marked.replace("|", ""), cursor)
    return [(item.insert, item.detail, item.count) for item in found.items if item.detail.startswith("~")]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("status = 'ERROR' AND name = ", ""),
        ("name = ", " AND status = 'ERROR'"),
        ("{ type = 'LLM' AND name = ", " }"),
        ("span.type = 'LLM' AND span.name = ", ""),
        ("(tag.env = 'dev' OR (span_count > 1 AND name = ", "))"),
        ("tag.env = ", " AND { type = 'TOOL' }"),
        ("tag.retries = ", ""),
        ("root.name = ", ""),
        ("event { name = ", " }"),
        ("feedback.correct = ", " AND name = 'ask'"),
        ("{ attributes.temperature = ", " }"),
    ],
)
def test_a_refined_value_finds_as_many_traces_as_it_counts(engine: SqliteEngine, before: str, after: str) -> None:
    proposals = refined(engine, f"{before}|{after}")
    assert proposals
    for insert, _, count in proposals:
        whole = f"{before}{insert}{after}"
        # In one branch of an OR the other one may find traces, too.
        assert engine.count(resolve(whole)) >= (count or 0) > 0, whole
        if " OR " not in whole:
            assert engine.count(resolve(whole)) == count, whole


def test_what_cannot_be_read_is_passed_over(engine: SqliteEngine) -> None:
    whole = refined(engine, "tag.env = 'prod' AND name = |")
    assert whole == refined(engine, "tag.env = 'prod' AND broken( AND :unbound = 1 AND name = |")
    assert whole != refined(engine, "name = |")


def test_a_number_is_proposed_where_half_and_most_of_them_are(engine: SqliteEngine) -> None:
    (half, _, _), (most, _, _) = refined(engine, "{ duration > | }")
    spans = engine.count(resolve("{ duration IS NOT NULL }", rows="spans"))
    below = [engine.count(resolve(f"{{ duration <= {insert} }}", rows="spans")) for insert in (half, most)]
    assert spans / 2 <= below[0] < below[1] <= spans


@pytest.mark.parametrize("text", ["timestamp > |", "name RLIKE |", "name |", "|", "link { trace_id = 'x' AND |"])
def test_elsewhere_nothing_is_refined(engine: SqliteEngine, text: str) -> None:
    assert refined(engine, text) == []


def codes(engine: SqliteEngine, text: str) -> list[str]:
    return [found.code for found in check(engine, text)]


def test_what_is_called_impossible_finds_nothing(engine: SqliteEngine) -> None:
    """Every two conditions of these, in one chain or in one block: advice must not speak of what can be so."""
    fields = {
        "duration": ["= 5", "> 5", "<= 5", "< 4s", "BETWEEN 6 AND 5", "IN (5, 6)", ">= 1s"],
        "status": ["= 'OK'", "= 'ERROR'", "IN ('OK', 'ERROR')", "!= 'OK'", "IS NULL"],
        "name": ["= 'ask'", "= 5", "= '5'", "IN ('answer', 5)", "LIKE 'a%'"],
    }
    called = 0
    for field, conditions in fields.items():
        for one, other in product(conditions, conditions):
            for text in (f"{field} {one} AND {field} {other}", f"{{ {field} {one} AND {field} {other} }}"):
                if "never" in codes(engine, text):
                    called += 1
                    assert engine.count(resolve(text)) == 0, text
    assert called > 20


def test_an_unknown_key_of_a_value_is_named_with_the_nearest_one(engine: SqliteEngine) -> None:
    (found,) = check(engine, "outputs.docs[0].scor > 0.5")
    assert (found.code, found.fixes[0].label) == ("unseen-key", "did you mean docs[*].score (1)?")
    assert codes(engine, "outputs.docs[0].score > 0.5") == []


def test_runs_that_traces_are_linked_to(tmp_path: Path) -> None:
    with Store(tmp_path / "s.db") as store:
        spans = [Span(trace, "s", "work", end_time_ns=1) for trace in ("a", "b")]
        store.write(Batch(spans, traces=[TraceFacts("a", run_id="r1"), TraceFacts("b", run_id="r2")]))
        linked = open_engine(store)
        assert codes(linked, "run_id = 'r1'") == []
        store.link_run("a", "r1")
        assert codes(linked, "run_id = 'r1'") == []
        store.link_run("b", "r1")
        (found,) = check(linked, "run_id = 'r1'")
        assert found.message == "this also finds a trace that is linked to the run"
        assert linked.count(resolve("run_id = 'r1'")) == 2


def test_why_nothing_is_found_counts_each_part_alone_and_what_other_experiments_hold(engine: SqliteEngine) -> None:
    query = resolve("status = 'ERROR' AND tag.env = 'nowhere'", experiment_ids=["77"])
    why = why_empty(engine, query)
    total = engine.count(resolve(""))
    alone = f"status = 'ERROR' 1 · tag.env = 'nowhere' 0 · these experiments 0 ({total} in other experiments)"
    assert why.message == f"nothing matches all of it. Alone: {alone}"
    assert (why.code, query.text[why.start : why.end]) == ("empty", "tag.env = 'nowhere'")


ARRAYS = {
    "array": [1, 2],
    "object": {"a": 1},
    "nested": [[1, 2], {"a": 1}],
    "text": "[1,2]",
    "texts": ["a", "b"],
    "object text": '{"a":1}',
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("inputs.v = '[1,2]'", {"nested", "text"}),  # an element that is so, or the text itself; never the whole array
        ("inputs.v = '[1, 2]'", {"nested"}),
        ("inputs.v = 1", {"array"}),
        ("inputs.v != 1", {"array"}),
        ("NOT inputs.v != 1", {"object", "text", "object text", "nested", "texts"}),
        ("inputs.v[*] = 1", {"array", "nested"}),
        ("inputs.v = '{\"a\":1}'", {"object", "nested", "object text"}),
        ("inputs.v = '{ \"a\" : 1 }'", {"object", "nested"}),
        ("inputs.v = 'a'", {"texts"}),
        ("inputs.v IN ('b', 'c')", {"texts"}),
        ("inputs.v[0] = 1 AND inputs.v[1] = 2", {"array"}),
    ],
)
def test_arrays_are_compared_by_their_elements_and_objects_as_json(
    tmp_path: Path, text: str, expected: set[str]
) -> None:
    with Store(tmp_path / "s.db") as store:
        store.write(Batch([Span(name, "s", "n", end_time_ns=1, inputs={"v": v}) for name, v in ARRAYS.items()]))
        where = resolve(text)
        traces = [OracleTrace(trace.info, trace.data.spans) for trace in store.traces(list(ARRAYS))]
        found = {row[0] for row in open_engine(store).search(where).ids}
        assert found == set(search(where, traces))
    assert found == expected
