"""The brackets that are open at a place of a filter, and how far what stands in each of them has come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from spanglass.filters.scope import Scope

Part = Literal["left", "right", "low", "high", "item", "escape", "exists", "argument", "set", "key", "sorted", "limit"]
State = Literal["operand", "complete", "words", "broken"]


@dataclass(slots=True)
class Frame:
    """One open bracket, or the whole text, with how far the condition or value inside of it has come.

    ``kind`` is what the last operand is: field, text, value, block (a chain can go on) or condition.
    ``inner`` marks parentheses that hold a value.
    """

    scope: Scope
    closer: str = ""
    call: str = ""
    inner: bool = False
    part: Part = "left"
    state: State = "operand"
    kind: str = ""
    start: int = 0
    end: int = 0
    op: str = ""
    words: tuple[str, ...] = ()
    arithmetic: bool = False
    condition: bool = False
    opened: str = "block"  # what it is for the frame around it, once closed
    at: int = 0  # where it begins

    def begin(self) -> None:
        """The next condition of a chain begins."""
        self.part, self.state, self.arithmetic, self.condition, self.op = "left", "operand", False, True, ""

    def await_words(self, *words: str) -> None:
        self.state, self.words = "words", words

    def await_operand(self, part: Part) -> None:
        self.part, self.state, self.arithmetic = part, "operand", False

    def done(self, kind: str, start: int, end: int) -> None:
        """An operand is complete."""
        if self.part == "left":
            self.start = self.start if self.arithmetic else start
            self.end = end
        if self.arithmetic:
            kind = "value"
        self.kind, self.state = ("condition" if self.part == "exists" else kind), "complete"

    def holds(self) -> None:
        """A condition is complete."""
        self.part, self.kind, self.state = "left", "condition", "complete"
