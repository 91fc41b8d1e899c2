"""From the queue into the store: nothing lost, nothing held up, trouble said once."""

from __future__ import annotations

import sqlite3
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.sdk.trace import TracerProvider

import spanglass as sg
from spanglass.capture import RecordingWarning, processor
from spanglass.capture import writer as writer_module
from spanglass.capture.queue import BoundedQueue
from spanglass.store import Store, current_store, set_store
from tests.capture.conftest import all_traces, the_trace


@contextmanager
def an_occupied_store(store: Store) -> Iterator[None]:
    """Another program holds the store's write lock."""
    other = sqlite3.connect(store.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


@pytest.fixture
def impatient(store: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A store that does not wait for locks, and a writer that tries again at once."""
    store.on_connect(lambda connection: connection.execute("PRAGMA busy_timeout=20"))
    monkeypatch.setattr(writer_module, "RETRY_S", 0.05)
    return store


def wait_until(done: Any) -> None:
    for _ in range(1_000):
        if done():
            return
        time.sleep(0.01)
    raise AssertionError("it did not come to that within ten seconds")


class TestQueue:
    @given(st.lists(st.integers(0, 100)), st.integers(1, 10))
    def test_what_goes_in_comes_out_in_order_and_is_counted(self, sizes: list[int], most: int) -> None:
        queue: BoundedQueue[int] = BoundedQueue(max_items=10**6, max_bytes=10**6)
        for number, size in enumerate(sizes):
            queue.put(number, size)
        assert (queue.held, queue.held_bytes) == (len(sizes), sum(sizes))
        out = []
        while taken := queue.take(most):
            assert len(taken) <= most
            out += taken
            queue.release(len(taken), sum(size for _, size in taken))
        assert out == list(enumerate(sizes))
        assert (queue.held, queue.held_bytes, len(queue)) == (0, 0, 0)

    def test_it_is_full_by_number_or_by_size_until_released(self) -> None:
        queue: BoundedQueue[str] = BoundedQueue(max_items=3, max_bytes=100)
        queue.put("a", 100)
        assert queue.full
        queue.take(1)
        assert queue.full
        queue.release(1, 100)
        assert not queue.full
        for name in "abc":
            queue.put(name, 0)
        assert queue.full
        assert not queue.wait_for_room(0.001)


def test_a_search_sees_what_was_recorded_just_before(store: Store) -> None:
    for n in range(5):
        with sg.start_span(f"s{n}") as span:
            pass
        (found,) = store.traces([span.trace_id])
        assert found.info.name == f"s{n}"


def test_the_writer_writes_by_itself(store: Store) -> None:
    with sg.start_span("s"):
        pass
    other = sqlite3.connect(store.path)
    wait_until(lambda: other.execute("SELECT count(*) FROM span").fetchone() == (1,))
    other.close()


def test_a_burst_of_spans_loses_none(store: Store) -> None:
    def burst() -> None:
        with sg.start_span("burst"):
            for n in range(12_499):
                with sg.start_span("s", attributes={"n": n}):
                    pass

    threads = [threading.Thread(target=burst) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sg.flush(300)
    assert store.connection.execute("SELECT count(*) FROM span").fetchone() == (50_000,)
    assert sorted(trace.info.span_count for trace in all_traces(store)) == [12_500] * 4


def test_a_full_queue_makes_the_recording_code_wait(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    queue = processor().writer._queue
    monkeypatch.setattr(queue, "max_items", 10)
    held = []
    with sg.start_span("root"):
        for _ in range(300):
            with sg.start_span("s"):
                pass
            held.append(queue.held)
    assert max(held) <= 10
    assert the_trace(store).info.span_count == 301


class TestRunning:
    def test_a_trace_can_be_seen_while_it_is_recorded(self, store: Store) -> None:
        @sg.trace
        def outer(name: str) -> None:
            with sg.start_span("inner", span_type="LLM") as inner:
                inner.set_inputs("so far")
                trace = the_trace(store)
                assert (trace.info.name, trace.info.status) == ("outer", "IN_PROGRESS")
                assert trace.info.execution_time_ms is None
                assert trace.info.request == {"name": "Tom"}
                assert [(s.name, s.end_time_ns) for s in trace.data.spans] == [("outer", None), ("inner", None)]
                assert trace.data.spans[1].inputs == "so far"

        outer("Tom")
        trace = the_trace(store)
        assert trace.info.status == "OK"
        assert trace.info.execution_time_ms is not None
        assert [span.status for span in trace.data.spans] == ["OK", "OK"]
        assert store.verify() == []

    def test_it_is_shown_without_anybody_asking(self, store: Store) -> None:
        other = sqlite3.connect(store.path)
        with sg.start_span("long"):
            wait_until(lambda: other.execute("SELECT status FROM trace").fetchall() == [("IN_PROGRESS",)])
            with sg.start_span("child"):
                wait_until(lambda: other.execute("SELECT count(*) FROM span").fetchone() == (2,))
        other.close()

    def test_a_short_span_is_written_once(self, store: Store) -> None:
        store.connection.executescript(
            "CREATE TABLE changes(sid); CREATE TRIGGER t AFTER UPDATE OF end_ns ON span"
            " BEGIN INSERT INTO changes VALUES (NEW.sid); END"
        )
        for _ in range(3):
            with sg.start_span("s"), sg.start_span("t"):
                pass
            sg.flush()
        assert store.connection.execute("SELECT count(*) FROM span").fetchone() == (6,)
        assert store.connection.execute("SELECT count(*) FROM changes").fetchone() == (0,)


class TestTrouble:
    def test_a_locked_store_is_said_once_and_nothing_is_lost(self, impatient: Store) -> None:
        @sg.trace
        def work(n: int) -> int:
            return n

        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            with an_occupied_store(impatient):
                for n in range(20):
                    assert work(n) == n
                    assert not sg.flush()
            assert sg.flush()
        assert [warning.category for warning in caught] == [RecordingWarning]
        assert str(impatient.path) in str(caught[0].message)
        assert "kept in memory" in str(caught[0].message)
        assert len(all_traces(impatient)) == 20

    def test_it_is_tried_again_by_itself(self, impatient: Store) -> None:
        with sg.start_span("s"):
            pass
        with an_occupied_store(impatient), pytest.warns(RecordingWarning, match="could not be written"):
            assert not sg.flush()
        other = sqlite3.connect(impatient.path)
        wait_until(lambda: other.execute("SELECT count(*) FROM span").fetchone() == (1,))
        other.close()

    def test_beyond_the_bound_the_newest_are_lost_and_counted(
        self, impatient: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(processor().writer._queue, "max_items", 10)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            with an_occupied_store(impatient):
                for n in range(25):
                    with sg.start_span(f"s{n}"):
                        pass
            assert sg.flush()
        assert [trace.info.name for trace in all_traces(impatient)] == [f"s{n}" for n in range(10)]
        first, second, third = (str(warning.message) for warning in caught)
        assert "kept in memory and tried again" in first
        assert "being lost" in second
        assert third == "writing works again; 15 spans were lost while it did not"

    def test_where_warnings_are_errors_the_code_goes_on(
        self, impatient: Store, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with warnings.catch_warnings(), an_occupied_store(impatient):
            warnings.simplefilter("error")
            with sg.start_span("s"):
                pass
            assert not sg.flush()
        assert "could not be written" in capsys.readouterr().err

    def test_a_store_that_cannot_be_opened(self, tmp_path: Path, store: Store) -> None:
        set_store(tmp_path / "later" / "traces.db")

        @sg.trace
        def work() -> str:
            return "done"

        with pytest.warns(RecordingWarning, match="there is no folder"):
            assert work() == "done"
        with pytest.warns(RecordingWarning, match="could not be written"):
            assert not sg.flush()
        (tmp_path / "later").mkdir()
        assert sg.flush()
        with current_store() as made:
            assert the_trace(made).info.response == "done"

    def test_one_bad_span_does_not_take_the_others_with_it(self, store: Store) -> None:
        store.connection.execute(
            "CREATE TRIGGER t BEFORE INSERT ON symbol WHEN NEW.text = 'bad'"
            " BEGIN SELECT RAISE(ABORT, 'not that one'); END"
        )
        with sg.start_span("good"):
            with sg.start_span("bad"):
                pass
            with sg.start_span("good too"):
                pass
        with pytest.warns(RecordingWarning, match="the span 'bad' could not be written and is lost: .*not that one"):
            assert sg.flush()
        assert [span.name for span in the_trace(store).data.spans] == ["good", "good too"]

    def test_a_closed_store_is_opened_again(self, tmp_path: Path, store: Store) -> None:
        with Store(tmp_path / "other.db") as other:
            set_store(other)
            with sg.start_span("s"):
                pass
        assert sg.flush()
        with Store(tmp_path / "other.db") as again:
            assert the_trace(again).info.name == "s"

    def test_a_span_ended_by_the_garbage_collector_during_a_write_does_not_wait_for_itself(
        self, store: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(processor().writer._queue, "max_items", 2)

        @sg.trace
        def stream() -> Any:
            yield 1
            yield 2

        pending = [stream()]
        next(pending[0])
        with sg.start_span("a"):
            pass
        store.on_connect(lambda connection: connection.set_trace_callback(lambda statement: pending.clear()))
        sg.flush()
        assert pending == []
        assert sg.flush()
        assert sorted(trace.info.name for trace in all_traces(store)) == ["a", "stream"]


class TestWhereTracesGo:
    def test_the_store_at_the_start_of_the_trace_counts(self, tmp_path: Path, store: Store) -> None:
        with Store(tmp_path / "other.db") as other:
            with sg.start_span("first"):
                set_store(other)
                with sg.start_span("child"):
                    pass
            with sg.start_span("second"):
                pass
            assert [trace.info.name for trace in all_traces(store)] == ["first"]
            assert the_trace(store).info.span_count == 2
            assert [trace.info.name for trace in all_traces(other)] == ["second"]

    def test_late_spans_go_where_their_trace_went(self, tmp_path: Path, store: Store) -> None:
        from opentelemetry import context, trace

        with Store(tmp_path / "other.db") as other:
            with sg.start_span("first"):
                here = context.get_current()
            sg.flush()
            set_store(other)
            token = context.attach(here)
            assert trace.get_current_span().get_span_context().is_valid
            with sg.start_span("late"):
                pass
            context.detach(token)
            assert [span.name for span in the_trace(store).data.spans] == ["first", "late"]
            assert all_traces(other) == []


def test_recording_a_span_costs_little_more_than_opentelemetry_alone(store: Store) -> None:
    """A coarse guard, far above what is measured: something slow has not crept onto the recorded thread.

    They take turns and the quickest turns are compared, so that whatever else the machine does meets neither alone.
    """
    attributes = {f"key{n}": "value" for n in range(6)}
    tracer = TracerProvider().get_tracer("bare")

    @sg.trace(attributes=attributes)
    def work(a: int, b: str) -> str:
        return b

    def recorded() -> None:
        with sg.start_span("root"):
            for n in range(50):
                work(n, "text")

    def bare() -> None:
        with tracer.start_as_current_span("root"):
            for n in range(50):
                with tracer.start_as_current_span("work", attributes=attributes) as span:
                    span.set_attribute("inputs", str(n))
                    span.set_attribute("outputs", "text")

    quickest = dict.fromkeys([recorded, bare], float("inf"))
    for _ in range(40):
        for record in quickest:
            before = time.thread_time()
            record()
            quickest[record] = min(quickest[record], time.thread_time() - before)
    assert quickest[recorded] < 6 * quickest[bare]
