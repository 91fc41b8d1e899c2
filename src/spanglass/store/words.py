"""The index of words: which traces have a term in their text, and the list of all terms there are.

It serves to leave out, before a text is searched, the traces in which it cannot be found. So it may say too much
of a trace, as it does of a span that was written anew since, but never too little.

A *term* is a run of ASCII letters and digits and of other characters from U+0080 on, but for the separators among
these; an ideograph or kana is a term by itself, since no spaces part its words. What is a term depends on fixed
ranges alone, and only ASCII is put in lower case, so the index is the same whatever Unicode version a Python has:
folding by case is left to whoever reads the list of terms. Folding never makes one class of characters another.

What is indexed are *documents*: spans of one trace that were indexed together. Indexing is no part of writing: it
takes up the spans behind the last one that was indexed (arrival numbers are given in order and never again), and
what was written anew since then (``word_stale``). Both together are the *tail*, which a search must look through.
"""

from __future__ import annotations

import random
import re
import sqlite3
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from spanglass.limits import INDEX_CHARS, INDEX_SPANS, LONGEST_TERM, MAX_WORD_LISTS, TERM_STEP
from spanglass.store import reading
from spanglass.store.reading import chunks
from spanglass.store.texts import json_text, span_strings, span_text

# Regex classes of characters. U+00AA, U+00B5 and U+00BA are letters.
_OTHER_SEPARATORS = "\u0080-\u00a9\u00ab-\u00b4\u00b6-\u00b9\u00bb-\u00bf\u00d7\u00f7\u2000-\u206f\u3000-\u303f"
_SINGLES = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_SEPARATORS = r"\x00-/:-@\[-`{-\x7f" + _OTHER_SEPARATORS

SINGLE = re.compile(f"[{_SINGLES}]")
"""A character that is a term by itself."""

TERM = re.compile(f"[{_SINGLES}]|[^{_SEPARATORS}{_SINGLES}]+")
"""A term in a text."""

_ASCII = bytes(ord(chr(byte).lower()) if chr(byte).isalnum() else ord(" ") for byte in range(128))
_PLAIN = _ASCII + bytes(range(128, 256))

_PART = 100  # spans whose payloads are held at once


def terms(texts: Iterable[str]) -> set[str]:
    """The terms of some texts. Of one longer than ``LONGEST_TERM``, pieces of that length that overlap.

    >>> sorted(terms(["Refund-policy, “naïve”", "日本 2024_11"]))
    ['11', '2024', 'naïve', 'policy', 'refund', '日', '本']
    """
    found = _tokens(text.encode() for text in texts)
    _cut(found, _odd(found))
    return {term.decode() for term in found}


def _tokens(texts: Iterable[bytes]) -> set[bytes]:
    """What stands between ASCII separators: nearly always a term."""
    # Ten times as fast as a regex, and this is much of what indexing costs. In traces texts repeat themselves.
    return set(b" ".join(set(texts)).translate(_PLAIN).split())


def _odd(tokens: Iterable[bytes]) -> dict[bytes, list[bytes]]:
    """The terms in those that are none themselves, or might not be: what is long, or not all ASCII."""
    return {
        token: [
            piece.encode()
            for term in TERM.findall(token.decode())
            for piece in (pieces(term) if len(term) > LONGEST_TERM else (term,))
        ]
        for token in tokens
        if len(token) > LONGEST_TERM or not token.isascii()
    }


def _cut(tokens: set[bytes], odd: Mapping[bytes, Iterable[bytes]]) -> None:
    for token in odd.keys() & tokens:
        tokens.remove(token)
        tokens.update(odd[token])


def pieces(term: str) -> list[str]:
    """What is indexed of a long term: any ``LONGEST_TERM - TERM_STEP + 1`` characters of it are in one of these.

    The first and the last one are its beginning and its end.
    """
    starts = range(0, len(term) - LONGEST_TERM, TERM_STEP)
    return [term[start : start + LONGEST_TERM] for start in starts] + [term[-LONGEST_TERM:]]


def indexed_up_to(connection: sqlite3.Connection) -> int:
    """The arrival number of the last span that was indexed."""
    (sid,) = connection.execute("SELECT coalesce(max(sid), 0) FROM word_list").fetchone()
    return int(sid)


def tail(connection: sqlite3.Connection, most: int) -> set[int] | None:
    """The numbers of the traces of which not all is indexed; None if that takes looking at more than ``most`` spans."""
    rows = connection.execute(
        "SELECT rid FROM span WHERE sid > ?1 UNION ALL SELECT rid FROM word_stale LIMIT ?2",
        (indexed_up_to(connection), most + 1),
    ).fetchall()
    return None if len(rows) > most else {rid for (rid,) in rows}


def waiting(connection: sqlite3.Connection) -> bool:
    """Whether there is something that is not indexed yet."""
    return bool(tail(connection, 0) is None)


def mark(connection: sqlite3.Connection, rid: int, sids: Sequence[int]) -> None:
    """Remember that these spans of a trace have been written anew; 0 stands for the trace's own text."""
    connection.executemany("INSERT OR IGNORE INTO word_stale VALUES (?, ?)", [(rid, sid) for sid in sids])


def index(connection: sqlite3.Connection) -> None:
    """Index some more, within the transaction that is open."""
    done = indexed_up_to(connection)
    stale = connection.execute("SELECT rid, sid FROM word_stale WHERE sid <= ? LIMIT ?", (done, INDEX_SPANS)).fetchall()
    fresh = connection.execute(
        "SELECT rid, sid FROM span WHERE sid > ? ORDER BY sid LIMIT ?", (done, INDEX_SPANS)
    ).fetchall()
    texts: dict[int, list[bytes]] = defaultdict(list)
    size, taken = 0, []
    for rid, sid, strings in _texts(connection, stale + fresh):
        texts[rid] += strings
        size += sum(map(len, strings))
        taken.append((rid, sid))
        if size > INDEX_CHARS:
            break
    connection.executemany("DELETE FROM word_stale WHERE rid = ? AND sid = ?", taken)
    if taken:
        _add(connection, texts, max(done, *(sid for _, sid in taken)))


def _texts(
    connection: sqlite3.Connection, places: Sequence[tuple[int, int]]
) -> Iterator[tuple[int, int, Sequence[bytes]]]:
    """The texts of spans, in this order, with their numbers; for number 0 that of a trace without spans."""
    for part in chunks(places, _PART):
        found = {sid: texts for _, sid, texts in reading.texts(connection, [sid for _, sid in part])}
        for rid, sid in part:
            yield rid, sid, span_strings(*found[sid]) if sid in found else [_trace_text(connection, rid).encode()]


def _trace_text(connection: sqlite3.Connection, rid: int) -> str:
    row = connection.execute(
        "SELECT name, request, response FROM trace JOIN trace_payload USING (rid) WHERE rid = ?", (rid,)
    ).fetchone()
    return "" if row is None else json_text(*row)


def _add(connection: sqlite3.Connection, texts: Mapping[int, Sequence[bytes]], done: int) -> None:
    documents = {rid: _tokens(texts[rid]) for rid in texts}
    found = set().union(*documents.values())
    odd = _odd(found)
    for tokens in (found, *documents.values()) if odd else ():
        _cut(tokens, odd)
    ids = [connection.execute("INSERT INTO word_document(rid) VALUES (?)", (rid,)).lastrowid for rid in documents]
    connection.executemany(
        "INSERT INTO word(rowid, terms) VALUES (?, ?)",
        zip(ids, (b" ".join(tokens).decode() for tokens in documents.values()), strict=True),
    )
    plain = {term.decode() for term in found if term.isascii()}
    _add_list(connection, done, plain, {term.decode() for term in found if not term.isascii()})
    lists = connection.execute("SELECT id, sid FROM word_list ORDER BY size").fetchall()
    if len(lists) > MAX_WORD_LISTS:
        # The smallest become one, so that each term is copied a few times only while the index grows.
        _merge(connection, lists[: MAX_WORD_LISTS // 2 + 1])


def _merge(connection: sqlite3.Connection, lists: list[tuple[int, int]]) -> None:
    merged: tuple[list[str], list[str]] = ([], [])
    for id, _ in lists:
        texts = connection.execute("SELECT plain, other FROM word_list WHERE id = ?", (id,)).fetchone()
        for found, text in zip(merged, texts, strict=True):
            found += text[1:-1].split("\n") if text else ()
        connection.execute("DELETE FROM word_list WHERE id = ?", (id,))
    _add_list(connection, max(sid for _, sid in lists), *merged)


def _add_list(connection: sqlite3.Connection, done: int, plain: Iterable[str], other: Iterable[str]) -> None:
    # Drawn at random: under the same number there is the same list, in whatever file of whatever process.
    number = random.SystemRandom().getrandbits(62)
    found = [dict.fromkeys(sorted(terms)) for terms in (plain, other)]
    texts = ["\n".join(("", *terms, "")) if terms else "" for terms in found]
    connection.execute("INSERT INTO word_list VALUES (?, ?, ?, ?, ?)", (number, done, sum(map(len, texts)), *texts))


def indexed_traces(connection: sqlite3.Connection) -> list[tuple[int, str]]:
    """The numbers and ids of the traces that are indexed as a whole."""
    left = tail(connection, sys.maxsize - 1) or ()
    return [row for row in connection.execute("SELECT rid, trace_id FROM trace ORDER BY rid") if row[0] not in left]


def terms_of(connection: sqlite3.Connection, rid: int) -> set[str]:
    """The terms of a trace's text as it is now, found in the text itself."""
    sids = [sid for (sid,) in connection.execute("SELECT sid FROM span WHERE rid = ?", (rid,))]
    texts = [
        span_text(name.decode(), message.decode() if message else None, *json)
        for _, _, (name, message, *json) in reading.texts(connection, sids)
    ]
    if not sids:
        texts.append(_trace_text(connection, rid))
    return terms(texts)


def having(connection: sqlite3.Connection, term: str, first: int, last: int) -> set[int]:
    """The traces from one number to another that have a term, as the index says."""
    rows = connection.execute(
        "SELECT rid FROM word_document CROSS JOIN word ON word.rowid = id WHERE rid BETWEEN ? AND ? AND word MATCH ?",
        (first, last, f'"{term}"'),
    )
    return {rid for (rid,) in rows}


def begin_anew(connection: sqlite3.Connection) -> None:
    """Empty the index: all traces are its tail."""
    connection.execute("INSERT INTO word(word) VALUES ('delete-all')")
    for table in ("word_document", "word_list", "word_stale"):
        connection.execute(f"DELETE FROM {table}")
    connection.execute("DELETE FROM sqlite_sequence WHERE name = 'word_document'")
    connection.execute("INSERT INTO word_stale SELECT rid, 0 FROM trace WHERE span_count = 0")


def after_deletion(connection: sqlite3.Connection) -> None:
    """Begin anew if more than half of the index is about traces that are gone: nothing can be taken out of it."""
    kept, made = connection.execute(
        "SELECT (SELECT count(*) FROM word_document),"
        " (SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'word_document')"
    ).fetchone()
    if 2 * kept < made:
        begin_anew(connection)
