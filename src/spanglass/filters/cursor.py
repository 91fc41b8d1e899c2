"""A place in the tokens of a filter, and what is said where something else stands there than must."""

from __future__ import annotations

from typing import NoReturn

from spanglass.filters import syntax
from spanglass.filters.diagnostics import Fix, fail, replaced
from spanglass.filters.tokens import tokenize
from spanglass.limits import MAX_FILTER_DEPTH

COMPARISONS = {
    "=": "=", "==": "=", "!=": "!=", "<>": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">=",
}  # fmt: skip
TEXT_OPERATORS = {
    "LIKE": "like",
    "ILIKE": "ilike",
    "RLIKE": "rlike",
    "CONTAINS": "contains",
    "ICONTAINS": "icontains",
    "STARTS": "starts",
    "ENDS": "ends",
    "MATCH": "match",
}


class Cursor:
    """The tokens of a text, and how far they have been read."""

    __slots__ = ("at", "depth", "ends", "kinds", "operators", "starts", "text", "values")

    def __init__(self, text: str) -> None:
        tokens = tokenize(text)
        self.text = text
        self.kinds = tokens.kinds
        self.values = tokens.values
        self.starts = tokens.starts
        self.ends = tokens.ends
        self.at = 0
        self.depth = 0
        self.operators = 0

    def condition(self, node: syntax.Node) -> syntax.Node:
        if node.role == "value":
            fail(self.text, "type", "this is a value; a condition compares it with something", node.start, node.end)
        return node

    def value(self, node: syntax.Node) -> syntax.Node:
        if node.role == "condition" or node.role == "set":
            fail(self.text, "type", "this is a condition; a value is needed here", node.start, node.end)
        return node

    def expect(self, kind: str, message: str, opened: int | None = None) -> None:
        if self.kinds[self.at] != kind:
            if opened is not None and self.kinds[self.at] == "end":
                fail(self.text, "syntax", message, opened)
            self.missing(message)
        self.at += 1

    def missing(self, message: str | None, fixes: list[Fix] | None = None) -> NoReturn:
        """Say what is missing at the place where the parser stands."""
        at = self.at
        kind = self.kinds[at]
        start, end = self.starts[at], self.ends[at]
        if kind == "end":
            start = self.ends[at - 1] + 1 if at and self.ends[at - 1] < len(self.text) else len(self.text)
            end = start + 1
        if message is None:
            if kind == "end":
                message = "a condition is missing here"
            elif kind == "." and self.kinds[at + 1] == "name" and self.values[at + 1][:1].isdigit():
                message = "a number has a digit before its point"
                fixes = [Fix("write 0.…", replaced(self.text, start, end, "0."))]
            elif kind.isalpha() and kind.isupper():
                message = f"{kind} is a word of the language; as a name it needs backticks"
            else:
                message = f"unexpected {kind}"
        fail(self.text, "syntax", message, start, end, fixes or ())

    def unexpected(self) -> NoReturn:
        kind = self.kinds[self.at]
        if kind in COMPARISONS or kind in ("~", ">>", "<<"):
            self.missing("there is nothing to the left of this that could be compared")
        if kind == "!":
            self.missing("write NOT before a condition, or != between values")
        if kind in (")", "}", "]"):
            self.missing(f"this {kind} closes nothing")
        if kind == ".":
            self.missing("a dot stands between names, without spaces")
        self.missing("AND or OR is missing here, or this is one too many")

    def deeper(self, levels: int) -> None:
        self.depth += levels
        if self.depth > MAX_FILTER_DEPTH:
            fail(
                self.text,
                "limit",
                f"nested deeper than {MAX_FILTER_DEPTH} levels",
                self.starts[self.at],
                self.ends[self.at],
            )

    def another_operator(self) -> None:
        # Each operator makes the tree one deeper on its left side, so all of them together are bounded.
        self.operators += 1
        if self.operators > MAX_FILTER_DEPTH:
            at = self.at - 1
            message = f"more than {MAX_FILTER_DEPTH} operators + - * / and >> > ~"
            fail(self.text, "limit", message, self.starts[at], self.ends[at])
