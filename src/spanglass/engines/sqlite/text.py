"""Tests on texts: LIKE and its kin, and what may be asked of an index or of raw JSON before the exact question."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeGuard

from spanglass.engines.folding import fold
from spanglass.engines.sqlite import functions, words
from spanglass.engines.sqlite.cells import Cell
from spanglass.engines.sqlite.comparisons import constant_text
from spanglass.engines.sqlite.paths import json_path
from spanglass.engines.sqlite.values import SPAN_TEXT, TRACE_TEXT
from spanglass.engines.sqlite.words import Candidates
from spanglass.filters.algebra import Const, Field, Match, Path, Predicate, TextOp, Value

if TYPE_CHECKING:
    from spanglass.engines.sqlite.emitter import Emitter

RawTest = Callable[["Emitter", str], str]

_SPECIAL = re.compile(r"[\\()\[\]{}]")  # a regex with groups, classes or escapes is not looked into
_UNCERTAIN = re.compile(r".[*?]|[.^$+]")

_FOLDED: dict[TextOp, TextOp] = {"ilike": "like", "icontains": "contains"}
"""Tests that are others on folded texts."""

_LONGEST_GLOB = 10_000  # SQLite refuses patterns of more than 50,000 bytes


def glob(pattern: str, escape: str | None = None) -> str:
    """The GLOB pattern that means what a LIKE pattern means in exact case.

    >>> glob("a%b_c*")
    'a*b?c[*]'
    """
    parts = []
    for token in functions.like_tokens(pattern, escape):
        if token is None:
            parts.append("*")
        else:
            parts.append(glob_text(token) if token else "?")
    return "".join(parts)


def glob_text(text: str) -> str:
    """A text as a GLOB pattern that matches just it."""
    return "".join(f"[{character}]" if character in "*?[" else character for character in text)


def match(emitter: Emitter, op: TextOp, value: Cell, pattern: Cell, *, escape: str | None, negated: bool) -> str:
    """Whether the text form of a value matches; NULL where there is no text."""
    if pattern.is_constant:
        wanted = constant_text(pattern.constant)
        test = "NULL" if wanted is None else _constant(emitter, op, emitter.text(value), wanted, escape)
    else:
        test = _variable(emitter, op, emitter.text(value), emitter.text(pattern), escape)
    return f"NOT ({test})" if negated else test


def _constant(emitter: Emitter, op: TextOp, subject: str, wanted: str, escape: str | None) -> str:
    if op == "rlike":
        functions.check_pattern(wanted)
    if op in _FOLDED:
        # A literal is folded here and now, not once for each row.
        op, subject, wanted, escape = _FOLDED[op], f"sg_fold({subject})", fold(wanted), escape and fold(escape)
    if len(wanted) < _LONGEST_GLOB:
        if op == "like":
            return f"{subject} GLOB {emitter.bind(glob(wanted, escape))}"
        if op == "starts":
            return f"{subject} GLOB {emitter.bind(glob_text(wanted) + '*')}"
        if op == "ends":
            return f"{subject} GLOB {emitter.bind('*' + glob_text(wanted))}"
    return _variable(emitter, op, subject, emitter.bind(wanted), escape)


def _variable(emitter: Emitter, op: TextOp, subject: str, wanted: str, escape: str | None) -> str:
    if op in _FOLDED:
        return _variable(emitter, _FOLDED[op], f"sg_fold({subject})", f"sg_fold({wanted})", escape and fold(escape))
    if op == "like":
        return f"sg_like({wanted}, {subject}, {emitter.bind(escape)})"
    if op == "rlike":
        return f"sg_regex({wanted}, {subject})"
    if op == "contains":
        return f"instr({subject}, {wanted}) > 0"
    if op == "starts":
        return f"substr({subject}, 1, length({wanted})) = {wanted}"
    if op == "ends":
        return f"(length({wanted}) = 0 OR substr({subject}, -length({wanted})) = {wanted})"
    return f"sg_words({wanted}, {subject})"


def raw_match(op: TextOp, wanted: object, escape: str | None) -> RawTest | None:
    """A test that holds of any JSON text in which there is a text that matches; None if there is no cheap one."""
    needles = [like_pattern(part) for part in _certain(op, wanted, escape)]
    patterns = [needle for needle in needles if needle is not None]
    if not patterns or len(patterns) < len(needles):
        return None
    return lambda emitter, raw: f"({' OR '.join(f'{raw} LIKE {emitter.bind(one)}' for one in patterns)})"


def is_search(node: Predicate) -> TypeGuard[Match]:
    """Whether a text is looked for in what the word index is made of: all the text of spans, or part of it."""
    return isinstance(node, Match) and not node.negated and isinstance(node.pattern, Const) and _indexed(node.value)


def _indexed(value: Value) -> bool:
    return value in (TRACE_TEXT, SPAN_TEXT) or _is_json(value)


def _is_json(value: Value) -> bool:
    """Whether a value is, or is inside of, a JSON value of which all texts are in the index."""
    field = value.base if isinstance(value, Path) else value
    return isinstance(field, Field) and (field.subject, field.name) in (("span", "inputs"), ("span", "outputs"))


def candidates(connection: sqlite3.Connection, node: Predicate) -> Candidates | None:
    """The traces in which a text may be that is searched for; None if the predicate is no such search."""
    if not is_search(node) or not isinstance(node.pattern, Const):
        return None
    wanted = constant_text(node.pattern.value)
    terms_of = words.in_json if _is_json(node.value) else words.in_text
    if node.op != "match":
        alternatives = [terms_of(part) for part in _certain(node.op, wanted, node.escape)]
    elif terms_of is words.in_text:
        alternatives = [words.of_words(functions.words(wanted or ""))]
    else:
        alternatives = [[one for word in functions.words(wanted or "") for one in words.in_json(word)]]
    return words.candidates(connection, alternatives)


def _certain(op: TextOp, literal: object, escape: str | None) -> list[str]:
    """Texts of which one must be, in some case, in whatever matches; none if that can't be said."""
    wanted = constant_text(literal)
    if wanted is None:
        return []
    if op in ("contains", "icontains", "starts", "ends"):
        return [wanted]
    if op in ("like", "ilike"):
        tokens = functions.like_tokens(wanted, escape)
        return [max("".join(token or "\0" for token in tokens).split("\0"), key=len)]
    if op == "match":
        return [max(functions.words(wanted), key=len, default="")]
    if _SPECIAL.search(wanted):
        return []
    # Each alternative's longest run of plain characters, without one that a quantifier may leave out.
    return [max(_UNCERTAIN.split(branch), key=len) for branch in wanted.split("|")]


def raw_equality(op: str, wanted: object) -> RawTest | None:
    """A test that holds of any JSON text in which there is a value of this text form; None if there is none."""
    text = constant_text(wanted)
    if op != "=" or not text or functions.json_container(text) is not None or json_path((text,)) is None:
        return None
    return lambda emitter, raw: f"instr({raw}, {emitter.bind(text)}) > 0"


def like_pattern(wanted: str) -> str | None:
    """A LIKE pattern that every JSON text matches in which this text is, in any case.

    SQLite's LIKE folds ASCII only. So what JSON may have escaped, and letters that other characters fold to,
    become wildcards; and a text with line breaks may span several leaves, so only its longest line counts.

    >>> like_pattern("it's a é")
    "%it'_ a %%"
    >>> like_pattern("k%") is None
    True
    """
    line = max(wanted.split("\n"), key=len)
    parts = []
    for character in line:
        if character in '"\\/' or not " " <= character <= "~":
            parts.append("%")
        else:
            # The Kelvin sign folds to k, the long s to s.
            parts.append("_" if character in "kKsS%_" else character)
    if sum(part not in "%_" for part in parts) < 2 or len(parts) > _LONGEST_GLOB:
        return None
    return f"%{''.join(parts)}%"
