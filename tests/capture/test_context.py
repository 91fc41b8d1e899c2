"""Blocks recorded by hand, and what is said of the trace that one is in."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from opentelemetry.trace import Status, StatusCode

import spanglass as sg
from spanglass.capture import RecordingWarning
from spanglass.entities import SpanEvent
from spanglass.store import Store
from tests.capture.conftest import all_traces, the_span, the_trace


class TestStartSpan:
    def test_everything_that_can_be_said_of_a_span(self, store: Store) -> None:
        with sg.start_span("search", span_type=sg.SpanType.RETRIEVER, attributes={"k": 1}) as span:
            span.set_inputs({"query": "spans"})
            span.set_outputs(["a document"])
            span.set_attribute("text", "t")
            span.set_attribute("object", {"a": [1, {"b": None}]})
            span.set_attributes({"number": 0.5, "nothing": None, "list": [1, "x"], "big": 2**70})
            span.add_event("seen", {"n": 1, "what": {"a": 1}})
            span.add_event(SpanEvent("then", timestamp_ns=12, attributes={"ok": True}))
            trace_id, span_id = span.trace_id, span.span_id
            assert span.name == "search"
        stored = the_span(store)
        assert (stored.trace_id, stored.span_id) == (trace_id, span_id)
        assert (stored.name, stored.span_type, stored.status) == ("search", "RETRIEVER", "OK")
        assert (stored.inputs, stored.outputs) == ({"query": "spans"}, ["a document"])
        assert stored.attributes == {
            "k": 1,
            "text": "t",
            "object": {"a": [1, {"b": None}]},
            "number": 0.5,
            "nothing": None,
            "list": [1, "x"],
            "big": str(2**70),
        }
        seen, then = stored.events
        assert (seen.name, seen.attributes) == ("seen", {"n": 1, "what": '{"a":1}'})
        assert (then.name, then.timestamp_ns, then.attributes) == ("then", 12, {"ok": True})

    def test_it_nests_with_traced_functions(self, store: Store) -> None:
        @sg.trace
        def inner() -> None: ...

        @sg.trace
        def outer() -> None:
            with sg.start_span("between"):
                inner()

        outer()
        assert [(s.name, d) for s, d in zip(the_trace(store).data.spans, (0, 1, 2), strict=True)] == [
            ("outer", 0),
            ("between", 1),
            ("inner", 2),
        ]
        assert store.skeleton(the_trace(store).trace_id).depth == [0, 1, 2]

    def test_an_exception_leaves_the_block_recorded(self, store: Store) -> None:
        with pytest.raises(ValueError, match="nope"), sg.start_span("search"):
            raise ValueError("nope")
        span = the_span(store)
        assert (span.status, span.status_message) == ("ERROR", "ValueError: nope")
        assert [event.name for event in span.events] == ["exception"]
        assert sg.get_current_active_span() is None

    def test_an_exception_that_was_dealt_with_can_be_recorded(self, store: Store) -> None:
        with sg.start_span("search") as span:
            try:
                raise ValueError("nope")
            except ValueError as error:
                span.record_exception(error)
        stored = the_span(store)
        assert (stored.status, stored.status_message) == ("ERROR", "ValueError: nope")

    @pytest.mark.parametrize(
        ("given", "expected"),
        [
            (("ERROR", "bad"), ("ERROR", "bad")),
            (("error",), ("ERROR", "")),
            (("OK",), ("OK", "")),
            ((StatusCode.ERROR, "bad"), ("ERROR", "bad")),
            ((Status(StatusCode.ERROR, "bad"),), ("ERROR", "bad")),
        ],
    )
    def test_the_status_that_was_set_stays(self, store: Store, given: tuple[Any, ...], expected: Any) -> None:
        with sg.start_span("search") as span:
            span.set_status(*given)
        stored = the_span(store)
        assert (stored.status, stored.status_message) == expected

    def test_a_status_that_there_is_not(self, store: Store) -> None:
        with sg.start_span("search") as span, pytest.warns(RecordingWarning, match="'OK' or 'ERROR', not 'FINE'"):
            span.set_status("fine")
        assert the_span(store).status == "OK"

    def test_nothing_that_is_given_breaks_it(self, store: Store) -> None:
        class Bad:
            def __repr__(self) -> str:
                raise ValueError("nope")

        bad: Any = Bad()
        with sg.start_span(bad, span_type=bad, attributes={bad: bad}) as span:
            span.set_inputs(bad)
            span.set_outputs({bad: bad})
            span.set_attribute(bad, bad)
            span.set_span_type(bad)
            span.add_event(bad, {bad: bad})
            span.record_exception(bad)
            with pytest.warns(RecordingWarning):
                span.set_status(bad)
            with pytest.warns(RecordingWarning):
                span.set_attributes(bad)
            with pytest.warns(RecordingWarning):
                span.add_event("e", bad)
            sg.update_current_trace(tags={bad: bad}, session_id=bad, name=bad)
            span.set_attribute("half", "\ud800")
        assert the_span(store).attributes["half"] == "?"

    def test_an_exception_whose_text_fails(self, store: Store) -> None:
        class Bad(Exception):
            def __str__(self) -> str:
                raise ValueError("nope")

        with pytest.raises(Bad), sg.start_span("search"):
            raise Bad
        assert the_span(store).status_message == "Bad: <Bad: its text failed with ValueError>"


class TestUpdateCurrentTrace:
    def test_what_can_be_said(self, store: Store) -> None:
        @sg.trace
        def greet(name: str) -> None:
            sg.update_current_trace(
                tags={"person": name, "n": 1},
                metadata={"version": "1.2"},
                client_request_id="r-1",
                request_preview="Tom",
                response_preview="…",
                session_id="s-1",
                user="u-1",
                name="greeting",
            )

        greet("Tom")
        info = the_trace(store).info
        assert info.tags == {"person": "Tom", "n": "1"}
        assert info.metadata == {"version": "1.2", "mlflow.trace.session": "s-1", "mlflow.trace.user": "u-1"}
        assert (info.client_request_id, info.session_id, info.user_id) == ("r-1", "s-1", "u-1")
        assert (info.request_preview, info.response_preview, info.name) == ("Tom", "…", "greeting")

    def test_it_speaks_of_the_whole_trace_from_any_depth(self, store: Store) -> None:
        @sg.trace
        def inner() -> None:
            sg.update_current_trace(tags={"from": "inner"}, state="ERROR")

        @sg.trace
        def outer() -> None:
            inner()
            sg.update_current_trace(tags={"and": "outer"})

        outer()
        info = the_trace(store).info
        assert (info.tags, info.status) == ({"from": "inner", "and": "outer"}, "ERROR")

    def test_a_tag_can_be_taken_away_again(self, store: Store) -> None:
        with sg.start_span("s"):
            sg.update_current_trace(tags={"a": "1", "b": "2"})
            sg.update_current_trace(tags={"a": None})
        assert the_trace(store).info.tags == {"b": "2"}

    def test_mlflows_metadata_names_session_and_user(self, store: Store) -> None:
        with sg.start_span("s"):
            sg.update_current_trace(metadata={"mlflow.trace.session": "s-1", "mlflow.trace.user": "u-1"})
        info = the_trace(store).info
        assert (info.session_id, info.user_id) == ("s-1", "u-1")

    def test_what_the_code_says_wins_over_instrumentation(self, store: Store) -> None:
        with sg.start_span("s") as span:
            span.set_attribute("session.id", "from an attribute")
            sg.flush()
            sg.update_current_trace(session_id="said")
            with sg.start_span("t") as inner:
                inner.set_attribute("session.id", "from another")
        assert the_trace(store).info.session_id == "said"

    def test_outside_of_a_trace_it_warns(self, store: Store) -> None:
        with pytest.warns(RecordingWarning, match="outside of a trace") as caught:
            sg.update_current_trace(tags={"a": "b"})
        assert caught[0].filename == __file__
        assert all_traces(store) == []

    def test_a_state_that_there_is_not(self, store: Store) -> None:
        with sg.start_span("s"), pytest.warns(RecordingWarning, match="'OK' or 'ERROR', not 'GREAT'"):
            sg.update_current_trace(state="great")
        assert the_trace(store).info.status == "OK"


class TestWhereOneIs:
    def test_the_current_span(self, store: Store) -> None:
        assert sg.get_current_active_span() is None
        with sg.start_span("outer") as outer:
            with sg.start_span("inner") as inner:
                current = sg.get_current_active_span()
                assert current is not None
                assert current.span_id == inner.span_id
                current.set_attribute("a", {"from": "current"})
                current.set_attribute("b", {"too": 1})
            current = sg.get_current_active_span()
            assert current is not None
            assert current.span_id == outer.span_id
        assert the_trace(store).data.spans[1].attributes == {"a": {"from": "current"}, "b": {"too": 1}}

    def test_the_last_trace(self, store: Store) -> None:
        with sg.start_span("first") as first:
            pass
        assert sg.get_last_active_trace_id() == first.trace_id
        with sg.start_span("second") as second, sg.start_span("child"):
            pass
        assert sg.get_last_active_trace_id() == second.trace_id


class TestThreads:
    def test_a_thread_begins_its_own_trace(self, store: Store) -> None:
        @sg.trace
        def work(n: int) -> int:
            return n

        @sg.trace
        def whole() -> list[int]:
            with ThreadPoolExecutor(4) as pool:
                return list(pool.map(work, range(8)))

        assert whole() == list(range(8))
        traces = all_traces(store)
        assert sorted(trace.info.name for trace in traces) == ["whole"] + ["work"] * 8
        assert all(trace.info.span_count == 1 for trace in traces)

    def test_with_the_context_handed_over_it_is_one_tree(self, store: Store) -> None:
        @sg.trace
        def work(n: int) -> int:
            return n

        @sg.trace
        def whole() -> list[int]:
            with ThreadPoolExecutor(4) as pool:
                jobs = [pool.submit(contextvars.copy_context().run, work, n) for n in range(8)]
                return [job.result() for job in jobs]

        assert whole() == list(range(8))
        spans = the_trace(store).data.spans
        assert {span.parent_id for span in spans[1:]} == {spans[0].span_id}
        assert sorted(span.outputs for span in spans[1:]) == list(range(8))

    def test_many_threads_at_once_do_not_mix(self, store: Store) -> None:
        @sg.trace
        def inner(n: int) -> None:
            sg.update_current_trace(tags={"n": n})

        @sg.trace
        def outer(n: int) -> None:
            inner(n)

        def run(n: int) -> None:
            for _ in range(20):
                outer(n)

        threads = [threading.Thread(target=run, args=(n,)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        traces = all_traces(store)
        assert len(traces) == 160
        for trace in traces:
            n = trace.info.request["n"]
            assert trace.info.tags == {"n": str(n)}
            assert [span.inputs for span in trace.data.spans] == [{"n": n}, {"n": n}]


class TestCapture:
    def test_it_lists_the_traces_that_begin_inside(self, store: Store) -> None:
        with sg.start_span("before"):
            pass
        with sg.capture() as recorded:
            with sg.start_span("one") as one, sg.start_span("child"):
                pass
            with sg.start_span("two") as two:
                pass
        with sg.start_span("after"):
            pass
        assert recorded == [one.trace_id, two.trace_id] == recorded.trace_ids

    def test_blocks_nest(self, store: Store) -> None:
        with sg.capture() as outer:
            with sg.start_span("a") as a:
                pass
            with sg.capture() as inner, sg.start_span("b") as b:
                pass
        assert (outer, inner) == ([a.trace_id, b.trace_id], [b.trace_id])

    def test_each_task_has_its_own(self, store: Store) -> None:
        async def work(n: int) -> tuple[str, list[str]]:
            with sg.capture() as recorded:
                await asyncio.sleep(0.001 * n)
                with sg.start_span("work") as span:
                    await asyncio.sleep(0.001)
            return span.trace_id, recorded

        async def main() -> list[tuple[str, list[str]]]:
            return await asyncio.gather(*map(work, range(4)))

        for trace_id, recorded in asyncio.run(main()):
            assert recorded == [trace_id]

    def test_plain_threads_count_for_the_only_open_one(self, store: Store) -> None:
        @sg.trace
        def work(n: int) -> int:
            return n

        with sg.capture() as recorded, ThreadPoolExecutor(2) as pool:
            list(pool.map(work, range(3)))
        assert sorted(recorded) == sorted(trace.trace_id for trace in all_traces(store))
