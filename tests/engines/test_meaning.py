"""The engine answers as the plain reading of the language does, whatever the store and whatever the predicate."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spanglass.engines.sqlite import SqliteEngine, search
from spanglass.engines.sqlite.choice import Choice
from spanglass.engines.sqlite.emitter import Emitter
from spanglass.entities import Batch
from spanglass.filters.algebra import Not, Predicate, Query
from spanglass.store import Store
from tests.engines import strategies
from tests.oracle.evaluate import OracleTrace, search_spans
from tests.oracle.evaluate import search as oracle_search

relaxed = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@contextmanager
def stored(batch: Batch) -> Iterator[tuple[SqliteEngine, list[OracleTrace]]]:
    with tempfile.TemporaryDirectory() as folder, Store(f"{folder}/s.db", synchronous="OFF") as store:
        store.write(deepcopy(batch))
        ids = [facts.trace_id for facts in batch.traces]
        yield SqliteEngine(store), [OracleTrace(trace.info, trace.data.spans) for trace in store.traces(ids)]


class _Probing(Choice):
    """Asks every trace, whatever the counts say."""

    def as_set(self, where: Predicate) -> bool:
        return False

    def few_posted(self, scope: str, key: str, wanted: object) -> bool:
        return False


def asked_of_each(engine: SqliteEngine, where: Predicate) -> set[str]:
    connection = engine.store.connection
    emitter = Emitter(_Probing(connection, "page", 1))
    condition = emitter.predicate(where, search.TRACE)
    statement = emitter.statement(f"SELECT t.trace_id FROM trace t WHERE {condition}")
    return {row[0] for row in search.run(connection, statement)}


def found(engine: SqliteEngine, query: Query) -> set[str]:
    return {row[0] for row in engine.search(query).ids}


@relaxed
@given(strategies.batches(), st.lists(strategies.predicates(("trace",), 2), min_size=1, max_size=8))
def test_traces_are_those_of_the_plain_reading(batch: Batch, wheres: list[Predicate]) -> None:
    with stored(batch) as (engine, traces):
        for where in wheres:
            expected = oracle_search(Query(where), traces)
            assert found(engine, Query(where)) == expected
            assert asked_of_each(engine, where) == expected
            assert engine.count(Query(where)) == len(expected)
            everything = {trace.info.trace_id for trace in traces}
            assert found(engine, Query(Not(where))) == everything - expected


@relaxed
@given(strategies.batches(), st.lists(strategies.predicates(("trace", "span"), 2), min_size=1, max_size=8))
def test_spans_are_those_of_the_plain_reading(batch: Batch, wheres: list[Predicate]) -> None:
    with stored(batch) as (engine, traces):
        for where in wheres:
            query = Query(strategies.a.Always(True), rows="spans", spans=where)
            expected = search_spans(query, traces)
            assert set(engine.search(query).ids) == expected
            assert engine.count(query) == len(expected)
