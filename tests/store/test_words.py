"""The word index: what it has of a text, how it is kept, and that it is right whatever was done to the traces."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanglass.engines.folding import fold
from spanglass.entities import Batch, Json, TraceFacts
from spanglass.limits import LONGEST_TERM, TERM_STEP
from spanglass.store import Store, StoreError, words
from spanglass.store.json_text import encode
from spanglass.store.texts import span_strings, span_text
from tests.store.building import span


def tables(store: Store) -> dict[str, int]:
    names = ("word", "word_document", "word_list", "word_stale")
    return {name: store.connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in names}


def all_terms(store: Store) -> set[str]:
    rows = store.connection.execute("SELECT plain || other FROM word_list").fetchall()
    return {term for (text,) in rows for term in text.split("\n")} - {""}


def test_a_character_stays_of_its_class_when_it_is_folded() -> None:
    def kind(character: str) -> str:
        if words.SINGLE.fullmatch(character):
            return "single"
        return "inside" if words.TERM.fullmatch(character) else "between"

    characters = [chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code < 0xE000]
    assert [c for c in characters if kind(c) != kind(fold(c))] == []
    assert {kind(c) for c in characters} == {"single", "inside", "between"}


@given(st.text(alphabet=st.sampled_from("aB_-. é“日本ß\n🎉"), max_size=200))
def test_the_terms_of_a_text_are_those_that_the_pattern_finds(text: str) -> None:
    def lower(term: str) -> str:
        return "".join(character.lower() if character.isascii() else character for character in term)

    found = {lower(term) for term in words.TERM.findall(text)}
    assert words.terms([text]) == {
        piece for term in found for piece in (words.pieces(term) if len(term) > LONGEST_TERM else [term])
    }


KEYS = st.sampled_from(["a", "input.value", 'q"q', "b\\n", "naïve"])
TEXTS = st.text(alphabet=st.sampled_from('ab"\\/\n\t\x01\x7f{}[]:,1é“日'), max_size=12)
JSON = st.recursive(
    TEXTS | st.sampled_from([None, True, 12.5, 7]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS | TEXTS, inner, max_size=3),
    max_leaves=8,
)


@given(JSON, JSON, st.dictionaries(KEYS, JSON, max_size=3), st.none() | JSON)
def test_what_is_indexed_of_a_span_is_its_text(inputs: Json, outputs: Json, attributes: Json, happened: Json) -> None:
    events = None if happened is None else [{"name": "event\\", "timestamp_ns": 12, "attributes": {"k": happened}}]
    row = [None if value is None else encode(value) for value in (inputs, outputs, attributes, events)]
    strings = span_strings(b"name", b"of\\no use", *(text and text.encode() for text in row))
    found = words.terms(text.decode() for text in strings)
    assert found == words.terms([span_text("name", "of\\no use", *row)])


@given(st.integers(LONGEST_TERM + 1, 400), st.data())
def test_pieces_of_a_long_term_have_all_that_is_half_as_long(length: int, data: st.DataObject) -> None:
    term = "".join(chr(0x100 + at) for at in range(length))
    size = LONGEST_TERM - TERM_STEP + 1
    start = data.draw(st.integers(0, length - size))
    pieces = words.pieces(term)
    assert any(term[start : start + size] in piece for piece in pieces)
    assert (term[:LONGEST_TERM], term[-LONGEST_TERM:]) == (pieces[0], pieces[-1])
    assert {len(piece) for piece in pieces} == {LONGEST_TERM}


def test_writing_does_not_index(store: Store) -> None:
    store.write(Batch([span("t1", "a", inputs={"q": "refund"})]))
    assert tables(store) == {"word": 0, "word_document": 0, "word_list": 0, "word_stale": 0}
    assert words.tail(store.connection, 10) == {1}
    assert store.index_words()
    assert words.tail(store.connection, 10) == set()
    assert all_terms(store) == {"a", "q", "refund"}


def test_indexing_in_parts_ends(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "INDEX_SPANS", 3)
    monkeypatch.setattr(words, "MAX_WORD_LISTS", 2)
    store.write(Batch([span(f"t{at % 4}", f"s{at}", inputs=f"w{at} naïve{at}") for at in range(20)]))
    assert not store.index_words(0)
    assert words.tail(store.connection, 100)
    assert store.index_words()
    assert tables(store)["word_list"] <= 2
    assert all_terms(store) >= {f"w{at}" for at in range(20)} | {f"naïve{at}" for at in range(20)}


def test_long_texts_are_indexed_in_parts_too(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "INDEX_CHARS", 10)
    store.write(Batch([span("t1", f"s{at}", inputs="x" * 50) for at in range(5)]))
    assert store.index_words()
    assert tables(store)["word_document"] == 5


def test_a_span_written_anew_is_indexed_anew(store: Store) -> None:
    running = span("t1", "a", end=None, inputs="before")
    store.write(Batch([running]))
    store.index_words()
    store.write(Batch([span("t1", "a", inputs="after")]))
    assert words.tail(store.connection, 10) == {1}
    store.index_words()
    assert all_terms(store) == {"a", "before", "after"}


def test_a_trace_without_spans_is_indexed(store: Store) -> None:
    store.write(Batch(traces=[TraceFacts("t1", name="asking", request={"q": "refund"})]))
    store.index_words()
    assert all_terms(store) == {"asking", "q", "refund"}
    store.write(Batch(traces=[TraceFacts("t1", response="granted")]))
    store.index_words()
    assert "granted" in all_terms(store)


def test_an_index_that_is_mostly_of_deleted_traces_is_begun_anew(store: Store) -> None:
    store.write(Batch([span(f"t{at}", "a", inputs=f"w{at}") for at in range(10)], [TraceFacts("bare", name="bare")]))
    store.index_words()
    store.delete_traces([f"t{at}" for at in range(5)])
    assert "w0" in all_terms(store)  # nothing can be taken out of it
    store.delete_traces(["t5"])
    assert tables(store) == {"word": 0, "word_document": 0, "word_list": 0, "word_stale": 1}
    store.index_words()
    assert all_terms(store) == {"a", "bare", "w6", "w7", "w8", "w9"}


def test_nobody_who_writes_is_waited_for(store: Store) -> None:
    store.write(Batch([span("t1", "a")]))
    with Store(store.path) as other, other.transaction():
        assert not store.index_words(1)
    assert store.index_words(1)
    store.write(Batch([span("t2", "a")]))
    with store.transaction():
        assert not store.index_words(1)
        with pytest.raises(StoreError, match="in a transaction already"):
            store.index_words()


def test_what_can_only_be_read_is_not_indexed(store: Store) -> None:
    store.write(Batch([span("t1", "a")]))
    with Store(store.path, read_only=True) as reading:
        assert not reading.index_words(1)
        with pytest.raises(StoreError, match="read_only"):
            reading.index_words()


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        ("DELETE FROM word_document", "trace t1: not all of its words are in the index"),
        ("UPDATE word_document SET rid = 2 WHERE rid = 1", "trace t1: not all of its words are in the index"),
        ("UPDATE word_list SET plain = replace(plain, 'refund', 'fund')", "the word 'refund' is in no list"),
        ("INSERT INTO word(word) VALUES ('delete-all')", "trace t1: not all of its words are in the index"),
        ("UPDATE payload SET inputs = '\"never seen\"' WHERE sid = 1", "trace t1: not all of its words"),
        ("UPDATE word_document SET rid = 99 WHERE rid = 2", "an indexed document of an unknown trace: 1"),
    ],
)
def test_damage_to_the_index_is_found(tmp_path: Path, damage: str, found: str) -> None:
    with Store(tmp_path / "s.db") as store:
        store.write(Batch([span("t1", "a", inputs="refund"), span("t2", "b", inputs="policy")]))
        store.index_words()
        assert store.verify() == []
        store.connection.execute(damage)
        assert any(found in sentence for sentence in store.verify())
