"""The ``spans`` cell of a frame: a list that is read from the store when it is first touched."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, overload

from spanglass.entities import Span, Trace


class SpanList(Sequence[Any]):
    """The spans of one trace in preorder, as a list that costs nothing until it is looked into.

    A frame of 100,000 traces holds 100,000 of these and no span. ``shape`` says what an entry is: the span
    itself, or what ``shape(span)`` makes of it.

    >>> from spanglass.entities import TraceData, TraceInfo
    >>> spans = SpanList(Trace(TraceInfo("t1"), TraceData([Span("t1", "s1", "search")])))
    >>> len(spans), spans[0].name
    (1, 'search')
    """

    __slots__ = ("_list", "_shape", "_trace")

    def __init__(self, trace: Trace, shape: Callable[[Span], Any] | None = None) -> None:
        self._trace = trace
        self._shape = shape
        self._list: list[Any] | None = None

    def _read(self) -> list[Any]:
        if self._list is None:
            spans = self._trace.data.spans
            self._list = spans if self._shape is None else [self._shape(span) for span in spans]
        return self._list

    def __len__(self) -> int:
        return len(self._read())

    @overload
    def __getitem__(self, index: int) -> Any: ...
    @overload
    def __getitem__(self, index: slice) -> list[Any]: ...
    def __getitem__(self, index: int | slice) -> Any:
        return self._read()[index]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._read())

    def __eq__(self, other: object) -> bool:
        if isinstance(other, SpanList):
            return self._read() == other._read()
        return self._read() == other if isinstance(other, list) else NotImplemented

    __hash__ = None  # type: ignore[assignment]  # like a list

    def __repr__(self) -> str:
        return repr(self._read())
