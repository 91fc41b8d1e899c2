"""What a predicate speaks of: the aliases in scope, and the values bound so far."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from spanglass.store.json_text import clean

_TEXT_OR_PLACE = re.compile(r"'[^']*'|\?([0-9]+)")


@dataclass(slots=True)
class Context:
    """The SQL of the trace's number and the aliases of what is in scope, empty where there is none.

    ``leading`` says that the span's own indexes may lead the statement; elsewhere the trace's number does.
    """

    rid: str
    trace: str = ""
    span: str = ""
    event: str = ""
    link: str = ""
    assessment: str = ""
    leading: bool = False


@dataclass(slots=True)
class Statement:
    """SQL and the values of its parameters. For who wants it explained, ``notes`` say how it came to be, and
    ``meanings`` what a value stands for, by its place (from 0), where it is no value of the filter's own."""

    sql: str
    params: list[Any]
    notes: tuple[str, ...] = ()
    meanings: dict[int, str] = field(default_factory=dict)


class Binds:
    """The parameters of one statement, each value once, and names for its tables."""

    def __init__(self) -> None:
        self.values: list[Any] = []
        self._meanings: dict[str, str] = {}  # by placeholder
        self._places: dict[tuple[Any, ...], str] = {}
        self._aliases = 0

    def bind(self, value: str | int | float | bytes | None) -> str:
        """The placeholder of a value."""
        given = (type(value), value)
        if given not in self._places:
            self._places[given] = self._place(value)
        return self._places[given]

    def bind_for(self, value: str | int, meaning: str) -> str:
        """The placeholder of what the store has in the place of something else, and what that is."""
        place = self._places.get((str, meaning, value))
        if place is None:
            self.values.append(value)
            place = self._places[str, meaning, value] = f"?{len(self.values)}"
            self._meanings[place] = meaning
        return place

    def _place(self, value: str | int | float | bytes | None) -> str:
        if isinstance(value, bool):
            value = int(value)
        elif isinstance(value, int) and not -(2**63) <= value < 2**63:
            value = float(value) if abs(value) < 10**308 else (float("inf") if value > 0 else float("-inf"))
        elif isinstance(value, str):
            value = clean(value)  # as the store did with what it was given
        key = (type(value), value)
        if key not in self._places:
            self.values.append(value)
            self._places[key] = f"?{len(self.values)}"
        return self._places[key]

    def alias(self, letter: str) -> str:
        """A table alias that nothing else has."""
        self._aliases += 1
        return f"{letter}{self._aliases}"

    def statement(self, sql: str, notes: Sequence[str] = ()) -> Statement:
        """The finished statement: its parameters numbered as they appear, those that it does not use left out."""
        used = dict.fromkeys(_TEXT_OR_PLACE.findall(sql))
        used.pop("", None)  # of a text
        places = {old: str(new) for new, old in enumerate(used, 1)}
        if any(old != new for old, new in places.items()):
            sql = _TEXT_OR_PLACE.sub(lambda found: f"?{places[found[1]]}" if found[1] else found[0], sql)
        meanings = {int(new) - 1: said for old, new in places.items() if (said := self._meanings.get(f"?{old}"))}
        return Statement(sql, [self.values[int(old) - 1] for old in places], tuple(notes), meanings)
