"""Every golden filter finds what was worked out by hand, by the engine and by the plain reading, and says so."""

from __future__ import annotations

import pytest

from spanglass.engines import Engine
from spanglass.filters import gloss, parse, resolve, unparse
from spanglass.filters.algebra import Query
from tests.golden.corpus import GOLDEN, NEWEST_FIRST, NOW_MS, Golden
from tests.golden.traces import LINKED_RUNS, assistant
from tests.oracle.evaluate import OracleTrace, ordered
from tests.property.stores import oracle_traces

each = pytest.mark.parametrize("golden", GOLDEN, ids=[golden.text for golden in GOLDEN])


@pytest.fixture(scope="module")
def traces(engine: Engine) -> list[OracleTrace]:
    found = oracle_traces(assistant(), engine.infos(NEWEST_FIRST))
    for trace in found:
        trace.runs = [run for trace_id, run in LINKED_RUNS.items() if trace_id == trace.info.trace_id]
    return found


def query(golden: Golden) -> Query:
    return resolve(golden.text, params=golden.params, now_ms=NOW_MS, zone="UTC")


def test_the_corpus_is_whole() -> None:
    assert len({golden.text for golden in GOLDEN}) == len(GOLDEN) >= 350
    for golden in GOLDEN:
        assert golden.means.endswith("."), golden.text
        assert set(golden.finds) <= set(NEWEST_FIRST), golden.text


@each
def test_it_finds(golden: Golden, engine: Engine) -> None:
    asked = query(golden)
    assert [row[0] for row in engine.search(asked).ids] == golden.finds
    assert engine.count(asked) == len(golden.finds)


@each
def test_the_plain_reading_finds_the_same(golden: Golden, traces: list[OracleTrace]) -> None:
    assert [row[0] for row in ordered(query(golden), traces)] == golden.finds


@each
def test_it_says_what_it_asks(golden: Golden) -> None:
    assert gloss(query(golden)) == golden.says


@each
def test_its_print_is_read_as_the_same_tree(golden: Golden) -> None:
    tree = parse(golden.text)
    assert parse(unparse(tree)) == tree


@each
def test_its_spans_are_those_of_the_plain_reading(golden: Golden, engine: Engine, traces: list[OracleTrace]) -> None:
    asked = resolve(golden.text, params=golden.params, now_ms=NOW_MS, zone="UTC", rows="spans")
    assert engine.search(asked).ids == ordered(asked, traces)
    assert gloss(asked).startswith(("Spans ", "All spans", "No spans"))
