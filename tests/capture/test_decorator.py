"""@trace: what is recorded of a call, and that the function behaves as before."""

from __future__ import annotations

import asyncio
import functools
import inspect
import warnings
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

import spanglass as sg
from spanglass.store import Store
from tests.capture.conftest import all_traces, the_span, the_trace


def test_a_call_is_a_trace_with_inputs_and_outputs(store: Store) -> None:
    @sg.trace(span_type=sg.SpanType.TOOL, attributes={"time": "morning"})
    def morning_greeting(name: str) -> str:
        return f"Good morning {name}."

    assert morning_greeting("Tom") == "Good morning Tom."
    trace = the_trace(store)
    assert (trace.info.name, trace.info.status) == ("morning_greeting", "OK")
    assert trace.info.request == {"name": "Tom"}
    assert trace.info.response == "Good morning Tom."
    span = trace.data.spans[0]
    assert span.span_type == "TOOL"
    assert span.attributes == {"time": "morning"}
    assert (span.inputs, span.outputs, span.status) == ({"name": "Tom"}, "Good morning Tom.", "OK")
    assert span.end_time_ns is not None
    assert len(span.trace_id) == 32
    assert len(span.span_id) == 16


def test_options_are_optional_and_the_name_can_be_given(store: Store) -> None:
    @sg.trace
    def bare() -> None: ...

    @sg.trace(name="called otherwise", span_type="MY_OWN")
    def named() -> None: ...

    bare()
    named()
    spans = [trace.data.spans[0] for trace in all_traces(store)]
    assert [(span.name, span.span_type) for span in spans] == [("bare", "UNKNOWN"), ("called otherwise", "MY_OWN")]


def test_the_signature_and_the_doc_are_kept() -> None:
    def greet(name: str, *, loud: bool = False) -> str:
        """Says hello."""
        return name

    traced = sg.trace(greet)
    assert inspect.signature(traced) == inspect.signature(greet)
    assert (traced.__name__, traced.__doc__) == ("greet", "Says hello.")
    assert traced.__wrapped__ is greet  # type: ignore[attr-defined]


def test_inputs_are_the_bound_arguments_with_defaults(store: Store) -> None:
    @sg.trace
    def search(query: str, /, *rest: int, limit: int = 10, sure: bool, **more: Any) -> None: ...

    search("spans", 1, 2, sure=True, tag="x", query="a keyword")
    span = the_span(store)
    assert span.inputs == {
        "query": "spans",
        "rest": [1, 2],
        "limit": 10,
        "sure": True,
        "more": {"tag": "x", "query": "a keyword"},
    }


def test_self_and_cls_are_left_out_in_methods_of_every_kind_and_order(store: Store) -> None:
    class Greeter:
        @sg.trace
        def method(self, a: int) -> int:
            return a

        @sg.trace
        @classmethod
        def outside(cls, a: int) -> str:
            return cls.__name__

        @classmethod
        @sg.trace
        def inside(cls, a: int) -> str:
            return cls.__name__

        @sg.trace
        @staticmethod
        def static_outside(a: int) -> int:
            return a

        @staticmethod
        @sg.trace
        def static_inside(a: int) -> int:
            return a

        @sg.trace
        def __call__(self, a: int) -> int:
            return a

    class Child(Greeter): ...

    child = Child()
    assert child.method(1) == 1
    assert Child.outside(1) == "Child"
    assert child.inside(1) == "Child"
    assert Child.static_outside(1) == 1
    assert child.static_inside(1) == 1
    assert child(1) == 1
    traces = all_traces(store)
    assert len(traces) == 6
    assert all(trace.info.request == {"a": 1} for trace in traces)


def test_partials_and_callable_objects(store: Store) -> None:
    def add(a: int, b: int) -> int:
        return a + b

    async def add_later(a: int, b: int) -> int:
        return a + b

    class Adder:
        def __call__(self, a: int, b: int) -> int:
            return a + b

    class LateAdder:
        async def __call__(self, a: int, b: int) -> int:
            return a + b

    assert sg.trace(functools.partial(add, 1))(2) == 3
    assert sg.trace(Adder())(1, 2) == 3
    assert asyncio.run(sg.trace(functools.partial(add_later, 1))(2)) == 3
    assert asyncio.run(sg.trace(LateAdder())(1, 2)) == 3
    assert [trace.info.response for trace in all_traces(store)] == [3, 3, 3, 3]


def test_what_is_no_function_is_refused() -> None:
    with pytest.raises(TypeError, match="not the class Thing"):

        @sg.trace
        class Thing: ...

    with pytest.raises(TypeError, match=r"not 'my name'; options go by name"):
        sg.trace("my name")  # type: ignore[call-overload]


def test_an_exception_marks_span_and_trace_and_goes_on_its_way(store: Store) -> None:
    nope = ValueError("nope")

    @sg.trace
    def fail() -> None:
        raise nope

    with pytest.raises(ValueError) as caught:
        fail()
    assert caught.value is nope
    trace = the_trace(store)
    assert trace.info.status == "ERROR"
    span = trace.data.spans[0]
    assert (span.status, span.status_message) == ("ERROR", "ValueError: nope")
    assert span.outputs is None
    (event,) = span.events
    assert event.name == "exception"
    assert event.attributes["exception.type"] == "ValueError"
    assert event.attributes["exception.message"] == "nope"
    assert "raise nope" in event.attributes["exception.stacktrace"]


def test_an_exception_that_is_caught_inside_leaves_the_trace_fine(store: Store) -> None:
    @sg.trace
    def fail() -> None:
        raise ValueError("nope")

    @sg.trace
    def careful() -> str:
        try:
            fail()
        except ValueError:
            return "anyway"
        return "?"

    assert careful() == "anyway"
    trace = the_trace(store)
    assert trace.info.status == "OK"
    assert [(span.name, span.status) for span in trace.data.spans] == [("careful", "OK"), ("fail", "ERROR")]
    assert trace.info.error_count == 1


@pytest.mark.parametrize("kind", [SystemExit, KeyboardInterrupt])
def test_leaving_python_is_recorded_and_not_held_up(store: Store, kind: type[BaseException]) -> None:
    @sg.trace
    def leave() -> None:
        raise kind

    with pytest.raises(kind):
        leave()
    assert the_span(store).status_message == kind.__name__


def test_a_call_that_does_not_fit_raises_its_own_error(store: Store) -> None:
    @sg.trace
    def greet(name: str) -> str:
        return name

    with pytest.raises(TypeError, match="missing 1 required positional argument: 'name'"):
        greet()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="takes 1 positional argument but 2 were given"):
        greet("a", "b")  # type: ignore[call-arg]
    assert [trace.info.status for trace in all_traces(store)] == ["ERROR", "ERROR"]


def test_nested_calls_are_one_tree(store: Store) -> None:
    @sg.trace
    def leaf(n: int) -> int:
        return n

    @sg.trace
    def branch() -> list[int]:
        return [leaf(1), leaf(2)]

    @sg.trace
    def root() -> list[int]:
        return branch()

    root()
    spans = the_trace(store).data.spans
    by_id = {span.span_id: span for span in spans}
    assert [(span.name, by_id[span.parent_id].name if span.parent_id else None) for span in spans] == [
        ("root", None),
        ("branch", "root"),
        ("leaf", "branch"),
        ("leaf", "branch"),
    ]


def test_recursion(store: Store) -> None:
    @sg.trace
    def down(n: int) -> int:
        return 0 if n == 0 else 1 + down(n - 1)

    assert down(50) == 50
    trace = the_trace(store)
    assert trace.info.span_count == 51
    assert [span.inputs["n"] for span in trace.data.spans] == list(range(50, -1, -1))


def test_recursion_without_end_raises_as_it_would_have(store: Store) -> None:
    @sg.trace
    def down(n: int) -> int:
        return down(n + 1)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the last span before the limit may have to be given up
        with pytest.raises(RecursionError):
            down(0)

    @sg.trace
    def after() -> None: ...

    after()
    assert all_traces(store)[-1].info.name == "after"


class TestCoroutines:
    def test_output_and_error(self, store: Store) -> None:
        @sg.trace
        async def answer(question: str) -> str:
            await asyncio.sleep(0)
            if not question:
                raise ValueError("nope")
            return "42"

        assert asyncio.run(answer("why")) == "42"
        with pytest.raises(ValueError, match="nope"):
            asyncio.run(answer(""))
        assert inspect.iscoroutinefunction(answer)
        good, bad = all_traces(store)
        assert (good.info.request, good.info.response, good.info.status) == ({"question": "why"}, "42", "OK")
        assert (bad.info.status, bad.data.spans[0].status_message) == ("ERROR", "ValueError: nope")

    def test_tasks_nest_in_the_span_that_began_them(self, store: Store) -> None:
        @sg.trace
        async def part(n: int) -> int:
            await asyncio.sleep(0.001 * (3 - n))
            return await inner(n)

        @sg.trace
        async def inner(n: int) -> int:
            await asyncio.sleep(0)
            return n

        @sg.trace
        async def whole() -> list[int]:
            return await asyncio.gather(part(0), part(1), part(2))

        assert asyncio.run(whole()) == [0, 1, 2]
        spans = the_trace(store).data.spans
        by_id = {span.span_id: span for span in spans}
        assert len(spans) == 7
        for span in spans:
            if span.name == "part":
                assert by_id[span.parent_id or ""].name == "whole"
            if span.name == "inner":
                parent = by_id[span.parent_id or ""]
                assert (parent.name, parent.inputs) == ("part", span.inputs)

    def test_a_cancelled_task(self, store: Store) -> None:
        @sg.trace
        async def wait() -> None:
            await asyncio.sleep(60)

        async def main() -> None:
            task = asyncio.create_task(wait())
            await asyncio.sleep(0.01)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

        asyncio.run(main())
        span = the_span(store)
        assert (span.status, span.status_message) == ("ERROR", "CancelledError")


class TestGenerators:
    def test_outputs_are_the_list_of_items(self, store: Store) -> None:
        @sg.trace
        def count(n: int) -> Iterator[int]:
            yield from range(n)

        assert list(count(3)) == [0, 1, 2]
        span = the_span(store)
        assert (span.inputs, span.outputs, span.status) == ({"n": 3}, [0, 1, 2], "OK")

    def test_items_are_copied_when_they_come(self, store: Store) -> None:
        @sg.trace
        def growing() -> Iterator[list[int]]:
            items: list[int] = []
            for n in range(3):
                items.append(n)
                yield items

        for items in growing():
            assert items
        assert the_span(store).outputs == [[0], [0, 1], [0, 1, 2]]

    def test_a_reducer_gets_the_items_themselves(self, store: Store) -> None:
        seen: list[object] = []

        def joined(items: list[str]) -> str:
            seen.extend(items)
            return "".join(items)

        chunks = ["Good ", "morning"]

        @sg.trace(output_reducer=joined)
        def stream() -> Iterator[str]:
            yield from chunks

        assert list(stream()) == chunks
        assert the_span(store).outputs == "Good morning"
        assert all(got is given for got, given in zip(seen, chunks, strict=True))

    def test_a_reducer_that_fails_leaves_the_items(self, store: Store) -> None:
        @sg.trace(output_reducer=lambda items: 1 / 0)
        def stream() -> Iterator[int]:
            yield 1

        assert list(stream()) == [1]
        span = the_span(store)
        assert (span.outputs, span.status) == ([1], "OK")
        assert span.events[0].attributes == {"error": "ZeroDivisionError: division by zero"}

    def test_one_that_is_closed_early_ends_well(self, store: Store) -> None:
        closed: list[str] = []

        @sg.trace
        def endless() -> Iterator[int]:
            try:
                n = 0
                while True:
                    yield n
                    n += 1
            finally:
                closed.append("yes")

        items = endless()
        assert [next(items), next(items)] == [0, 1]
        items.close()  # type: ignore[attr-defined]
        assert closed == ["yes"]
        span = the_span(store)
        assert (span.outputs, span.status, span.events) == ([0, 1], "OK", [])

    def test_an_error_keeps_what_came_before(self, store: Store) -> None:
        @sg.trace
        def breaking() -> Iterator[int]:
            yield 1
            raise ValueError("nope")

        items = breaking()
        next(items)
        with pytest.raises(ValueError, match="nope"):
            next(items)
        span = the_span(store)
        assert (span.outputs, span.status, span.status_message) == ([1], "ERROR", "ValueError: nope")

    def test_send_throw_and_return_work_as_before(self, store: Store) -> None:
        @sg.trace
        def echo() -> Any:
            got = yield "ready"
            try:
                yield f"got {got}"
            except KeyError:
                yield "caught"
            return "done"

        def delegate() -> Any:
            returned = yield from echo()
            yield f"returned {returned}"

        items = delegate()
        assert next(items) == "ready"
        assert items.send("x") == "got x"
        assert items.throw(KeyError("k")) == "caught"
        assert next(items) == "returned done"
        assert the_span(store).outputs == ["ready", "got x", "caught"]

    def test_the_body_is_inside_the_span_and_the_consumer_is_not(self, store: Store) -> None:
        @sg.trace
        def inner() -> None: ...

        @sg.trace
        def outer() -> Iterator[int]:
            inner()
            yield 1
            inner()

        for _ in outer():
            assert sg.get_current_active_span() is None
            with sg.start_span("consumer"):
                pass
        by_name = {trace.info.name: trace for trace in all_traces(store)}
        assert by_name.keys() == {"outer", "consumer"}
        assert [span.name for span in by_name["outer"].data.spans] == ["outer", "inner", "inner"]

    def test_one_that_is_never_asked_leaves_nothing(self, store: Store) -> None:
        @sg.trace
        def never() -> Iterator[int]:
            yield 1

        never()
        assert all_traces(store) == []


class TestAsyncGenerators:
    def test_items_and_nesting(self, store: Store) -> None:
        @sg.trace
        async def inner() -> None: ...

        @sg.trace
        async def stream(n: int) -> AsyncIterator[int]:
            for item in range(n):
                await inner()
                yield item

        async def main() -> list[int]:
            return [item async for item in stream(2)]

        assert asyncio.run(main()) == [0, 1]
        trace = the_trace(store)
        assert (trace.info.request, trace.info.response) == ({"n": 2}, [0, 1])
        assert [span.name for span in trace.data.spans] == ["stream", "inner", "inner"]

    def test_closed_early(self, store: Store) -> None:
        @sg.trace
        async def endless() -> AsyncIterator[int]:
            n = 0
            while True:
                yield n
                n += 1

        async def main() -> None:
            items = endless()
            async for item in items:
                if item == 2:
                    break
            await items.aclose()  # type: ignore[attr-defined]

        asyncio.run(main())
        span = the_span(store)
        assert (span.outputs, span.status) == ([0, 1, 2], "OK")

    def test_send_and_throw(self, store: Store) -> None:
        @sg.trace
        async def echo() -> Any:
            got = yield "ready"
            try:
                yield f"got {got}"
            except KeyError:
                yield "caught"

        async def main() -> list[str]:
            items = echo()
            return [await items.asend(None), await items.asend("x"), await items.athrow(KeyError("k"))]

        assert asyncio.run(main()) == ["ready", "got x", "caught"]

    def test_an_error(self, store: Store) -> None:
        @sg.trace
        async def breaking() -> AsyncIterator[int]:
            yield 1
            raise ValueError("nope")

        async def main() -> None:
            async for _ in breaking():
                pass

        with pytest.raises(ValueError, match="nope"):
            asyncio.run(main())
        span = the_span(store)
        assert (span.outputs, span.status_message) == ([1], "ValueError: nope")
