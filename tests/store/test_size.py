"""Very deep, very wide and very slowly growing traces."""

from __future__ import annotations

from unittest.mock import patch

from spanglass.entities import Batch, Span
from spanglass.store import Store, writer
from tests.store.building import content, span


def test_a_chain_of_20_000_spans(store: Store) -> None:
    chain = [span("t1", str(at), str(at - 1) if at else None, start=at) for at in range(20_000)]
    store.write(Batch(chain[::-1]))
    shape = store.skeleton("t1")
    assert shape.depth == list(range(20_000))
    assert set(shape.last) == {19_999}
    assert store.spans("t1") == chain


def test_a_flat_trace_of_100_000_spans(store: Store) -> None:
    flat = [span("t1", "root"), *(span("t1", str(at), "root", start=1 + at) for at in range(99_999))]
    assert store.write(Batch(flat)).new_spans == 100_000
    shape = store.skeleton("t1")
    assert shape.span_id[:3] == ["root", "0", "1"]
    assert (shape.last[0], set(shape.depth[1:])) == (99_999, {1})
    assert store.delete_traces(["t1"]) == 1


def growing(size: int, batch: int) -> list[Batch]:
    """A trace whose spans come a few at a time, each under the one half as far."""
    spans = [span("t1", str(at), str(at // 2) if at else None, start=at, input_tokens=1) for at in range(size)]
    return [Batch(spans[at : at + batch]) for at in range(0, size, batch)]


def test_a_growing_trace_is_numbered_now_and_then_and_when_it_is_read(store: Store) -> None:
    numbered = 0

    def count(nodes: list[Span]) -> object:
        nonlocal numbered
        numbered += len(nodes)
        return number(nodes)

    number = writer.number
    parts = growing(10_000, 100)
    with patch.object(writer, "number", count):
        for part in parts[:-1]:
            store.write(part)
        assert numbered < 100 * 55 + 2 * 10_000  # one by one up to 1,000 spans, then by doubling
        assert store.connection.execute("SELECT count(*) FROM unsettled").fetchone() == (1,)
        assert store.trace_infos(["t1"])[0].tokens == 9_900 / 2  # every other span is a leaf
        assert store.connection.execute("SELECT count(*) FROM unsettled").fetchone() == (0,)
        store.write(parts[-1])
    whole = content(store)
    assert store.verify() == []
    store.delete_traces(["t1"])
    store.write(Batch([one for part in parts for one in part.spans]))
    assert content(store) == whole


def test_a_growing_trace_is_put_in_order_when_the_store_is_closed(store: Store) -> None:
    with Store(store.path) as other:
        for part in growing(1_700, 300):
            other.write(part)
        assert other.connection.execute("SELECT count(*) FROM unsettled").fetchone() == (1,)
    assert store.connection.execute("SELECT count(*) FROM unsettled").fetchone() == (0,)
