"""What is to happen before somebody reads: recorders hand in what they still hold."""

from __future__ import annotations

import threading
from collections.abc import Callable

_CALLBACKS: list[Callable[[], object]] = []
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
