"""The span of a generator: it lasts while the generator does, and is the current one only while its body runs."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Any

from spanglass.capture.live import Block, own
from spanglass.capture.report import said
from spanglass.capture.snapshot import dump, plain
from spanglass.limits import MAX_STREAMED_ITEMS


class Stream:
    """Gathers what a generator gives. As a context manager it stands around each step of the body.

    Items are copied as they come, for they may be changed later; where there is a reducer, they are kept as they
    are, for it to work on.
    """

    def __init__(self, block: Block, reducer: Callable[[list[Any]], Any] | None) -> None:
        self._block = block
        self._reducer = reducer
        self._items: list[Any] = []
        self._more = 0
        self._live = block.start()

    def __enter__(self) -> None:
        self._block.resume()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._block.pause()

    def add(self, item: Any) -> None:
        """The body gave an item."""
        if len(self._items) >= MAX_STREAMED_ITEMS:
            self._more += 1
        else:
            self._items.append(plain(item) if self._reducer is None else item)

    def end(self, error: BaseException | None = None) -> None:
        """The generator has ended: by itself, closed early, or with an error."""
        self._live._span.set_attribute(own.OUTPUTS, dump(self._outputs()))
        self._block.end(None if isinstance(error, GeneratorExit) else error)

    def _outputs(self) -> Any:
        if self._reducer is not None:
            try:
                return plain(self._reducer(self._items))
            except Exception as error:
                self._live.add_event("output_reducer failed", {"error": said(error)})
                self._items = [plain(item) for item in self._items]
        if self._more:
            self._items.append(f"… ({self._more} more items)")
        return self._items
