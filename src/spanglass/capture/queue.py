"""What was recorded and is not yet written: bounded, with back-pressure in place of drops."""

from __future__ import annotations

import threading
from collections import deque
from typing import Generic, TypeVar

Item = TypeVar("Item")


class BoundedQueue(Generic[Item]):
    """A queue that holds at most so many items and bytes, counting also what was taken and not yet released.

    ``put`` never waits by itself: the one who puts asks ``full`` and waits with ``wait_for_room``.

    >>> queue = BoundedQueue(max_items=2, max_bytes=100)
    >>> queue.put("a", 10)
    >>> queue.put("b", 10)
    >>> queue.full
    True
    >>> queue.take(5)
    [('a', 10), ('b', 10)]
    >>> queue.release(2, 20)
    >>> queue.full
    False
    """

    def __init__(self, *, max_items: int, max_bytes: int) -> None:
        self.max_items = max_items
        self.max_bytes = max_bytes
        self.held = 0  # items waiting, and items taken that are not yet released
        self.held_bytes = 0
        self._items: deque[tuple[Item, int]] = deque()
        # Re-entrant: a generator that the garbage collector closes ends its span wherever it likes, also in here.
        self._lock = threading.RLock()
        self._changed = threading.Condition(self._lock)

    def __len__(self) -> int:
        return len(self._items)

    @property
    def full(self) -> bool:
        """Is a bound reached?"""
        return self.held >= self.max_items or self.held_bytes >= self.max_bytes

    def put(self, item: Item, size: int) -> None:
        """Append ``item``, which takes ``size`` bytes."""
        with self._lock:
            self._items.append((item, size))
            self.held += 1
            self.held_bytes += size

    def take(self, most: int) -> list[tuple[Item, int]]:
        """The oldest items with their sizes. They count as held until released."""
        with self._changed:
            return [self._items.popleft() for _ in range(min(most, len(self._items)))]

    def release(self, items: int, size: int) -> None:
        """These were dealt with: there is room again."""
        with self._changed:
            self.held -= items
            self.held_bytes -= size
            self._changed.notify_all()

    def wait_for_room(self, timeout: float) -> bool:
        """Wait until something is released. True if there is room now."""
        with self._changed:
            if self.full:
                self._changed.wait(timeout)
            return not self.full
