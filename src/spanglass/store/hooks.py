"""What is to happen before somebody reads: recorders hand in what they still hold. And after somebody wrote: those
who show traces hear of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

Changes = Mapping[str, set[str]]
"""The traces that a write was about, each with the ids of its spans that came with it."""

_CALLBACKS: list[Callable[[], object]] = []
_WRITTEN: list[Callable[[Path, Changes], object]] = []
_running = threading.local()


def before_read(callback: Callable[[], object]) -> Callable[[], None]:
    """Have ``callback()`` called before anything is read from a store; returns a function that ends that.

    A callback may write to stores and read from them: it is not called again from within itself.
    """
    _CALLBACKS.append(callback)

    def remove() -> None:
        if callback in _CALLBACKS:
            _CALLBACKS.remove(callback)

    return remove


def run_before_read() -> None:
    """Call all callbacks, unless this thread is inside one."""
    if not _CALLBACKS or getattr(_running, "now", False):
        return
    _running.now = True
    try:
        for callback in list(_CALLBACKS):
            callback()
    finally:
        _running.now = False


@contextmanager
def as_written() -> Iterator[None]:
    """Inside the block this thread reads what has been written, without asking recorders for the rest."""
    before = getattr(_running, "now", False)
    _running.now = True
    try:
        yield
    finally:
        _running.now = before


def after_write(callback: Callable[[Path, Changes], object]) -> Callable[[], None]:
    """Have ``callback(path, changes)`` called after each write of this process to a store's file; returns a function
    that ends that. It is called in the thread that wrote, which may be the one that is recorded: it must be quick.
    """
    _WRITTEN.append(callback)

    def remove() -> None:
        if callback in _WRITTEN:
            _WRITTEN.remove(callback)

    return remove


def run_after_write(path: Path, ids: Callable[[], Iterator[tuple[str, str | None]]]) -> None:
    """Tell all who want to hear of it. ``ids``, pairs of a trace's id and a span's or None, are asked for only then."""
    if not _WRITTEN:
        return
    changes: dict[str, set[str]] = {}
    for trace_id, span_id in ids():
        spans = changes.setdefault(trace_id, set())
        if span_id is not None:
            spans.add(span_id)
    for callback in list(_WRITTEN):
        callback(path, changes)
