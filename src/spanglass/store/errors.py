"""What goes wrong with a store."""

from __future__ import annotations


class StoreError(Exception):
    """A store could not be opened, read or written. The text names the file or the id, and the way out."""


class StoreBusy(StoreError):
    """Somebody else is writing to the file, for longer than was waited."""
