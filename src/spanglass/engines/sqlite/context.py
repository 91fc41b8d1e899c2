"""What a predicate speaks of: the aliases in scope, and the values bound so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from spanglass.store.json_text import clean

_MARK = "\0"
"""Stands around the number of a value until the statement is finished: no literal text in SQL can hold it."""


@dataclass(slots=True)
class Context:
    """The SQL of the trace's number and the aliases of what is in scope, empty where there is none.

    ``leading`` says that the span's own indexes may lead the statement; elsewhere the trace's number does.
    ``payload`` is the span's wide row, where it has been joined already.
    """

    rid: str
    trace: str = ""
    span: str = ""
    event: str = ""
    link: str = ""
    assessment: str = ""
    leading: bool = False
    payload: str = ""


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
        self._meanings: dict[str, str] = {}  # by a value's number
        self._places: dict[tuple[Any, ...], str] = {}
        self._aliases = 0

    def bind(self, value: str | int | float | bytes | None) -> str:
        """The placeholder of a value."""
        key = (type(value), value)
        return self._places.get(key) or self._add(key, _bindable(value))

    def bind_for(self, value: str | int, meaning: str) -> str:
        """The placeholder of what the store has in the place of something else, and what that is."""
        key = (meaning, value)
        return self._places.get(key) or self._add(key, value, meaning)

    def _add(self, key: tuple[Any, ...], value: str | int | float | bytes | None, meaning: str = "") -> str:
        number = str(len(self.values))
        self.values.append(value)
        if meaning:
            self._meanings[number] = meaning
        place = self._places[key] = f"{_MARK}{number}{_MARK}"
        return place

    def alias(self, letter: str) -> str:
        """A table alias that nothing else has."""
        self._aliases += 1
        return f"{letter}{self._aliases}"

    def statement(self, sql: str, notes: Sequence[str] = ()) -> Statement:
        """The finished statement: its parameters numbered as they appear, those that it does not use left out."""
        parts = sql.split(_MARK)  # every other one is the number of a value
        places = {number: f"?{at}" for at, number in enumerate(dict.fromkeys(parts[1::2]), 1)}
        parts[1::2] = [places[number] for number in parts[1::2]]
        params = [self.values[int(number)] for number in places]
        meanings = {at: self._meanings[number] for at, number in enumerate(places) if number in self._meanings}
        return Statement("".join(parts), params, tuple(notes), meanings)


def _bindable(value: str | int | float | bytes | None) -> str | int | float | bytes | None:
    """The value as SQLite holds it."""
    if isinstance(value, str):
        return clean(value)  # as the store did with what it was given
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        return float(value) if abs(value) < 10**308 else (float("inf") if value > 0 else float("-inf"))
    return value
