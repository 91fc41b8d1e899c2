"""Asks an engine and the plain reading the same of random stores, and keeps count of what was said and found."""

from __future__ import annotations

import itertools
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Literal

from spanglass.engines.sqlite import SqliteEngine, search
from spanglass.entities import Batch
from spanglass.filters import FilterError, resolve
from spanglass.filters.algebra import Query
from spanglass.store import Store
from tests.oracle.evaluate import OracleTrace, ordered
from tests.property.chance import seeded
from tests.property.filters import NOW_MS, Filter, Writer
from tests.property.stores import Source, oracle_traces

PER_STORE = 20  # filters that are asked of each store: making the store takes longer than asking
CANDIDATES = 16  # filters of which one is asked: so many that what is seldom said is said often enough

Rows = list[tuple[str, ...]]


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


def queries(filter: Filter) -> list[Query]:
    """What a text that is not refused means for traces, and for spans."""
    return [query for query in (resolved(filter), resolved(filter, "spans")) if query is not None]


def compare(engine: SqliteEngine, query: Query, expected: Rows) -> None:
    """Raise Difference unless the engine finds just these rows, in this order, in each of its ways."""
    found = engine.search(query).ids
    if found != expected:
        raise Difference(f"finds {found}\nand should find {expected}\nfor {query}")
    if engine.count(query) != len(expected):
        raise Difference(f"counts {engine.count(query)}, not {len(expected)}\nfor {query}")
    if query.limit is None and asked_one_by_one(engine, query) != sorted(expected):
        raise Difference(f"asked one by one finds {asked_one_by_one(engine, query)}\nnot {expected}\nfor {query}")


def asked_one_by_one(engine: SqliteEngine, query: Query) -> Rows:
    """The rows as a large store would find them, where matches are too many to be listed first."""
    connection = engine.store.connection
    emitter = search.emitter_for(connection, "page", page=0)
    found, _ = search.source(emitter, query)
    row = "t.trace_id" if query.rows == "traces" else "t.trace_id, s.span_id"
    return sorted(search.run(connection, emitter.statement(f"SELECT {row} {found}")))


def agree(engine: SqliteEngine, traces: list[OracleTrace], filter: Filter) -> Rows:
    """The traces that one filter finds; raises Difference if not just these, or not just their spans, are found."""
    answers = [(query, ordered(query, traces)) for query in queries(filter)]
    for query, expected in answers:
        compare(engine, query, expected)
    return answers[0][1]


def random_filters(chosen: int, number: int, traces: list[OracleTrace], tally: Tally) -> Iterator[Filter]:
    """Filters for one store: of some, each time one that says what was said least so far, and tells traces apart."""
    below = seeded(chosen, "filters", number)
    for _ in range(PER_STORE):
        some = [Writer(below).query() for _ in range(CANDIDATES)]
        sound = [one for one in some if resolved(one) is not None]
        tally.drawn += len(some)
        tally.refused += len(some) - len(sound)
        rarest = sorted(sound, key=lambda one: min(tally.said[name] for name in one.said))[:3]
        if rarest:
            best = next((one for one in rarest if splits(one, traces)), rarest[0])
            tally.said.update(best.said)
            yield best


def splits(filter: Filter, traces: list[OracleTrace]) -> bool:
    """Whether the filter holds for some of the traces and not for others."""
    query = resolved(filter)
    return query is not None and 0 < len(ordered(query, traces)) < len(traces)


def run(pairs: int, chosen: int) -> Tally:
    """Compare on at least so many pairs of filter and store, the same ones for the same seed ``chosen``.

    Raises Difference with the filter and the smallest such store on which engine and plain reading disagree.
    """
    tally = Tally()
    for number in itertools.count():
        if tally.pairs >= pairs:
            return tally
        batch = Source(seeded(chosen, "store", number)).batch()
        with stored(batch) as (engine, traces):
            for one in random_filters(chosen, number, traces, tally):
                try:
                    found = agree(engine, traces, one)
                except Difference:
                    raise smallest(batch, one) from None
                tally.pairs += 1
                tally.split += 0 < len(found) < len(traces)
    raise AssertionError("never ends")


def smallest(batch: Batch, filter: Filter) -> Difference:
    """The disagreement on a filter, without the traces, spans and assessments that it does not take."""

    def difference(batch: Batch) -> Difference | None:
        with stored(batch) as (engine, traces):
            try:
                agree(engine, traces, filter)
            except Difference as error:
                return error
        return None

    found = difference(batch)
    assert found is not None
    smaller = True
    while smaller:
        smaller = False
        for less in without_one(batch):
            error = difference(less)
            if error is not None:
                batch, found, smaller = less, error, True
                break
    return Difference(f"{filter.text}\nwith {filter.params}\n{found}\nin {batch}")


def without_one(batch: Batch) -> Iterator[Batch]:
    """The same but for one trace, one span or one assessment."""
    for gone in batch.traces:
        yield filtered(batch, lambda one, gone=gone: one.trace_id != gone.trace_id)  # type: ignore[misc]
    for part in [*batch.spans, *batch.assessments]:
        yield filtered(batch, lambda one, part=part: one is not part)  # type: ignore[misc]


def filtered(batch: Batch, stays: Callable[..., bool]) -> Batch:
    return Batch(
        [span for span in batch.spans if stays(span)],
        [facts for facts in batch.traces if stays(facts)],
        [one for one in batch.assessments if stays(one)],
    )
