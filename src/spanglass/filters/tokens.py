"""A filter's text cut into tokens.

A token's kind is the operator or the keyword itself (in capitals), or one of ``name``, ``quoted`` (in backticks),
``string`` (in single quotes), ``text`` (in double quotes), ``number``, ``param`` and ``end``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from spanglass.filters.diagnostics import Fix, fail, replaced
from spanglass.limits import MAX_FILTER_BYTES

_WORDS = """
    AND OR NOT IN LIKE ILIKE RLIKE CONTAINS ICONTAINS STARTS ENDS WITH MATCH ESCAPE BETWEEN IS NULL TRUE FALSE
    DISTINCT FROM EXISTS ORDER BY ASC DESC NULLS FIRST LAST LIMIT ANY ALL NONE THEN
"""
KEYWORDS = frozenset(_WORDS.split())

# Groups by number, since the number of the group that matched is the fastest thing to ask for.
_END, _COMMENT, _NAME, _NUMBER, _STRING, _TEXT, _QUOTED, _PARAM, _OPERATOR = range(9)
# Each with the spaces before it.
_TOKEN = re.compile(
    r"""
    \s* (?:
    (--[^\n]* | /\*[\s\S]*?\*/)
  | ((?<=\.)\w+ | [^\W\d]\w*)
  | ([0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+(?!\w))?(?:%|[^\W\d]\w*)?)
  | ('[^']*(?:''[^']*)*')
  | ("[^"]*(?:""[^"]*)*")
  | (`[^`]*(?:``[^`]*)*`)
  | (:[^\W\d]\w*)
  | (==|=~|=|!=|!~|!|<>|<=|>=|<<|>>|<|>|~|[-+*/(){}\[\],.;])
  | ([\s\S])
  | \Z )
    """,
    re.VERBOSE,
)
_KINDS = {
    _COMMENT: "comment", _NAME: "name", _NUMBER: "number", _STRING: "string", _TEXT: "text", _QUOTED: "quoted",
    _PARAM: "param", _OPERATOR + 1: "broken",
}  # fmt: skip
_ESCAPED = re.compile(r"'(?:[^'\\]|\\[\s\S])*'|\"(?:[^\"\\]|\\[\s\S])*\"")
IDENTIFIER = re.compile(r"[^\W\d]\w*\Z")
DOTTED_IDENTIFIER = re.compile(r"\w+\Z")  # a name after a dot may begin with a digit

_INSTEAD = {"&": ("AND", re.compile("&+")), "|": ("OR", re.compile(r"\|+"))}
_LOOKS_LIKE = {"−": "-", "–": "-", "∕": "/", "⁄": "/", "×": "*", "≠": "!=", "≤": "<=", "≥": ">="}
_CURLY = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"'})


class Tokens:
    """The tokens of a text, side by side: ``values`` holds the decoded text of names and strings."""

    __slots__ = ("ends", "kinds", "starts", "text", "values")

    def __init__(self, text: str) -> None:
        self.text = text
        self.kinds: list[str] = []
        self.values: list[str] = []
        self.starts: list[int] = []
        self.ends: list[int] = []


def tokenize(text: str) -> Tokens:
    """Cut a text into tokens, the last of which is of kind ``end``.

    >>> tokenize("tag.env = 'prod'").kinds
    ['name', '.', 'name', '=', 'string', 'end']
    """
    refuse_unreadable(text)
    tokens = Tokens(text)
    kinds, values, starts, ends = tokens.kinds, tokens.values, tokens.starts, tokens.ends
    for match in _TOKEN.finditer(text):
        group = match.lastindex or _END
        if group < _NAME:
            continue
        start, end = match.span(group)
        value = match[group]
        if group == _NAME:
            kind = "name"
            upper = value.upper()
            # A name that a dot touches is a name, whatever it says: tag.order, order.inputs
            if (
                upper in KEYWORDS
                and value.isascii()
                and text[end : end + 1] != "."
                and (not start or text[start - 1] != ".")
            ):
                kind = upper
        elif group == _OPERATOR:
            kind = value
        elif group == _STRING:
            kind = "string"
            value = value[1:-1]
            if "'" in value:
                value = value.replace("''", "'")
            if value.endswith("\\"):
                _refuse_escaped_quote(text, start, end)
        elif group == _TEXT:
            kind = "text"
            value = value[1:-1].replace('""', '"')
            if value.endswith("\\"):
                _refuse_escaped_quote(text, start, end)
        elif group == _QUOTED:
            kind = "quoted"
            value = value[1:-1].replace("``", "`")
        elif group == _NUMBER:
            kind = "number"
        elif group == _PARAM:
            kind = "param"
            value = value[1:]
        else:
            _refuse_character(tokens, start)
        kinds.append(kind)
        values.append(value)
        starts.append(start)
        ends.append(end)
    kinds.append("end")
    values.append("")
    starts.append(len(text))
    ends.append(len(text))
    return tokens


class Piece(NamedTuple):
    """A token of a text that may be unfinished; also of kind ``comment``, ``unclosed`` (a quote) or ``broken``."""

    kind: str
    start: int
    end: int


def pieces(text: str) -> Iterator[Piece]:
    """The tokens of a text as far as it has been written, comments included. Nothing is refused.

    >>> [piece.kind for piece in pieces("tag.env = 'pro")]
    ['name', '.', 'name', '=', 'unclosed']
    """
    for match in _TOKEN.finditer(text):
        group = match.lastindex or _END
        if group == _END:
            return
        start, end = match.span(group)
        value = match[group]
        kind = _KINDS.get(group, value)
        if kind == "name" and value.upper() in KEYWORDS and value.isascii():
            dotted = text[end : end + 1] == "." or text[max(start - 1, 0) : start] == "."
            kind = "name" if dotted else value.upper()
        if kind == "broken" and value in "'\"`":
            kind, end = "unclosed", len(text)
        elif text.startswith("/*", start) and kind == "/":
            kind, end = "comment", len(text)
        yield Piece(kind, start, end)
        if end == len(text):
            return


def refuse_unreadable(text: object) -> None:
    """Refuse what is no text, too long, or holds characters that no store keeps."""
    if not isinstance(text, str):
        fail("", "syntax", f"a filter is a text, not {type(text).__name__}", 0)
    if not text.isascii():
        try:
            size = len(text.encode())
        except UnicodeEncodeError as error:
            fail(text, "syntax", "half of a surrogate pair is not a character", error.start)
    else:
        size = len(text)
    if size > MAX_FILTER_BYTES:
        fail(text, "limit", f"a filter may have {MAX_FILTER_BYTES:,} bytes, this one has {size:,}", 0)
    if "\0" in text:
        fail(text, "syntax", "the NUL character cannot stand in a filter", text.index("\0"))


def _refuse_escaped_quote(text: str, start: int, end: int) -> None:
    # 'C:\' is a text that ends in a backslash; 'it\'s' was meant as one text.
    if end < len(text) and (text[end].isalnum() or text[end] == "_"):
        fail(text, "escape", "a quote inside a text is written twice", end - 2, end, _doubling(text, start))


def _doubling(text: str, start: int) -> list[Fix]:
    match = _ESCAPED.match(text, start)
    if match is None:
        return []
    quote = text[start]
    new = match.group().replace("\\" + quote, quote * 2)
    return [Fix("write the quote twice", replaced(text, start, match.end(), new))]


def _refuse_character(tokens: Tokens, at: int) -> None:
    text, char = tokens.text, tokens.text[at]
    if char in "'\"`":
        for kind, start, end in zip(tokens.kinds, tokens.starts, tokens.ends, strict=True):
            if kind in ("string", "text") and text[end - 2] == "\\" and (fixes := _doubling(text, start)):
                fail(text, "escape", "a quote inside a text is written twice", end - 2, end, fixes)
        what = "name" if char == "`" else "text"
        fail(text, "syntax", f"this {what} has no closing {char}", at, len(text))
    if char in _INSTEAD:
        word, run = _INSTEAD[char]
        match = run.match(text, at)
        end = match.end() if match else at + 1
        fix = Fix(f"write {word}", replaced(text, at, end, f" {word} ").replace("  ", " "))
        fail(text, "syntax", f"write {word}", at, end, [fix])
    if char in "‘’“”":
        fix = Fix("straight quotes", text.translate(_CURLY))
        fail(text, "syntax", "a text stands in straight quotes", at, at + 1, [fix])
    if char == ":":
        fail(text, "syntax", "a parameter's name is missing after the colon", at)
    if unicodedata.category(char) == "Cf":
        fix = Fix("take it out", text.replace(char, ""))
        fail(text, "syntax", "there is a character here that cannot be seen", at, at + 1, [fix])
    meant = _LOOKS_LIKE.get(char) or unicodedata.normalize("NFKC", char)  # a wide = for instance
    if meant != char and meant.isascii() and not meant.isspace():
        fix = Fix(f"write {meant}", text.replace(char, meant))
        fail(text, "syntax", f"this is not {meant}, it only looks like it", at, at + 1, [fix])
    fail(text, "syntax", "this character has no meaning here; a name with it needs backticks", at)
