"""Traces of any size are written with work that grows as they do."""

from __future__ import annotations

import random
import time
from collections.abc import Iterable
from pathlib import Path

import pytest

from spanglass.entities import Batch, Span
from spanglass.store import Store
from tests.store.building import content, span

PIECE = 500
STEPS = 1_000  # of SQLite's machine, between two counts


def tree(size: int) -> list[Span]:
    """Ten children a span, some orphans, a circle, some clocks that run behind those of their parents."""
    made = [span("t", "0", name="root", end=2 * size)]
    for at in range(1, size):
        parent = "gone" if at % 97 == 0 else str(at // 10)
        made.append(
            span(
                "t",
                str(at),
                parent,
                name=f"step {at % 7}",
                start=at - (50 if at % 11 == 0 else 0),
                inputs={"at": at, "of": [{"id": at}]},
                attributes={"kind": at % 3},
                status="ERROR" if at % 13 == 0 else "OK",
                input_tokens=at % 5,
            )
        )
    made[1].parent_id = "11"  # whose parent is 1
    return made


def in_pieces(spans: list[Span], chance: random.Random) -> Iterable[Batch]:
    mixed = chance.sample(spans, len(spans))
    for start in range(0, len(mixed), PIECE):
        yield Batch(mixed[start : start + PIECE] + chance.sample(mixed[: start + 1], min(start, 20)))


def work(path: Path, spans: list[Span]) -> tuple[int, float]:
    """Steps of SQLite's machine and CPU seconds for spans that come in pieces, mixed up, some of them twice."""
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += STEPS
        return 0

    with Store(path) as store:
        store.connection.set_progress_handler(count, STEPS)
        begun = time.thread_time()
        for batch in in_pieces(spans, random.Random(1)):
            store.write(batch)
        store.refresh()
        taken = time.thread_time() - begun
        store.connection.set_progress_handler(None, 0)
        assert len(store.skeleton("t").no) == len(spans)
    return steps, taken


@pytest.mark.parametrize("size", [3_000, pytest.param(10_000, marks=[pytest.mark.long, pytest.mark.timeout(900)])])
def test_a_trace_ten_times_as_big_is_not_much_more_than_ten_times_the_work(tmp_path: Path, size: int) -> None:
    small = work(tmp_path / "small.db", tree(size))
    big = work(tmp_path / "big.db", tree(10 * size))
    print(
        f"{size}: {small}; {10 * size}: {big}; ratio of steps {big[0] / small[0]:.1f}, of CPU {big[1] / small[1]:.1f}"
    )
    assert big[0] <= 15 * small[0]
    assert big[1] <= 50 * small[1]  # the square would be a hundred times as much; the rest is for a busy machine


def test_a_big_trace_in_pieces_ends_as_if_it_had_come_at_once(tmp_path: Path) -> None:
    spans = tree(4_000)
    with Store(tmp_path / "at once.db") as at_once, Store(tmp_path / "in pieces.db") as in_parts:
        at_once.write(Batch(spans))
        for batch in in_pieces(spans, random.Random(2)):
            in_parts.write(batch)
        assert content(in_parts) == content(at_once)
        assert in_parts.verify() == []
