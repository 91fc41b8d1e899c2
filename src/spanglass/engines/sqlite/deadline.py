"""Ending a query in time: by its deadline, or when the one who asked no longer wants the answer."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from typing import Any, TypeVar

from spanglass.engines.base import Cancel, Cancelled, DeadlineExceeded, EngineError, Refused
from spanglass.filters.algebra import Conjunct
from spanglass.filters.diagnostics import shorten
from spanglass.limits import CONJUNCT_CHARS, DEFAULT_DEADLINE_S, MAX_REGEX_SECONDS, PROGRESS_STEPS

_Found = TypeVar("_Found")


class _Running:
    """One query under way on this thread's connection."""

    def __init__(self, connection: sqlite3.Connection, cancel: Cancel | None, seconds: float, part: str) -> None:
        self.connection = connection
        self.part = part
        self.cancel = cancel
        self.seconds = seconds
        self.ends = time.monotonic() + seconds
        self.error: BaseException | None = None
        self.active = True
        self.lock = threading.Lock()

    def interrupt(self) -> None:
        with self.lock:
            # An interrupt that came after the end would hit the thread's next query.
            if self.active:
                self.connection.interrupt()

    def must_stop(self) -> bool:
        return (self.cancel is not None and self.cancel.cancelled) or time.monotonic() > self.ends

    def reason(self) -> EngineError | None:
        if self.cancel is not None and self.cancel.cancelled:
            return Cancelled("the query was cancelled")
        return self.out_of_time() if time.monotonic() > self.ends else None

    def out_of_time(self, part: str = "") -> DeadlineExceeded:
        place = f" in {shorten(part or self.part, CONJUNCT_CHARS)}" if part or self.part else ""
        return DeadlineExceeded(
            f"the query took longer than {self.seconds:g} seconds and was stopped{place}: narrow it "
            "(a time range, a name, a tag), or allow it more with deadline_s="
        )


_thread = threading.local()


def _running() -> _Running | None:
    running: _Running | None = getattr(_thread, "running", None)
    return running


def in_time(pattern: str, match: Callable[..., _Found]) -> _Found:
    """What ``match(timeout=…)`` gives, if it gives it before this thread's query is out of time.

    A regex in the middle of a text can't be cancelled, so one text never takes longer than MAX_REGEX_SECONDS.
    """
    running = _running()
    left = MAX_REGEX_SECONDS if running is None else running.ends - time.monotonic()
    try:
        return match(timeout=max(0.001, min(left, MAX_REGEX_SECONDS)))
    except TimeoutError:
        if running is not None and left <= MAX_REGEX_SECONDS:
            raise running.out_of_time(f"the pattern {pattern!r}") from None
        raise DeadlineExceeded(
            f"the pattern {pattern!r} took longer than {MAX_REGEX_SECONDS:g} seconds on one text and was stopped: "
            "make it simpler"
        ) from None


def keeping_errors(function: Callable[..., Any]) -> Callable[..., Any]:
    """Remember what the SQL function raised: SQLite passes on only that it did."""

    @wraps(function)
    def call(*arguments: Any) -> Any:
        try:
            return function(*arguments)
        except Exception as error:
            running = _running()
            if running is not None and running.error is None:
                running.error = error
            raise

    return call


def check() -> None:
    """Raise if this thread's query must stop: for loops in Python between two statements."""
    running = _running()
    reason = None if running is None else running.reason()
    if reason is not None:
        raise reason


@contextmanager
def limited(
    connection: sqlite3.Connection,
    cancel: Cancel | None = None,
    deadline_s: float | None = None,
    conjuncts: Sequence[Conjunct] = (),
) -> Iterator[sqlite3.Connection]:
    """Run statements on a connection until done, cancelled or out of time; the connection stays usable.

    An error names the one of ``conjuncts`` with the most blocks, where there is one: it is what takes its time.
    Inside another such block of the same thread the outer one's bounds hold.
    """
    if _running() is not None:
        yield connection
        return
    seconds = DEFAULT_DEADLINE_S if deadline_s is None else deadline_s
    running = _Running(connection, cancel, seconds, _costliest(conjuncts))
    if cancel is not None:
        cancel.on_cancel(running.interrupt)
    _thread.running = running
    connection.set_progress_handler(running.must_stop, PROGRESS_STEPS)
    try:
        check()
        yield connection
    except sqlite3.Error as error:
        if isinstance(running.error, EngineError):
            raise running.error from None
        reason = running.reason()
        if reason is not None and "interrupt" in str(error):
            raise reason from None
        if "too" in str(error) or "overflow" in str(error) or "at most" in str(error):
            raise Refused(f"the query is too large for SQLite ({error}): split it") from error
        raise EngineError(f"SQLite could not answer: {running.error or error}") from error
    finally:
        with running.lock:
            running.active = False
        connection.set_progress_handler(None, 0)
        _thread.running = None


def _costliest(conjuncts: Sequence[Conjunct]) -> str:
    if len(conjuncts) == 1:
        return conjuncts[0].text
    blocks = [part.text.count("{") for part in conjuncts]
    most = max(blocks, default=0)
    return conjuncts[blocks.index(most)].text if most and blocks.count(most) == 1 else ""
