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
from spanglass.engines.language import check, complete, explain, refine, why_empty
from spanglass.engines.seen import AllSeen, FrequentKeys
from spanglass.engines.tokens import PageToken
from spanglass.store import Store


def open_engine(store: Store) -> Engine:
    """The engine that answers questions about a store."""
    from spanglass.engines.sqlite import SqliteEngine

    return SqliteEngine(store)


__all__ = [
    "AllSeen",
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
    "check",
    "complete",
    "explain",
    "open_engine",
    "refine",
    "why_empty",
]
