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
from collections.abc import Iterable, Iterator, Sequence

from spanglass.limits import INDEX_CHARS, INDEX_SPANS, LONGEST_TERM, MAX_WORD_LISTS, TERM_STEP
from spanglass.store.reading import chunks, payloads
from spanglass.store.rows import json_list
from spanglass.store.texts import json_text, span_text

# Regex classes of characters. U+00AA, U+00B5 and U+00BA are letters.
_OTHER_SEPARATORS = "\u0080-\u00a9\u00ab-\u00b4\u00b6-\u00b9\u00bb-\u00bf\u00d7\u00f7\u2000-\u206f\u3000-\u303f"
_SINGLES = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_SEPARATORS = r"\x00-/:-@\[-`{-\x7f" + _OTHER_SEPARATORS

SINGLE = re.compile(f"[{_SINGLES}]")
"""A character that is a term by itself."""

TERM = re.compile(f"[{_SINGLES}]|[^{_SEPARATORS}{_SINGLES}]+")
"""A term in a text."""

_PARTED = re.compile(f"([{_SINGLES}])|[{_OTHER_SEPARATORS}]+")
_ASCII = bytes(ord(chr(byte).lower()) if chr(byte).isalnum() else ord(" ") for byte in range(128))
_PLAIN = _ASCII + bytes(range(128, 256))

_PART = 100  # spans whose payloads are held at once


def terms(texts: Sequence[str]) -> set[str]:
    """The terms of some texts. Of one longer than ``LONGEST_TERM``, pieces of that length that overlap.

    >>> sorted(terms(["Refund-policy, “naïve”", "日本 2024_11"]))
    ['11', '2024', 'naïve', 'policy', 'refund', '日', '本']
    """
    spaced = [text if text.isascii() else _PARTED.sub(r" \1 ", text) for text in texts]
    # Ten times as fast as a regex, and this is much of what indexing costs.
    found = set(" ".join(spaced).encode().translate(_PLAIN).decode().split(" "))
    found.discard("")
    if max(map(len, found), default=0) > LONGEST_TERM:
        for term in [term for term in found if len(term) > LONGEST_TERM]:
            found.remove(term)
            found.update(pieces(term))
    return found


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
    texts: dict[int, list[str]] = defaultdict(list)
    size, taken = 0, []
    for rid, sid, text in _texts(connection, stale + fresh):
        texts[rid].append(text)
        size += len(text)
        taken.append((rid, sid))
        if size > INDEX_CHARS:
            break
    connection.executemany("DELETE FROM word_stale WHERE rid = ? AND sid = ?", taken)
    if taken:
        _add(connection, {rid: terms(texts[rid]) for rid in texts}, max(done, *(sid for _, sid in taken)))


def _texts(connection: sqlite3.Connection, places: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int, str]]:
    """The texts of spans, in this order, with their numbers; for number 0 that of a trace without spans."""
    for part in chunks(places, _PART):
        sids = [sid for _, sid in part]
        rows = connection.execute(
            "SELECT sid, text, status_message FROM span JOIN symbol ON id = name_id"
            " WHERE sid IN (SELECT value FROM json_each(?))",
            (json_list(sids),),
        )
        narrow = {sid: (name, message) for sid, name, message in rows}
        wide = payloads(connection, sids)
        for rid, sid in part:
            if sid in narrow:
                row = wide[sid]
                yield rid, sid, span_text(*narrow[sid], row.inputs, row.outputs, row.attributes, row.events)
            else:
                yield rid, sid, _trace_text(connection, rid)


def _trace_text(connection: sqlite3.Connection, rid: int) -> str:
    row = connection.execute(
        "SELECT name, request, response FROM trace JOIN trace_payload USING (rid) WHERE rid = ?", (rid,)
    ).fetchone()
    return "" if row is None else json_text(*row)


def _add(connection: sqlite3.Connection, documents: dict[int, set[str]], done: int) -> None:
    ids = [connection.execute("INSERT INTO word_document(rid) VALUES (?)", (rid,)).lastrowid for rid in documents]
    connection.executemany(
        "INSERT INTO word(rowid, terms) VALUES (?, ?)", zip(ids, map(" ".join, documents.values()), strict=True)
    )
    found = set().union(*documents.values())
    plain = set(filter(str.isascii, found))
    _add_list(connection, done, plain, found - plain)
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
    """The terms of a trace's text as it is now."""
    sids = [sid for (sid,) in connection.execute("SELECT sid FROM span WHERE rid = ?", (rid,))]
    return terms([text for _, _, text in _texts(connection, [(rid, sid) for sid in sids or [0]])])


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
