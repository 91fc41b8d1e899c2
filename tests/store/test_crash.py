"""A process that is killed at any moment loses nothing that it had reported, and leaves a file in order."""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import pytest

from spanglass.entities import Assessment, Batch, Span, TraceFacts
from spanglass.store import Store, writer
from tests.store.building import span
from tests.store.processes import forked

ROUNDS_A_FILE = 5


def spans(trace_id: str, count: int) -> list[Span]:
    """The last ones first: children before their parents."""
    made = [span(trace_id, "0", inputs={"words": f"of {trace_id}"})]
    made += [span(trace_id, str(at), str(at // 2), attributes={"at": at}, start=at) for at in range(1, count)]
    return made[::-1]


def write_for_ever(path: Path, synchronous: str, seed: int, say: Callable[[str], object]) -> None:
    """Everything that changes a file, over and over; what is done is said: a trace and its spans."""
    store = Store(path, synchronous=synchronous)
    with patch.object(writer, "RENUMBER_AT_ONCE", 30):
        for at in itertools.count():
            id = f"{seed}-{at}"
            made = spans(id, 8)
            store.write(Batch(made[:5], [TraceFacts(id, tags={"at": str(at)})]))
            say(f"{id} 5")
            store.write(Batch(made))
            say(f"{id} 8")
            store.write(Batch(spans("grows", 3 * at + 1)[:3]))
            store.log_assessment(Assessment("good", at % 2 == 0, trace_id=id))
            if at % 3 == 0:
                store.write(Batch(spans(f"{id} for a while", 4)))
                store.index_words()
                store.delete_traces([f"{id} for a while"])


@pytest.mark.parametrize("rounds", [20, pytest.param(200, marks=[pytest.mark.long, pytest.mark.timeout(3000)])])
def test_nothing_reported_is_lost_whenever_a_process_is_killed(tmp_path: Path, rounds: int) -> None:
    moments = random.Random(rounds)
    reported: dict[str, int] = {}
    for number in range(rounds):
        if number % ROUNDS_A_FILE == 0:
            reported.clear()
        path = tmp_path / f"{number // ROUNDS_A_FILE}.db"
        synchronous = "FULL" if number % 2 else "NORMAL"
        child = forked(
            lambda say, path=path, synchronous=synchronous, number=number: write_for_ever(  # type: ignore[misc]
                path, synchronous, number, say
            )
        )
        if number % 4:
            child.wait_for_word()  # else it may be killed while it makes the file
        time.sleep(moments.uniform(0, 0.15))
        child.kill()
        for line in child.said():
            id, count = line.split(" ")
            reported[id] = int(count)
        with Store(path) as store:
            infos = {info.trace_id: info.span_count for info in store.trace_infos(list(reported))}
            assert {id: count for id, count in reported.items() if infos.get(id, 0) < count} == {}
            assert store.verify() == []
    assert reported
