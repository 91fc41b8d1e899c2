"""The engine on the embedded store."""

from spanglass.engines.sqlite.engine import SqliteEngine

__all__ = ["SqliteEngine"]
