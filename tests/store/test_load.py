"""Several processes write one file while others read it."""

from __future__ import annotations

import itertools
import random
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from spanglass.entities import Batch, TraceFacts
from spanglass.store import Store, log
from tests.store.building import span
from tests.store.processes import forked

WRITERS, READERS = 4, 2
SHORTENED_FROM = 4_000_000  # bytes of the log; left to SQLite it is six times as much after five seconds
TEXT = "what was asked, and what was answered to it. " * 40


def write_until(end: float, path: Path, number: int, say: Callable[[str], object]) -> None:
    """A trace a transaction, and now and then spans that come late."""
    store = Store(path)
    for at in itertools.count():
        if time.monotonic() > end:
            return
        id = f"{number}-{at}"
        made = [span(id, str(no), str(no // 2) if no else None, inputs={"q": TEXT}, start=no) for no in range(10)]
        store.write(Batch(made[3:], [TraceFacts(id, tags={"writer": str(number)})]))
        say(f"{id} 7")
        if at % 4 == 0:
            store.write(Batch(made))
            say(f"{id} 10")
        if at % 10 == 0:
            store.write(Batch([span("all", f"{number}-{at}", start=at)]))


def read_until(end: float, path: Path, number: int, say: Callable[[str], object]) -> None:
    """What a screen asks: the newest traces, one whole trace. Says how many milliseconds it took."""
    store = Store(path)
    chance = random.Random(number)
    while time.monotonic() < end:
        begun = time.monotonic()
        with store.snapshot() as connection:
            ids = [id for (id,) in connection.execute("SELECT trace_id FROM trace ORDER BY rid DESC LIMIT 50")]
            infos = store.trace_infos(ids)
            assert len(infos) == len(ids)
            if ids:
                id = chance.choice(ids)
                assert len(store.spans(id)) == store.trace_infos([id])[0].span_count
        say(f"{(time.monotonic() - begun) * 1000:.1f}")
        time.sleep(0.01)


def under_load(path: Path, written: Path, seconds: float) -> tuple[list[str], list[float], int]:
    """Write to one file and read another or the same: what was reported, milliseconds of the reads, the largest log."""
    end = time.monotonic() + seconds
    writers = [forked(lambda say, n=n: write_until(end, written, n, say)) for n in range(WRITERS)]  # type: ignore[misc]
    readers = [forked(lambda say, n=n: read_until(end, path, n, say)) for n in range(READERS)]  # type: ignore[misc]
    logs: list[int] = []

    def watch() -> None:
        log = written.with_name(written.name + "-wal")
        while time.monotonic() < end:
            logs.append(log.stat().st_size if log.exists() else 0)
            time.sleep(0.05)

    watching = threading.Thread(target=watch)
    watching.start()
    reported = [line for child in writers for line in child.said()]
    took = [line for child in readers for line in child.said()]
    watching.join()
    assert [child.code for child in [*writers, *readers]] == [0] * (WRITERS + READERS), [*reported, *took][-6:]
    return reported, sorted(map(float, took)), max(logs)


@pytest.mark.parametrize("seconds", [5, pytest.param(60, marks=[pytest.mark.long, pytest.mark.timeout(900)])])
def test_processes_write_and_read_at_once(tmp_path: Path, seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "_BEGIN", SHORTENED_FROM)
    path, other = tmp_path / "s.db", tmp_path / "other.db"
    for each in (path, other):
        with Store(each) as store:
            store.write(Batch([span("all", "first")]))
    lines, took, longest_log = under_load(path, path, seconds)
    reported: dict[str, int] = {}
    for line in lines:
        id, count = line.split(" ")
        reported[id] = max(int(count), reported.get(id, 0))
    with Store(path) as store:
        infos = {info.trace_id: info.span_count for info in store.trace_infos(list(reported))}
        assert infos == reported
        assert store.verify() == []
    # The same work beside the same writers, who write elsewhere: what is longer than that is waiting for them.
    _, alone, _ = under_load(path, other, seconds / 2)
    print(
        f"{len(lines) / seconds:.0f} writes/s; {len(took)} reads, ms: median {middle(took):.1f}, p99 {late(took):.1f},"
        f" longest {took[-1]:.1f}; with writers elsewhere: median {middle(alone):.1f}, p99 {late(alone):.1f},"
        f" longest {alone[-1]:.1f}; log {longest_log / 1e6:.1f} MB"
    )
    assert late(took) <= 3 * late(alone) + 100
    # Where it takes more than a second until nobody reads, it is tried again when there is half as much more.
    assert longest_log <= 3 * SHORTENED_FROM


def middle(values: list[float]) -> float:
    return values[len(values) // 2]


def late(values: list[float]) -> float:
    """The 99th percentile."""
    return values[len(values) * 99 // 100]
