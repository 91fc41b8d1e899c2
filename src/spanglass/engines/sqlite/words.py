"""Which traces may have a text in them, by the store's index of words.

Wherever a text stands in another, so do its terms: those in the middle as they are, the first one as the end of a
term, the last one as the beginning of one. The list of all terms says which terms these can be, the index which
traces have them. What is left is searched as ever, so the answer is the same with and without the index.
"""

from __future__ import annotations

import re
import sqlite3
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock

from spanglass.engines.folding import fold
from spanglass.limits import (
    INDEX_SHARE,
    LONGEST_TERM,
    MAX_CANDIDATES,
    MAX_TAIL_SPANS,
    MAX_TERM_CHARS,
    MAX_TERMS,
    MAX_WORDS,
    SAMPLED_DOCUMENTS,
    TERM_STEP,
)
from spanglass.store import words
from spanglass.store.json_text import clean


@dataclass(frozen=True, slots=True)
class Wanted:
    """A text that the terms meant have in them: at their beginning, at their end, as a whole, or anywhere.

    ``loose`` says that in a term that is not ASCII it may be anywhere.
    """

    text: str
    begins: bool
    ends: bool
    loose: bool = False


def in_text(needle: str) -> list[Wanted]:
    """The terms that are in every text in which this text is, in any case.

    >>> for wanted in in_text("The refund's a"):
    ...     print(wanted.text, wanted.begins, wanted.ends)
    the False True
    refund True True
    s True True
    a True False
    """
    text = fold(clean(needle))
    found = []
    for term in words.TERM.finditer(text):
        single = words.SINGLE.match(term.group()) is not None
        found.append(_wanted(term.group(), single or term.start() > 0, single or term.end() < len(text)))
    return found


def of_words(wanted: Iterable[str]) -> list[Wanted]:
    """The terms that are in every text that has these words, each a run of letters, digits and underscores."""
    found = []
    for word in wanted:
        for term in words.TERM.findall(word):
            # A sign that is no letter, such as that of the euro, may belong to the same term; but it isn't ASCII.
            whole = len(term) <= _SURELY_WHOLE
            found.append(Wanted(term, True, True, loose=True) if whole else _wanted(term, False, False))
    return found


def in_json(needle: str) -> list[Wanted]:
    """The terms that are in the text of all JSON values of a span in whose own JSON text this text is, in any case.

    What may be part of a number or of a literal is no text. And in JSON a letter or a code may stand before a term
    that escapes what is before it: ``nrefund`` after a backslash is a line break and a refund.

    >>> [wanted.text for wanted in in_json('"zanzibar": 15, "refunds')]
    ['zanzibar', 'efunds']
    """
    found = []
    for one in in_text(needle):
        code = "u" if one.begins else "u0123456789abcdef"
        dropped = _LONGEST_ESCAPE if one.text[0] in code else int(one.text[0] in "ntrbf")
        rest = one.text[dropped:]
        if not _NO_TEXT.fullmatch(rest) and not any(rest in literal for literal in ("true", "false", "null")):
            found.append(_wanted(rest, False, one.ends) if dropped else one)
    return found


_LONGEST_ESCAPE = len("u001f")
_NO_TEXT = re.compile("[0-9e]*")

_SURELY_WHOLE = LONGEST_TERM - TERM_STEP + 1  # whatever is no longer is in one piece of a term, if it is in the term


def _wanted(text: str, begins: bool, ends: bool) -> Wanted:
    """What to look for, also where the term, or one that it is part of, is indexed in pieces."""
    if begins:
        return Wanted(text, begins, ends) if len(text) <= LONGEST_TERM else Wanted(text[:LONGEST_TERM], True, False)
    return Wanted(text[-LONGEST_TERM:], False, True) if ends else Wanted(text[:_SURELY_WHOLE], False, False)


@dataclass(frozen=True, slots=True)
class _List:
    """One list of terms: the ASCII ones, and the others as they are and folded, which is as long."""

    plain: str
    other: str
    folded: str

    @property
    def size(self) -> int:
        return len(self.plain) + len(self.other)

    def add(self, wanted: Wanted, found: set[str]) -> None:
        """Add the terms that are meant, until there are too many of them."""
        if wanted.begins:
            _add_beginning(self.plain, wanted.text, wanted.ends, found)
        else:
            _add_having(self.plain, self.plain, wanted.text + "\n" * wanted.ends, found)
        begins, ends = wanted.begins and not wanted.loose, wanted.ends and not wanted.loose
        _add_having(self.folded, self.other, "\n" * begins + wanted.text + "\n" * ends, found)


def _add_having(folded: str, terms: str, pattern: str, found: set[str]) -> None:
    at = folded.find(pattern)
    while at >= 0 and len(found) <= MAX_TERMS:
        start = at if folded[at] == "\n" else folded.rfind("\n", 0, at)
        end = folded.find("\n", at + 1)
        found.add(terms[start + 1 : end])
        at = folded.find(pattern, end)


def _add_beginning(terms: str, text: str, whole: bool, found: set[str]) -> None:
    """The same for sorted terms that begin with, or are, a text: by bisection, where looking takes milliseconds."""
    low, high = 0, len(terms) - 1  # always line breaks; terms between them are not compared yet
    while low < high:
        middle = terms.rfind("\n", low, (low + high) // 2 + 1)
        end = terms.find("\n", middle + 1)
        if terms[middle + 1 : end] < text:
            low = end
        else:
            high = middle
    pattern = f"{text}\n" if whole else text
    while terms.startswith(pattern, low + 1) and len(found) <= MAX_TERMS:
        end = terms.find("\n", low + 1)
        found.add(terms[low + 1 : end])
        low = end


_LISTS: OrderedDict[int, _List] = OrderedDict()
"""Lists of terms by their number, which no two lists of any files share; the last used last."""
_GUARD = Lock()


def _lists(connection: sqlite3.Connection) -> list[_List] | None:
    """The store's lists; None if they are too large to be held in memory."""
    sizes = dict(connection.execute("SELECT id, size FROM word_list"))
    if sum(sizes.values()) > MAX_TERM_CHARS:
        return None
    found = []
    for number in sizes:
        held = _LISTS.get(number)
        if held is None:
            plain, other = connection.execute("SELECT plain, other FROM word_list WHERE id = ?", (number,)).fetchone()
            held = _List(plain, other, fold(other))
        found.append(held)
        with _GUARD:
            _LISTS[number] = held
            _LISTS.move_to_end(number)
            while sum(one.size for one in _LISTS.values()) > MAX_TERM_CHARS:
                _LISTS.popitem(last=False)
    return found


@dataclass(slots=True)
class Candidates:
    """The traces that may have a text; None where the index can't say, or would not save work, and ``why`` not."""

    rids: set[int] | None = None
    terms: int = 0
    tail: int = 0
    why: str = ""

    def __str__(self) -> str:
        if self.rids is None:
            return f"text: all traces are searched, the newest first: {self.why}"
        said = f"text: word index, terms {self.terms:,}, traces to be searched {len(self.rids):,}"
        return said + (f", of which not indexed yet {self.tail:,}" if self.tail else "")


def candidates(connection: sqlite3.Connection, alternatives: Sequence[list[Wanted]]) -> Candidates:
    """The traces of which a text may have all terms of one of the alternatives."""
    if not alternatives or not all(alternatives):
        return Candidates(why="what is looked for has no words")
    with _one_state(connection):
        return _candidates(connection, alternatives)


@contextmanager
def _one_state(connection: sqlite3.Connection) -> Iterator[None]:
    """The index as it is at one moment: what is its tail now may be in it, or the other way round, in the next."""
    if connection.in_transaction:
        yield
        return
    connection.execute("BEGIN")
    try:
        yield
    finally:
        if connection.in_transaction:
            connection.execute("COMMIT")


def _candidates(connection: sqlite3.Connection, alternatives: Sequence[list[Wanted]]) -> Candidates:
    tail = words.tail(connection, MAX_TAIL_SPANS)
    if tail is None:
        return Candidates(why=f"more than {MAX_TAIL_SPANS:,} spans are not indexed yet")
    lists = _lists(connection)
    if lists is None:
        return Candidates(why="the index has too many terms to be held in memory")
    found = Candidates(tail, tail=len(tail))
    for wanted in alternatives:
        expanded = _expanded(lists, wanted)
        if not expanded:
            return Candidates(why=f"its words can be part of more than {MAX_TERMS} terms")
        found.terms += sum(map(len, expanded))
        rids = _having(connection, expanded) if all(expanded) else set()
        if rids is None:
            return Candidates(why="its words are in too many traces")
        tail |= rids
    return found


_SHORT = len("the")


def _expanded(lists: Sequence[_List], wanted: Iterable[Wanted]) -> list[set[str]]:
    """For each word the terms that it can be part of, without those words that can be part of too many."""
    # The longest words are the rarest ones, mostly; so many leave nothing more to be left out.
    longest = sorted(set(wanted), key=lambda one: len(one.text), reverse=True)[:MAX_WORDS]
    # Short ones are in most traces, mostly: looking them all up takes longer than searching the few that they exclude.
    if len(longest[0].text) > _SHORT:
        longest = [one for one in longest if len(one.text) > _SHORT or not one.text.isalpha()]
    expanded = []
    # What is found by bisection first: if it is in no term, the lists need not be looked through for the rest.
    for one in sorted(longest, key=lambda one: not one.begins):
        terms: set[str] = set()
        for each in lists:
            each.add(one, terms)
        if len(terms) <= MAX_TERMS:
            expanded.append(terms)
        if not terms:
            break
    return expanded


def _having(connection: sqlite3.Connection, expanded: Sequence[set[str]]) -> set[int] | None:
    """The traces that have a term of each set; None if listing them would take longer than it saves."""
    having = " AND ".join("(" + " OR ".join(f'"{term}"' for term in terms) + ")" for terms in expanded)
    (last,) = connection.execute("SELECT coalesce(max(id), 0) FROM word_document").fetchone()
    (sampled,) = connection.execute(
        "SELECT count(*) FROM word WHERE word MATCH ? AND rowid > ?", (having, last - SAMPLED_DOCUMENTS)
    ).fetchone()
    if sampled > SAMPLED_DOCUMENTS // INDEX_SHARE:
        return None
    rows = connection.execute(
        "SELECT rid FROM word CROSS JOIN word_document ON id = word.rowid WHERE word MATCH ? LIMIT ?",
        (having, MAX_CANDIDATES + 1),
    ).fetchall()
    return None if len(rows) > MAX_CANDIDATES else {rid for (rid,) in rows}
