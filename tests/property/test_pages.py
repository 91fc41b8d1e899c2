"""Pages of any filter in any order, while traces come and go: what stays appears exactly once, in its place."""

from __future__ import annotations

import pytest

from spanglass.engines.sqlite import SqliteEngine
from spanglass.entities import Batch
from spanglass.filters.algebra import Query
from tests.property.chance import Chance, seeded
from tests.property.filters import TRACE, Filter, Writer
from tests.property.running import PER_STORE, Rows, resolved, stored
from tests.property.stores import Source


def random_query(chance: Chance) -> Query:
    """A condition, an order of one to three keys, or both; of traces or of spans."""
    while True:
        writer = Writer(chance.below)
        kind = chance.one(["condition", "order", "order", "both"])
        condition = "" if kind == "order" else writer.condition(TRACE, chance.one([0, 1]))
        order = (
            ""
            if kind == "condition"
            else f"ORDER BY {', '.join(writer.order_key() for _ in range(chance.one([1, 2, 3])))}"
        )
        query = resolved(Filter(f"{condition} {order}", writer.params), chance.one(["traces", "traces", "spans"]))
        if query is not None:
            return query


class Traffic(Chance):
    """Traces that come and go between two pages."""

    def __init__(self, engine: SqliteEngine, chance: Chance) -> None:
        super().__init__(chance.below)
        batch = Source(chance.below).batch("u")
        self.engine = engine
        self.away = {facts.trace_id: only(batch, facts.trace_id) for facts in batch.traces}
        self.there: dict[str, Batch] = {}

    def move(self) -> None:
        """Some traces come, or go, or come again; where they stand in the order is theirs to say."""
        for _ in range(self.below(3)):
            coming = not self.there or (self.away and self.odds(2))
            side, other = (self.away, self.there) if coming else (self.there, self.away)
            trace_id = self.one(sorted(side))
            other[trace_id] = side.pop(trace_id)
            if coming:
                self.engine.store.write(other[trace_id])
            else:
                self.engine.store.delete_traces([trace_id])


def only(batch: Batch, trace_id: str) -> Batch:
    """One trace of a batch."""
    return Batch(
        [span for span in batch.spans if span.trace_id == trace_id],
        [facts for facts in batch.traces if facts.trace_id == trace_id],
        [one for one in batch.assessments if one.trace_id == trace_id],
    )


def pages(engine: SqliteEngine, query: Query, traffic: Traffic) -> Rows:
    """All rows, a few at a time, with traffic between the pages."""
    rows: Rows = []
    token = None
    while True:
        page = engine.search(query, limit=1 + traffic.below(4), token=token)
        rows += page.ids
        token = page.token
        if token is None:
            return rows
        traffic.move()


@pytest.mark.parametrize("number", range(15))
def test_what_stays_appears_exactly_once_and_in_its_place(number: int) -> None:
    chance = Chance(seeded("pages", number))
    with stored(Source(chance.below).batch()) as (engine, _):
        traffic = Traffic(engine, chance)
        for _ in range(PER_STORE):
            traffic.move()
            query = random_query(chance)
            staying = [row for row in engine.search(query).ids if row[0].startswith("t")]
            seen = pages(engine, query, traffic)
            assert len(set(seen)) == len(seen), query.text
            assert [row for row in seen if row[0].startswith("t")] == staying, query.text
