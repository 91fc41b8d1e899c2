"""Recording every call of a function."""

from __future__ import annotations

import functools
import inspect
from collections.abc import AsyncGenerator, Callable, Generator, Mapping
from typing import TYPE_CHECKING, Any, TypeVar, overload

from spanglass.capture.arguments import Arguments
from spanglass.entities import SpanType

if TYPE_CHECKING:
    from spanglass.capture.live import Block

Function = TypeVar("Function", bound=Callable[..., Any])
Reducer = Callable[[list[Any]], Any]


@overload
def trace(func: Function) -> Function: ...


@overload
def trace(
    func: None = None,
    *,
    name: str | None = None,
    span_type: str = SpanType.UNKNOWN,
    attributes: Mapping[str, Any] | None = None,
    output_reducer: Reducer | None = None,
) -> Callable[[Function], Function]: ...


@overload
def trace(
    func: Function,
    *,
    name: str | None = None,
    span_type: str = SpanType.UNKNOWN,
    attributes: Mapping[str, Any] | None = None,
    output_reducer: Reducer | None = None,
) -> Function: ...


def trace(
    func: Any = None,
    *,
    name: str | None = None,
    span_type: str = SpanType.UNKNOWN,
    attributes: Mapping[str, Any] | None = None,
    output_reducer: Reducer | None = None,
) -> Any:
    """Record every call of a function as a span: a child of the span it is called in, else the first of a new trace.

    Takes functions and coroutine functions, generators and async generators, methods, class methods and static
    methods (above or below ``@classmethod``). The function behaves as before.

    Args:
        func: the function; left out where options are given to the decorator.
        name: of the span; the function's name by default.
        span_type: one of ``SpanType``, or any other text.
        attributes: anything to record with every call.
        output_reducer: for generators: makes the span's outputs from the list of items.

    Recorded as inputs are the arguments by name, with defaults, copied when the call begins; as outputs the returned
    value, or the list of what a generator gave. What JSON cannot hold becomes text. An exception marks span and
    trace ERROR ("ValueError: nope"), is recorded as the event ``exception``, and is raised on. A generator's span
    lasts from its first item asked for to its end; one that is closed early ends OK.

    >>> @trace(span_type=SpanType.TOOL, attributes={"time": "morning"})
    ... def morning_greeting(name):
    ...     return f"Good morning {name}."
    >>> morning_greeting.__name__
    'morning_greeting'
    """
    if func is None:
        return lambda function: trace(
            function, name=name, span_type=span_type, attributes=attributes, output_reducer=output_reducer
        )
    if isinstance(func, (classmethod, staticmethod)):
        inner = trace(
            func.__func__, name=name, span_type=span_type, attributes=attributes, output_reducer=output_reducer
        )
        return type(func)(inner)
    if inspect.isclass(func) or not callable(func):
        what = f"the class {func.__name__}" if inspect.isclass(func) else repr(func)
        raise TypeError(f"trace() records functions, not {what}; options go by name: @trace(name=…)")
    return _wrapped(_Traced(func, name, span_type, attributes), func, output_reducer)


class _Traced:
    """What is known of a traced function before it is called."""

    __slots__ = ("_arguments", "_given", "_make", "_name", "_span_type")

    def __init__(
        self, func: Callable[..., Any], name: str | None, span_type: str, attributes: Mapping[str, Any] | None
    ) -> None:
        self._name = str(name or getattr(func, "__name__", None) or type(func).__name__)
        self._arguments = Arguments(func)
        self._span_type = span_type
        self._given = dict(attributes or {})
        self._make: Callable[[dict[str, Any]], Block] | None = None

    def block(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Block:
        """The span of one call, not begun yet."""
        make = self._make
        if make is None:
            make = self._make = self._prepared()
        return make(self._arguments.named(args, kwargs))

    def _prepared(self) -> Callable[[dict[str, Any]], Block]:
        """What makes a block from a call's inputs. OpenTelemetry is imported with the first call, not before."""
        from spanglass.capture.live import Block, first_attributes, snapshot, typed

        name, span_type, attributes = self._name, typed(self._span_type), first_attributes(self._given)
        return lambda inputs: Block(name, span_type, attributes, snapshot(inputs))


def _wrapped(traced: _Traced, func: Callable[..., Any], reducer: Reducer | None) -> Callable[..., Any]:
    called = func if inspect.isroutine(func) or isinstance(func, functools.partial) else func.__call__  # type: ignore[operator]
    wrapper: Callable[..., Any]
    if inspect.isasyncgenfunction(called):

        async def wrapper(*args: Any, **kwargs: Any) -> AsyncGenerator[Any, Any]:
            from spanglass.capture.streams import Stream

            stream = Stream(traced.block(args, kwargs), reducer)
            items = func(*args, **kwargs)
            try:
                step, sent = items.asend, None
                while True:
                    with stream:
                        try:
                            item = await step(sent)
                        except StopAsyncIteration:
                            break
                    stream.add(item)
                    try:
                        step, sent = items.asend, (yield item)
                    except GeneratorExit:
                        with stream:
                            await items.aclose()
                        raise
                    except BaseException as error:  # thrown in by the one who iterates
                        step, sent = items.athrow, error
            except BaseException as error:
                stream.end(error)
                raise
            stream.end()

    elif inspect.isgeneratorfunction(called):

        def wrapper(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
            from spanglass.capture.streams import Stream

            stream = Stream(traced.block(args, kwargs), reducer)
            items = func(*args, **kwargs)
            try:
                step, sent = items.send, None
                while True:
                    with stream:
                        try:
                            item = step(sent)
                        except StopIteration as stop:
                            returned = stop.value
                            break
                    stream.add(item)
                    try:
                        step, sent = items.send, (yield item)
                    except GeneratorExit:
                        with stream:
                            items.close()
                        raise
                    except BaseException as error:  # thrown in by the one who iterates
                        step, sent = items.throw, error
            except BaseException as error:
                stream.end(error)
                raise
            stream.end()
            return returned

    elif inspect.iscoroutinefunction(called):

        async def wrapper(*args: Any, **kwargs: Any) -> Any:
            with traced.block(args, kwargs) as span:
                result = await func(*args, **kwargs)
                span.set_outputs(result)
                return result

    else:

        def wrapper(*args: Any, **kwargs: Any) -> Any:
            with traced.block(args, kwargs) as span:
                result = func(*args, **kwargs)
                span.set_outputs(result)
                return result

    return functools.wraps(func)(wrapper)
