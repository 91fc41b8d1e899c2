"""Threads, processes, forks and sudden deaths."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from unittest.mock import patch

import pytest

from spanglass.entities import Batch
from spanglass.store import Store, reading
from spanglass.store.reading import payloads
from spanglass.store.rows import PayloadRow
from tests.store.building import span

OPEN = """
import sys
from spanglass.store import Store
sys.stdin.readline()
with Store(sys.argv[1]) as store:
    store.create_experiment(sys.argv[2])
"""

WRITE = """
import sys
from spanglass.entities import Batch, Span, TraceFacts
from spanglass.store import Store
store = Store(sys.argv[1])
for at in range(100_000):
    id = f"t{at}"
    parents = [None, "0", "1", "1", "3"]
    spans = [Span(id, str(no), "x", parent, attributes={"n": no}, end_time_ns=1) for no, parent in enumerate(parents)]
    store.write(Batch(spans, [TraceFacts(id, tags={"at": str(at)})]))
    print(id, flush=True)
"""

LAST_WORDS = """
import atexit, sys
from spanglass.entities import Batch, Span
atexit.register(lambda: store.write(Batch([Span("t1", "a", "last words", end_time_ns=1)])))
from spanglass.store import Store
store = Store(sys.argv[1])
store.write(Batch([Span("t0", "a", "first words", end_time_ns=1)]))
"""


def start(script: str, *arguments: object) -> subprocess.Popen[str]:
    """A Python of its own that runs this."""
    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_processes_that_open_a_new_file_at_once(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    processes = [start(OPEN, path, name) for name in ("a", "b", "c")]
    for process in processes:
        process.stdin.write("go\n")  # type: ignore[union-attr]
        process.stdin.flush()  # type: ignore[union-attr]
    assert [process.communicate()[1] for process in processes] == ["", "", ""]
    with Store(path) as store:
        assert {one.name for one in store.experiments()} == {"Default", "a", "b", "c"}
        assert store.verify() == []


def test_threads_that_open_a_new_file_at_once(tmp_path: Path) -> None:
    barrier = threading.Barrier(4)

    def open_them(_: int) -> list[int]:
        counts = []
        for at in range(10):
            barrier.wait()
            with Store(tmp_path / f"{at}.db") as store:
                counts.append(len(store.experiments()))
        return counts

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(open_them, range(4))) == [[1] * 10] * 4


def test_four_threads_write_while_one_reads(store: Store) -> None:
    done = threading.Event()

    def write(thread: int) -> None:
        for at in range(50):
            store.write(Batch([span(f"t{thread}-{at}", "a"), span("shared", f"{thread}-{at}", start=at)]))

    def read() -> int:
        reads = 0
        while not done.is_set():
            shape = store.skeleton("shared")
            assert shape.no == list(range(len(shape.no)))
            assert len(store.spans("shared")) >= len(shape.no)
            reads += 1
        return reads

    with ThreadPoolExecutor(5) as pool:
        reader = pool.submit(read)
        writers = [pool.submit(write, thread) for thread in range(4)]
        for writer in writers:
            writer.result()
        done.set()
        assert reader.result() > 0
    assert store.connection.execute("SELECT count(*) FROM trace").fetchone() == (201,)
    assert len(store.spans("shared")) == 200


def test_what_is_read_at_once_is_of_one_moment(store: Store) -> None:
    store.write(Batch([span("t1", "a"), span("t1", "b", "a")]))

    def delete_in_between(connection: sqlite3.Connection, sids: list[int]) -> dict[int, PayloadRow]:
        with ThreadPoolExecutor(1) as pool:
            pool.submit(store.delete_traces, ["t1"]).result()
        return payloads(connection, sids)

    with patch.object(reading, "payloads", delete_in_between):
        assert len(store.spans_of(["t1"])["t1"]) == 2
    assert store.spans_of(["t1"]) == {}


def test_a_killed_process_loses_nothing_that_it_reported(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    process = start(WRITE, path)
    reported = [process.stdout.readline().strip() for _ in range(40)]  # type: ignore[union-attr]
    os.kill(process.pid, signal.SIGKILL)
    reported += process.communicate()[0].split()
    with Store(path) as store:
        infos = store.trace_infos(reported)
        assert len(infos) == len(reported) >= 40
        assert {info.span_count for info in infos} == {5}
        assert store.verify() == []


def test_an_exit_handler_can_still_write(tmp_path: Path) -> None:
    assert start(LAST_WORDS, tmp_path / "s.db").communicate()[1] == ""
    with Store(tmp_path / "s.db") as store:
        assert len(store.trace_infos(["t0", "t1"])) == 2


def in_child(work: Callable[[], None]) -> Callable[[], int]:
    """Run this in a forked child; a function that waits for its exit code."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    return lambda: os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def test_a_forked_child_writes_through_connections_of_its_own(store: Store) -> None:
    store.write(Batch([span("parent", "a")]))
    mine = store.connection

    def work() -> None:
        assert store.connection is not mine
        assert store.spans("parent")
        store.write(Batch([span("child", "a")]))

    assert in_child(work)() == 0
    assert store.connection is mine
    store.write(Batch([span("parent", "b")]))
    assert len(store.trace_infos(["parent", "child"])) == 2


def test_a_child_that_outlives_its_parents_connections_loses_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path / "s.db")
    store.write(Batch([span("parent", "a")]))
    (ready, say_ready), (closed, say_closed) = os.pipe(), os.pipe()

    def work() -> None:
        store.write(Batch([span("child 1", "a")]))
        os.write(say_ready, b"x")
        os.read(closed, 1)
        store.write(Batch([span("child 2", "a")]))

    wait = in_child(work)
    os.read(ready, 1)
    store.close()
    with Store(tmp_path / "s.db") as again:
        again.write(Batch([span("other", "a")]))
        os.write(say_closed, b"x")
        assert wait() == 0
        assert len(again.trace_infos(["parent", "child 1", "child 2", "other"])) == 4
        assert again.verify() == []
    for end in (ready, say_ready, closed, say_closed):
        os.close(end)


def test_a_fork_while_others_write_leaves_neither_side_waiting(store: Store) -> None:
    done = threading.Event()

    def write() -> None:
        at = 0
        while not done.is_set():
            store.write(Batch([span(f"thread {at}", "a")]))
            at += 1

    with ThreadPoolExecutor(1) as pool:
        writer = pool.submit(write)
        codes = [
            in_child(lambda child=child: store.write(Batch([span(f"child {child}", "a")])))()  # type: ignore[misc]
            for child in range(5)
        ]
        done.set()
        writer.result()
    assert codes == [0] * 5
    assert len(store.trace_infos([f"child {child}" for child in range(5)])) == 5


QUERY = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {}) SELECT count(*) FROM n"


@pytest.mark.parametrize("length", [100, 300_000, 10_000_000], ids=["short", "longer", "longer than a fork waits"])
def test_a_fork_while_others_read_leaves_neither_side_waiting(store: Store, length: int) -> None:
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            store.connection.execute(QUERY.format(length)).fetchone()

    with ThreadPoolExecutor(2) as pool:
        readers = [pool.submit(read) for _ in range(2)]
        codes = [
            in_child(lambda child=child: store.write(Batch([span(f"child {child}", "a")])))()  # type: ignore[misc]
            for child in range(1 if length > 1_000_000 else 5)
        ]
        done.set()
        for reader in readers:
            reader.result()
    assert codes == [0] * len(codes)
    assert len(store.trace_infos([f"child {child}" for child in range(len(codes))])) == len(codes)
    assert store.verify() == []
