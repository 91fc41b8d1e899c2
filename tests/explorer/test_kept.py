"""A huge text is read once and then taken from: each of its slices costs what the slice weighs."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from spanglass import limits
from spanglass.engines.base import Cancel
from spanglass.entities import Batch, Span
from spanglass.explorer import traces
from spanglass.explorer.source import Scope, Source
from spanglass.explorer.wire import SliceParams, SpanParams
from spanglass.store import Store

MANY = 20_000_000


def cpu(work: object, rounds: int = 3) -> float:
    """The least CPU time of this thread that a call takes."""
    took = []
    for _ in range(rounds):
        began = time.thread_time()
        work()  # type: ignore[operator]
        took.append(time.thread_time() - began)
    return min(took)


@pytest.mark.parametrize("piece", ["the quick brown fox ", "the quick 🦊 שלום fox "], ids=["ascii", "emoji"])
def test_slices_of_a_huge_text_do_not_read_the_whole_span_each_time(tmp_path: Path, piece: str) -> None:
    text = piece * (MANY // len(piece))
    with Store(tmp_path / "s.db") as store:
        store.write(Batch([Span("t", "s", "heavy", end_time_ns=1, inputs={"text": text})]))
        source = Source(store, "s", Scope())
        length = len(text.encode("utf-16-le")) // 2

        def look() -> None:
            traces.span(source, SpanParams("t", "s"), Cancel())

        def part(at: int) -> str:
            params = SliceParams("t", "s", ("inputs", "text"), at, at + limits.SLICE_CHARS)
            found = traces.slice(source, params, Cancel())
            assert found["length"] == length
            return str(found["value"])

        looking = cpu(look)
        part(0)
        slicing = cpu(lambda: [part(at) for at in range(0, length, length // 10)]) / 11
        assert slicing * 20 < looking
        assert part(length - 40) == text.encode("utf-16-le")[-80:].decode("utf-16-le")


def test_another_span_is_not_mistaken_for_it_and_asked_for_anew_it_is_read_anew(tmp_path: Path) -> None:
    with Store(tmp_path / "s.db") as store:
        store.write(Batch([Span("t", "a", "a", inputs="first"), Span("t", "b", "b", inputs="other")]))
        source = Source(store, "s", Scope())

        def text_of(span_id: str) -> object:
            return traces.slice(source, SliceParams("t", span_id, ("inputs",), 0, 99), Cancel())["value"]

        assert [text_of("a"), text_of("b"), text_of("a")] == ["first", "other", "first"]
        store.write(Batch([Span("t", "a", "a", end_time_ns=5, inputs="second")]))
        traces.span(source, SpanParams("t", "a"), Cancel())
        assert text_of("a") == "second"
