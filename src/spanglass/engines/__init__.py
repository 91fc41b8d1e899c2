"""Meanings to answers: the engines that can be asked."""

from __future__ import annotations

from spanglass.engines.base import (
    Bucket,
    Cancel,
    Cancelled,
    DeadlineExceeded,
    Engine,
    EngineError,
    Explanation,
    Page,
    PageTokenError,
    Refused,
    RowId,
    RowPage,
    VocabularyEntry,
)
from spanglass.engines.completing import complete, refine
from spanglass.engines.seen import FrequentKeys
from spanglass.engines.tokens import PageToken
from spanglass.store import Store


def open_engine(store: Store) -> Engine:
    """The engine that answers questions about a store."""
    from spanglass.engines.sqlite import SqliteEngine

    return SqliteEngine(store)


__all__ = [
    "Bucket",
    "Cancel",
    "Cancelled",
    "DeadlineExceeded",
    "Engine",
    "EngineError",
    "Explanation",
    "FrequentKeys",
    "Page",
    "PageToken",
    "PageTokenError",
    "Refused",
    "RowId",
    "RowPage",
    "VocabularyEntry",
    "complete",
    "open_engine",
    "refine",
]
