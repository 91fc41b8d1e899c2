"""Runs many random filters on each of many random stores, and keeps count of what they said and found."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Literal

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from spanglass.engines.sqlite import SqliteEngine
from spanglass.entities import Batch
from spanglass.filters import FilterError, resolve
from spanglass.filters.algebra import Query
from spanglass.store import Store
from tests.oracle.evaluate import OracleTrace, ordered
from tests.property.filters import NOW_MS, Filter, filters
from tests.property.stores import batches, oracle_traces

PER_STORE = 20  # filters that are asked of each store: making the store takes longer than asking


@dataclass
class Tally:
    """How many filters were drawn, refused and asked, what they said, and how many split their store."""

    drawn: int = 0
    refused: int = 0
    pairs: int = 0
    split: int = 0  # neither nothing nor everything was found
    said: Counter[str] = field(default_factory=Counter)


class Difference(AssertionError):
    """An engine and the plain reading disagree."""


@contextmanager
def stored(batch: Batch) -> Iterator[tuple[SqliteEngine, list[OracleTrace]]]:
    """An engine on a store of these traces, and the same traces for the oracle."""
    with tempfile.TemporaryDirectory() as folder, Store(f"{folder}/s.db", synchronous="OFF") as store:
        store.write(deepcopy(batch))
        infos = store.trace_infos([facts.trace_id for facts in batch.traces])
        yield SqliteEngine(store), oracle_traces(batch, infos)


def resolved(filter: Filter, rows: Literal["traces", "spans"] = "traces") -> Query | None:
    """The query that a text means; None if it is refused."""
    try:
        return resolve(filter.text, params=filter.params, now_ms=NOW_MS, zone="UTC", rows=rows)
    except FilterError:
        return None


def compare(engine: SqliteEngine, traces: list[OracleTrace], query: Query) -> list[tuple[str, ...]]:
    """The rows that both find in the same order; raises Difference if they don't."""
    expected = ordered(query, traces)
    found = engine.search(query).ids
    if found != expected:
        raise Difference(f"{query.text}\nin {query.rows} mode finds {found}\nand should find {expected}\n{query}")
    if engine.count(query) != len(expected):
        raise Difference(f"{query.text}\nin {query.rows} mode counts {engine.count(query)}, not {len(expected)}")
    return found


def ask(engine: SqliteEngine, traces: list[OracleTrace], filter: Filter, tally: Tally) -> None:
    """Compare the answers to one filter for traces and for spans, and count."""
    tally.drawn += 1
    query = resolved(filter)
    if query is None:
        tally.refused += 1
        return
    found = compare(engine, traces, query)
    spans = resolved(filter, "spans")
    assert spans is not None
    compare(engine, traces, spans)
    tally.pairs += 1
    tally.split += 0 < len(found) < len(traces)
    tally.said.update(filter.said)


def run(stores: int, chosen: int, *, shrink: bool = True) -> Tally:
    """Ask ``PER_STORE`` filters of each of so many stores; the same ones for the same seed ``chosen``.

    Raises Difference, with the smallest case that was found if ``shrink``.
    """
    tally = Tally()

    @seed(chosen)
    @settings(
        max_examples=stores,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink] if shrink else [Phase.generate],
    )
    @given(batches(), st.lists(filters(), min_size=PER_STORE, max_size=PER_STORE))
    def ask_all(batch: Batch, asked: list[Filter]) -> None:
        with stored(batch) as (engine, traces):
            for one in asked:
                ask(engine, traces, one, tally)

    ask_all()
    return tally
