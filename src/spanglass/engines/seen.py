"""What a store has seen, as the filter language asks for it."""

from __future__ import annotations

from spanglass.engines.base import Engine
from spanglass.limits import MAX_KNOWN


class FrequentKeys:
    """The most frequent keys and values of an engine's store, with their numbers of traces.

    It is a ``filters.Vocabulary`` for ``filters.complete``, where the frequent ones are enough; what a text is
    checked with must know all of them. What was asked once is remembered: make one for each completion.
    """

    __slots__ = ("_engine", "_known")

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._known: dict[tuple[str, str | None], dict[str, int]] = {}

    def keys(self, scope: str) -> dict[str, int]:
        """The keys of a scope."""
        return self._seen(scope, None)

    def values(self, scope: str, key: str) -> dict[str, int]:
        """The values under a key of a scope; under ``trace``, those that a trace's own field has in the newest ones:
        to count them in all takes too long while somebody types."""
        return self._seen("newest" if scope == "trace" else scope, key)

    def _seen(self, scope: str, key: str | None) -> dict[str, int]:
        if (scope, key) not in self._known:
            found: dict[str, int] = {}
            for entry in self._engine.vocabulary(scope, key, top=MAX_KNOWN):
                found[entry.label] = found.get(entry.label, 0) + entry.count
            self._known[scope, key] = found
        return self._known[scope, key]


class AllSeen:
    """What an engine's store has seen, for advice: a key that is not among these is called unknown.

    Where there are too many keys or values to know them all none are known: nothing is then called unknown.
    Without ``values`` it asks for keys alone, which is quicker.
    """

    __slots__ = ("_engine", "_values")

    def __init__(self, engine: Engine, values: bool = True) -> None:
        self._engine = engine
        self._values = values

    def keys(self, scope: str) -> dict[str, int]:
        """The keys seen in a scope with the number of traces."""
        return self._known(scope, None)

    def values(self, scope: str, key: str) -> dict[str, int]:
        """The values seen under a key with the number of traces."""
        return self._known(scope, key) if self._values else {}

    def _known(self, scope: str, key: str | None) -> dict[str, int]:
        entries = self._engine.vocabulary(scope, key, top=MAX_KNOWN)
        return {} if len(entries) == MAX_KNOWN else {entry.label: entry.count for entry in entries}
