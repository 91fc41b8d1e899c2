"""What can stand at a place of a filter that is still being written.

The tokens before the place are followed with the grammar in mind, as the parser would, but without a tree and
without refusing anything: what makes no sense is passed over until the next AND, OR or bracket.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from spanglass.filters.brackets import Frame
from spanglass.filters.fields import RELATED
from spanglass.filters.operands import AGGREGATES, FUNCTIONS
from spanglass.filters.scope import ROW, SPAN, Scope
from spanglass.filters.tokens import KEYWORDS, Piece, pieces

What = Literal["condition", "field", "value", "operator", "member", "words"]

CHAIN_WORDS = (">>", ">", "<<", "<", "~", "THEN")
NEGATABLE_WORDS = ("IN", "LIKE", "ILIKE", "RLIKE", "CONTAINS", "ICONTAINS", "STARTS", "ENDS", "MATCH", "BETWEEN")
_IS_WORDS = ("NULL", "TRUE", "FALSE", "DISTINCT")
_COMPARISONS = frozenset({"=", "==", "!=", "<>", "<", "<=", ">", ">="})
_LITERALS = frozenset({"number", "param", "TRUE", "FALSE", "NULL"})
_STARTERS = frozenset({"name", "quoted", "string", "text", "(", "{", "NOT", "EXISTS", "ANY", "ALL", "NONE", *_LITERALS})
_CONDITION_PARTS = frozenset({"left", "right", "high", "exists", "escape"})


@dataclass(slots=True)
class Expected:
    """What can stand at the cursor.

    ``start`` is where the word at the cursor begins. ``left`` is the place of the left side of the comparison at
    hand, ``op`` its operator; where no value but a field is expected, it says what is needed: any ``value``, a
    ``number``, or a ``field`` itself. ``words`` are fixed words that can stand here. ``path`` holds the tokens
    of an unfinished field; ``after_block`` says that a block stands before it. ``is_field`` tells a field from a
    calculation on the left, ``closes`` that its parentheses can be closed. ``ordering``: it is a key of ORDER BY.
    """

    what: What
    start: int
    scope: Scope
    words: tuple[str, ...] = ()
    left: tuple[int, int] = (0, 0)
    op: str = ""
    path: tuple[Piece, ...] = ()
    after_block: bool = False
    is_field: bool = False
    closes: bool = False
    ordering: bool = False


def expected_at(text: str, cursor: int) -> Expected | None:
    """What can stand at ``cursor``; None where nothing can be proposed, as inside of a comment."""
    before = text[:cursor]
    found = list(pieces(before))
    touching = bool(found) and found[-1].end == cursor
    if touching and found[-1].kind == "comment" and not before.endswith("*/"):
        return None
    found = [piece for piece in found if piece.kind != "comment"]
    start = cursor
    if touching and found and found[-1].end == cursor:
        last = found[-1]
        joined = len(found) > 1 and found[-2].end == last.start and found[-2].kind in (".", "[")
        word = last.kind in ("name", "number", "param", "unclosed", "!") or last.kind in KEYWORDS
        if (word or before[last.start] == ":") and not joined:
            start = last.start
            found.pop()
    scan = _Scan(text, found, cursor)
    at = 0
    while at < len(found):
        at = scan.step(at)
    return scan.result(start)


class _Scan:
    __slots__ = ("after_block", "cursor", "found", "frames", "path", "text")

    def __init__(self, text: str, found: list[Piece], cursor: int) -> None:
        self.text = text
        self.found = found
        self.cursor = cursor
        self.frames = [Frame(ROW)]
        self.path: tuple[Piece, ...] = ()
        self.after_block = False

    # ------------------------------------------------------------ one token after the other

    def step(self, at: int) -> int:
        """Take in the token at ``at``; returns the place of the next one to look at."""
        frame = self.frames[-1]
        kind = self.found[at].kind
        if kind in (")", "}"):
            return self.close(at)
        if frame.state == "operand":
            return self.operand(at, frame)
        if frame.state == "complete":
            return self.complete(at, frame)
        if frame.state == "words":
            return self.word(at, frame)
        if kind in ("AND", "OR"):
            frame.begin()
        elif kind == "(":
            self.frames.append(Frame(frame.scope, ")"))
        elif kind == "{":
            self.frames.append(Frame(SPAN, "}"))
        elif kind in ("ORDER", "LIMIT") and len(self.frames) == 1:
            self.tail(kind, frame)
        return at + 1

    def operand(self, at: int, frame: Frame) -> int:
        found = self.found
        kind, start, end = found[at]
        following = found[at + 1].kind if at + 1 < len(found) else ""
        left = frame.part == "left"
        if kind == "(" and frame.part not in ("set", "limit"):
            value = frame.inner or not left or frame.arithmetic
            inside = Frame(frame.scope, ")", inner=value, opened="group", at=start, op=frame.op)
            inside.start, inside.end = frame.start, frame.end
            if value:
                inside.part = "right" if frame.part in ("right", "low", "high") else "argument"
            self.frames.append(inside)
        elif kind == "{" and frame.part in ("left", "set", "key", "argument"):
            self.frames.append(Frame(SPAN, "}", at=start))
        elif kind == "name" and following == "(" and self.word_at(at) in FUNCTIONS:
            self.open_call(at, frame)
            return at + 2
        elif kind == "name" and following == "{" and self.word_at(at) in RELATED:
            subject = RELATED[self.word_at(at)][1]
            inside_scope = SPAN if subject == "span" else Scope(subject, frame.scope.subject == "span")
            self.frames.append(Frame(inside_scope, "}", opened="condition", at=start))
            return at + 2
        elif kind == "ALL" and following == "(" and left:
            self.open_call(at, frame)
            return at + 2
        elif kind in ("name", "quoted") or (kind == "text" and following in (".", "[") and found[at + 1].start == end):
            return self.field(at, frame, start)
        elif kind in ("string", "text") and frame.part not in ("set", "limit"):
            frame.done("text", start, end)
        elif kind in _LITERALS and frame.part != "set":
            frame.done("value", start, end)
        elif left and kind in ("ANY", "ALL", "NONE"):
            frame.await_words("{")
            frame.op = kind
        elif left and kind == "EXISTS":
            frame.part = "exists"
        elif left and kind in ("ORDER", "LIMIT") and len(self.frames) == 1:
            self.tail(kind, frame)
        elif kind != "-" and not (left and kind in ("NOT", "AND")):
            frame.state = "broken"
            return at
        return at + 1

    def complete(self, at: int, frame: Frame) -> int:
        """A token behind a complete operand."""
        kind = self.found[at].kind
        part, value = frame.part, frame.kind in ("field", "value", "text")
        if kind in ("+", "-", "*", "/") and value and part not in ("exists", "sorted", "limit", "set"):
            frame.arithmetic, frame.state = True, "operand"
        elif part == "left" and value and not frame.inner and self.operator(kind, frame):
            pass
        elif part in ("left", "set") and frame.kind == "block" and kind in (*CHAIN_WORDS, "!~"):
            frame.await_words("{")
        elif part in ("left", "set") and frame.kind == "block" and kind == "!":
            frame.await_words(*CHAIN_WORDS)
        elif part == "low" and kind == "AND":
            frame.await_operand("high")
        elif part == "right" and kind == "ESCAPE" and frame.op in ("LIKE", "ILIKE") and not frame.inner:
            frame.await_operand("escape")
        elif part in _CONDITION_PARTS and not frame.inner and kind in ("AND", "OR"):
            frame.begin()
        elif len(self.frames) == 1 and kind in ("ORDER", "LIMIT"):
            self.tail(kind, frame)
        elif kind == "," and part in ("item", "key", "sorted", "argument", "set"):
            self.comma(frame)
        elif part == "key" and kind in ("ASC", "DESC"):
            frame.part = "sorted"
        elif part in ("key", "sorted") and kind == "NULLS":
            frame.await_words("FIRST", "LAST")
        elif part in _CONDITION_PARTS and not frame.inner and kind in _STARTERS:
            frame.begin()
            return at
        else:
            frame.state = "broken"
            return at
        return at + 1

    def operator(self, kind: str, frame: Frame) -> bool:
        """An operator behind the left side; False if it is none."""
        if kind in _COMPARISONS or kind in ("=~", "!~"):
            frame.await_operand("right")
        elif kind == "BETWEEN":
            frame.await_operand("low")
        elif kind in ("STARTS", "ENDS"):
            frame.await_words("WITH")
        elif kind in NEGATABLE_WORDS and kind != "IN":
            frame.await_operand("right")
        elif kind == "IN":
            frame.await_words("(", "param")
        elif kind == "IS":
            frame.await_words("NOT", *_IS_WORDS)
        elif kind == "NOT":
            frame.await_words(*NEGATABLE_WORDS)
        else:
            return False
        frame.op = kind
        return True

    def word(self, at: int, frame: Frame) -> int:
        """A token where only some words can stand."""
        kind, start, _ = self.found[at]
        if kind not in frame.words:
            if frame.op == "NOT" and kind in _STARTERS:  # of the next condition of a chain without AND
                frame.begin()
            else:
                frame.state = "broken"
            return at
        if kind == "{":
            self.frames.append(Frame(SPAN, "}", opened="condition" if frame.op == "ALL" else "block", at=start))
        elif kind == "(":
            inside = Frame(frame.scope, ")", inner=True, part="item", opened="condition", at=start, op="IN")
            inside.start, inside.end = frame.start, frame.end
            self.frames.append(inside)
        elif kind == "BY":
            frame.await_operand("key")
        elif kind in ("WITH", "FROM"):
            frame.await_operand("right")
        elif kind in ("FIRST", "LAST"):
            frame.part, frame.state = "sorted", "complete"
            frame.op = "NULLS"
        elif kind == "DISTINCT":
            frame.await_words("FROM")
        elif kind == "NOT":
            frame.await_words(*_IS_WORDS)
        elif kind in CHAIN_WORDS:
            frame.await_words("{")
        elif kind in NEGATABLE_WORDS:
            self.operator(kind, frame)
        else:  # NULL, TRUE, FALSE, and a parameter as a list
            frame.holds()
        return at + 1

    def tail(self, kind: str, frame: Frame) -> None:
        """ORDER or LIMIT."""
        if frame.part == "limit":
            frame.state = "broken"
        elif kind == "LIMIT":
            frame.await_operand("limit")
        else:
            frame.part = "key"
            frame.await_words("BY")

    def comma(self, frame: Frame) -> None:
        if frame.call in AGGREGATES:
            frame.await_operand("set")
        elif frame.call == "all":
            frame.scope = SPAN
            frame.begin()
        else:
            frame.await_operand("key" if frame.part == "sorted" else frame.part)

    def open_call(self, at: int, frame: Frame) -> None:
        name = self.word_at(at)
        inside = Frame(
            frame.scope, ")", call=name, inner=True, part="argument", opened="value", at=self.found[at].start
        )
        if name in ("count", "all"):
            inside.part = "set"
            inside.inner = name == "count"
            inside.opened = "value" if name == "count" else "condition"
        elif name in AGGREGATES:
            inside.scope = SPAN
        elif name == "now":
            inside.await_words(")")
        self.frames.append(inside)

    def close(self, at: int) -> int:
        """A closing bracket: what it closes is an operand of the frame around it."""
        kind, _, end = self.found[at]
        if len(self.frames) == 1 or self.frames[-1].closer != kind:
            self.frames[-1].state = "broken"
            return at + 1
        inside = self.frames.pop()
        frame = self.frames[-1]
        opened = inside.opened
        if opened == "group":
            single = inside.inner or (not inside.condition and inside.part == "left")
            opened = "value" if inside.inner else inside.kind if single else "condition"
        if kind == "}" and inside.opened == "block":
            after = self.found[at + 1] if at + 1 < len(self.found) else None
            if after is not None and after.kind == "." and after.start == end and frame.state == "operand":
                return self.field(at + 1, frame, inside.at)
        if inside.part == "item":
            frame.holds()
        elif opened in ("block", "condition") and frame.part not in ("left", "set"):
            frame.state = "broken"
        else:
            frame.done(opened, inside.at, end)
        return at + 1

    def field(self, at: int, frame: Frame, start: int) -> int:
        """A field from its first name on, or from the dot behind a block on."""
        found = self.found
        first, whole = at, True
        at += found[at].kind != "."
        while at < len(found) and found[at].start == found[at - 1].end and found[at].kind in (".", "["):
            inside = ("name", "quoted", "string", "text", "unclosed", "number", "*")
            closing = found[at].kind == "["
            at, whole = at + 1, False
            if at < len(found) and found[at].kind in inside:
                whole = found[at].kind != "unclosed"
                at += 1
            if closing:
                whole = at < len(found) and found[at].kind == "]"
                at += whole
            if not whole:
                break
        end = found[at - 1].end
        self.after_block = found[first].kind == "."
        if at == len(found) and end == self.cursor and (at - first > 1 or self.after_block):
            self.path = tuple(found[first:at])
        if whole:
            frame.done("field", start, end)
        else:
            frame.state = "broken"
        return at

    def word_at(self, at: int) -> str:
        return self.text[self.found[at].start : self.found[at].end].lower()

    # ------------------------------------------------------------ where it has come to

    def result(self, start: int) -> Expected | None:
        """What can stand behind the last token."""
        frame = self.frames[-1]
        left, scope, ordering = (frame.start, frame.end), frame.scope, frame.part == "key"
        if self.path:
            return Expected("member", start, scope, path=self.path, after_block=self.after_block, ordering=ordering)
        if frame.state == "broken":
            return None
        if frame.state == "words":
            return Expected("words", start, scope, frame.words, left, frame.op)
        if frame.state == "operand":
            if frame.part == "left" and not frame.arithmetic:
                return Expected("condition", start, scope)
            if frame.part in ("right", "low", "high", "item") and not frame.arithmetic:
                return Expected("value", start, scope, left=left, op=frame.op)
            if frame.part == "set":
                return Expected("words", start, scope, ("{",))
            if frame.part == "limit":
                return Expected("words", start, scope, ("10", "20", "50", "100", "1000"))
            if frame.call == "ago":
                return Expected("words", start, scope, ("1h", "24h", "7d", "30m"))
            if frame.part == "escape":
                return None
            numeric = frame.arithmetic or (frame.call in AGGREGATES and not ordering)
            needed = "field" if frame.part == "exists" else "number" if numeric else "value"
            return Expected("field", start, scope, op=needed, ordering=ordering)
        words = self.following(frame)
        if frame.part == "left" and frame.kind in ("field", "value") and not frame.inner:
            closes = frame.opened == "group" and not frame.condition
            return Expected("operator", start, scope, words, left, is_field=frame.kind == "field", closes=closes)
        return Expected("words", start, scope, words)

    def following(self, frame: Frame) -> tuple[str, ...]:
        """The words that can follow a complete operand, operators aside."""
        closer = (frame.closer,) if frame.closer else ()
        whole = len(self.frames) == 1
        if frame.part == "low":
            return ("AND",)
        if frame.part == "limit":
            return ()
        if frame.part in ("key", "sorted"):
            first = ("DESC", "ASC") if frame.part == "key" else ()
            nulls = () if frame.op == "NULLS" else ("NULLS FIRST", "NULLS LAST")
            return (*first, *nulls, ",", "LIMIT")
        if frame.part == "item":
            return (",", ")")
        if frame.part in ("argument", "set") and frame.call:
            if frame.call == "all" or (frame.call in AGGREGATES and frame.part == "argument"):
                return (",",)
            return (",", ")") if frame.call == "coalesce" else (")",)
        if frame.inner:
            return closer
        chain = (*CHAIN_WORDS, *[f"!{word}" for word in CHAIN_WORDS if word != "THEN"]) if frame.kind == "block" else ()
        escape = ("ESCAPE",) if frame.part == "right" and frame.op in ("LIKE", "ILIKE") else ()
        return ("AND", "OR", *chain, *escape, *(("ORDER BY", "LIMIT") if whole else closer))
