"""Which traces were recorded inside a block."""

from __future__ import annotations

from contextvars import ContextVar, Token
from types import TracebackType


class Captured(list[str]):
    """The ids of the traces that began inside a ``capture()`` block, in that order."""

    @property
    def trace_ids(self) -> list[str]:
        """The same, as a list of its own."""
        return list(self)


_here: ContextVar[tuple[Captured, ...]] = ContextVar("spanglass_captures", default=())
_open: list[Captured] = []


def note(trace_id: str) -> None:
    """A trace begins here: write it down wherever it counts.

    Captures come with the context. A thread that was started without one counts for the only capture that is open;
    with several open, nobody could say for which.
    """
    listening = _here.get() or (tuple(_open) if len(_open) == 1 else ())
    for captured in listening:
        captured.append(trace_id)


class capture:  # used as a word: `with capture() as recorded:`
    """Record whatever OpenTelemetry instruments, and list the traces that begin inside the block.

    Called without ``with``, it sees to it that instrumented libraries are recorded from now on, which also the
    first ``trace`` or ``start_span`` does. Blocks nest: a trace counts for all of those around it.

    >>> from spanglass.capture import start_span
    >>> with capture() as recorded:
    ...     with start_span("greet"):
    ...         pass
    >>> len(recorded.trace_ids)
    1
    """

    def __init__(self) -> None:
        from spanglass.capture.provider import tracer

        tracer()
        self._captured = Captured()
        self._token: Token[tuple[Captured, ...]] | None = None

    def __enter__(self) -> Captured:
        self._token = _here.set((*_here.get(), self._captured))
        _open.append(self._captured)
        return self._captured

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        from spanglass.capture.provider import flush

        if self._token is not None:
            _here.reset(self._token)
            self._token = None
        # By identity: two captures without traces are equal lists.
        _open[:] = [captured for captured in _open if captured is not self._captured]
        flush()
