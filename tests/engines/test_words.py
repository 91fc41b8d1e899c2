"""A search for text answers the same with the word index, with half of it, and without it."""

from __future__ import annotations

import multiprocessing
import random
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spanglass.engines.folding import fold
from spanglass.engines.sqlite import SqliteEngine, words
from spanglass.entities import Batch, Span, SpanEvent, TraceFacts
from spanglass.filters import resolve
from spanglass.store import Store
from spanglass.store import words as indexing
from spanglass.store.texts import leaf_texts
from tests.oracle import forms
from tests.property.chance import Chance, seeded

MS = 1_000_000

# Texts whose pieces meet every rule of the index: case pairs beyond ASCII, one to many and many to one; combining
# marks, signs inside and between words, scripts without spaces, emoji, words longer than a term and than a piece.
PIECES = [
    "refund", "Refund", "REFUND", "policy", "the", "of", "a", "zanzibar", "retrieve_docs", "it's", "e-mail", "x.y/z",
    "Straße", "STRASSE", "ẞ", "İstanbul", "istanbul", "ΣΊΣΥΦΟΣ", "σίσυφος", "\u212aelvin", "kelvin", "ſtone", "Stone",
    "cafe\u0301", "café", "\u0301", "µ", "μ", "日本語", "東京タワー", "한국어", "สวัสดี", "🎉", "great🎉", "€100", "100€",
    "👩‍👩‍👧",
    "“quoted”", "–", "…", "naïve—yes", "\t", "\r\n", "\n", '"', "\\", "\\n", "\x1b[31m", "\x0fzanzibar",
    "\nzanzibar", "\u00a0", "\u3000", "°", "ª",
    "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0", "w" * 70, "W" * 63 + "x", "ab" * 50, "é" * 80, "日" * 70, "0.5", "true",
]  # fmt: skip


class Source(Chance):
    """Random spans, facts and needles."""

    def text(self) -> str:
        return self.one(["", " ", "-", "_"]).join(self.one(PIECES) for _ in range(self.below(7)))

    def value(self) -> Any:
        scalar = self.one([True, False, None, 12, 1.5e300, "12", self.text(), self.text(), self.text()])
        return self.one([scalar, {"k": scalar, self.text(): self.text()}, [self.text(), {self.text(): scalar}]])

    def batch(self) -> Batch:
        """A few spans of a few traces, finished or not, and facts of traces that may have no spans."""
        batch = Batch()
        for _ in range(self.below(5)):
            number = self.below(6)
            batch.spans.append(
                Span(
                    f"t{number}", f"s{self.below(3)}", self.text(), start_time_ns=number * MS,
                    end_time_ns=self.one([None, 2_000 * MS]), inputs=self.value(), status_message=self.text(),
                    attributes={self.text(): self.value()},
                    events=[SpanEvent(self.text(), 0, {"k": self.text()})] if self.odds(2) else [],
                )
            )  # fmt: skip
        if self.odds(3):
            batch.traces.append(TraceFacts(f"t{self.below(8)}", name=self.text(), request=self.value()))
        return batch

    def needle(self, texts: list[str]) -> str:
        """A piece of one of the texts, as it is or in another case, or a little different."""
        text = self.one(texts)
        start = self.below(len(text) + 1)
        cut = text[start : start + 1 + self.below(self.one([8, 90]))]
        return self.one([cut, cut, cut.swapcase(), fold(cut), cut.upper(), cut + "q"])


@contextmanager
def new_store() -> Iterator[Store]:
    with tempfile.TemporaryDirectory() as folder, Store(f"{folder}/s.db", synchronous="OFF") as store:
        yield store


def all_texts(store: Store) -> list[str]:
    """The texts of all spans and of the traces that have none."""
    SqliteEngine(store)  # registers the functions
    return [
        row[0]
        for row in store.connection.execute(
            "SELECT sg_span_text(y.text, s.status_message, p.inputs, p.outputs, p.attributes, p.events)"
            " FROM span s JOIN payload p USING (sid) JOIN symbol y ON y.id = s.name_id UNION ALL"
            " SELECT sg_json_text(t.name, q.request, q.response) FROM trace t JOIN trace_payload q USING (rid)"
            " WHERE t.span_count = 0"
        )
    ]


def all_inputs(store: Store) -> list[str]:
    """What is stored of the spans' inputs, and the texts of it."""
    texts = [row[0] for row in store.connection.execute("SELECT inputs FROM payload WHERE inputs IS NOT NULL")]
    return [*texts, *("\n".join(leaf_texts(orjson.loads(text))) for text in texts)] or ["nothing"]


FIELDS = ["text {}", "text {}", "{{ text {} }}", "{{ inputs {} }}", "span.inputs {}", "{{ inputs.k {} }}"]


def answer(engine: SqliteEngine, op: str, needle: str, field: str) -> tuple[list[str], int]:
    """What a search finds, page and count; the texts go as parameters, since not all can be typed."""
    query = resolve(field.format(f"{op} :x"), params={"x": needle})
    return [id for (id,) in engine.search(query).ids], engine.count(query)


def by_scan(engine: SqliteEngine, op: str, needle: str, field: str) -> tuple[list[str], int]:
    with patch.object(words, "candidates", lambda *_: words.Candidates(why="it is switched off")):
        return answer(engine, op, needle, field)


def pattern(op: str, needle: str) -> str:
    if op == "RLIKE":
        return "".join(character if character.isalnum() else "." for character in needle)
    return f"%{needle}%" if "LIKE" in op else needle


OPS = ["CONTAINS", "ICONTAINS", "ICONTAINS", "MATCH", "LIKE", "ILIKE", "RLIKE"]


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32))
def test_the_index_changes_no_answer(seed: int) -> None:
    source = Source(seeded(seed))
    with new_store() as store, patch.object(indexing, "INDEX_SPANS", 2), patch.object(indexing, "MAX_WORD_LISTS", 2):
        engine = SqliteEngine(store)
        for _ in range(1 + source.below(7)):
            step = source.one(["write", "write", "write", "index", "some", "delete"])
            if step == "write":
                store.write(source.batch())
            elif step == "delete":
                store.delete_traces([f"t{source.below(6)}"])
            else:
                store.index_words(None if step == "index" else 0.0)
        texts = all_texts(store) or ["nothing"]
        asked = []
        for _ in range(12):
            op, field = source.one(OPS), source.one(FIELDS)
            needle = source.needle(all_inputs(store) if "inputs" in field else texts)
            if needle:
                asked.append((op, pattern(op, needle), field))
        expected = [by_scan(engine, *one) for one in asked]
        with patch.object(store, "index_words", lambda *_: False):  # as far as it is built
            assert [answer(engine, *one) for one in asked] == expected
        store.index_words()
        assert [answer(engine, *one) for one in asked] == expected
        assert store.verify() == []


def test_the_random_needles_meet_every_way() -> None:
    """So that the law above says something: most of what is asked goes through the index and is found."""
    ways: Counter[str] = Counter()
    for seed in range(40):
        source = Source(seeded("ways", seed))
        with new_store() as store:
            store.write(Batch([Span(f"t{n}", "a", source.text(), inputs=source.value()) for n in range(8)]))
            engine, texts = SqliteEngine(store), all_texts(store)
            for needle in filter(None, (source.needle(texts) for _ in range(5))):
                query = resolve("text ICONTAINS :x", params={"x": needle})
                found = engine.count(query)
                way = "index" if "word index" in engine.explain(query).plan[0] else "scan"
                ways[f"{way}, {'all' if found == 8 else ('some' if found else 'none')}"] += 1
    assert ways["index, some"] > 60
    assert ways["index, none"] > 10
    assert ways["scan, some"] > 0
    assert ways["scan, all"] > 0


@settings(max_examples=500, deadline=None)
@given(st.integers(0, 2**32))
def test_terms_of_a_text_are_found_by_all_that_is_cut_from_it(seed: int) -> None:
    """Without a store: what is wanted for a needle is among the terms of each text in which it is."""
    source = Source(seeded(seed))
    text = source.text()
    needle = source.needle([text])
    terms = indexing.terms([text])
    plain, other = ({t for t in terms if t.isascii() is ascii} for ascii in (True, False))
    joined = ["\n".join(("", *sorted(some), "")) if some else "" for some in (plain, other)]
    listed = words._List(joined[0], joined[1], fold(joined[1]))

    def found(wanted: words.Wanted) -> set[str]:
        terms: set[str] = set()
        listed.add(wanted, terms)
        return terms

    if fold(needle) in fold(text):
        assert all(map(found, words.in_text(needle))), (needle, terms)
    wanted = forms.words(needle)
    if wanted <= forms.words(text):
        assert all(map(found, words.of_words(wanted))), (needle, terms)
    for wanted_term in words.in_text(needle):
        assert found(wanted_term) <= terms


# ---------------------------------------------------------------- what explain() says


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteEngine]:
    """2,000 traces, every 100th with a rare word, all with one and the same and one that no other has."""
    with Store(tmp_path_factory.mktemp("words") / "s.db", synchronous="OFF") as store:
        chance = random.Random(1)
        spans = [
            Span(
                f"t{n}", "a", "ask", start_time_ns=n * MS, end_time_ns=(n + 1) * MS,
                inputs=f"the refund {chance.getrandbits(64):016x} {'Zanzibar' if n % 100 == 0 else ''}",
            )
            for n in range(2_000)
        ]  # fmt: skip
        store.write(Batch(spans))
        store.index_words()
        yield SqliteEngine(store)


@pytest.mark.parametrize(
    ("filter", "said"),
    [
        ("'zanzibar'", "text: word index, terms 1, traces to be searched 20"),
        ("'anziba'", "text: word index, terms 1, traces to be searched 20"),
        ("text CONTAINS 'Zanzibar'", "text: word index, terms 1, traces to be searched 20"),
        ("text MATCH 'zanzibar refund'", "text: word index, terms 2, traces to be searched 20"),
        ("text LIKE '%Zanz_bar%'", "text: word index, terms 1, traces to be searched 20"),
        ("text RLIKE 'Zanzibar|nothing'", "text: word index, terms 1, traces to be searched 20"),
        ("{ text CONTAINS 'Zanzibar' }", "text: word index, terms 1, traces to be searched 20"),
        ("NOT 'zanzibar'", "text: word index, terms 1, traces to be searched 20"),
        ("{ inputs CONTAINS 'Zanzibar' }", "text: word index, terms 1, traces to be searched 20"),
        ("'no such'", "text: word index, terms 0, traces to be searched 0"),
        ("'refund'", "text: all traces are searched, the newest first: its words are in too many traces"),
        ("'f'", "text: all traces are searched, the newest first: its words can be part of more than 200 terms"),
        ("'- .'", "text: all traces are searched, the newest first: what is looked for has no words"),
        ("text RLIKE '(a|b)'", "text: all traces are searched, the newest first: what is looked for has no words"),
    ],
)
def test_explain_says_which_way_was_taken(many: SqliteEngine, filter: str, said: str) -> None:
    assert many.explain(resolve(filter)).plan[0] == said
    assert said.startswith("text: all") or "contents" not in "".join(many.explain(resolve("name = 'x'")).plan)


def test_explain_says_nothing_of_text_where_none_is_searched(many: SqliteEngine) -> None:
    assert not any("text:" in step for step in many.explain(resolve("name = 'ask' AND duration > 1")).plan)


def test_what_is_not_indexed_yet_is_searched(many: SqliteEngine) -> None:
    many.store.write(Batch([Span("late", "a", "Zanzibar", start_time_ns=9_000 * MS)]))
    with patch.object(many.store, "index_words", lambda *_: False):
        said = many.explain(resolve("'zanzibar'")).plan[0]
        assert said == "text: word index, terms 1, traces to be searched 21, of which not indexed yet 1"
        assert many.search(resolve("'zanzibar'"), limit=1).ids == [("late",)]
    assert many.explain(resolve("'zanzibar'")).plan[0] == "text: word index, terms 1, traces to be searched 21"
    many.store.delete_traces(["late"])
    assert many.count(resolve("'zanzibar'")) == 20


def test_a_search_before_which_nobody_indexed_sees_to_it(tmp_path: Path) -> None:
    with Store(tmp_path / "s.db") as store:
        store.write(Batch([Span("t1", "a", "refund")]))
        assert SqliteEngine(store).count(resolve("'refund'")) == 1
        assert indexing.tail(store.connection, 10) == set()


def test_a_store_that_can_only_be_read_is_searched_all_the_same(tmp_path: Path) -> None:
    with Store(tmp_path / "s.db") as store:
        store.write(Batch([Span("t1", "a", "refund")]))
        store.index_words()
        store.write(Batch([Span("t2", "a", "refund")]))
    with Store(tmp_path / "s.db", read_only=True) as store:
        assert SqliteEngine(store).count(resolve("'refund'")) == 2


def test_too_large_a_list_of_terms_is_not_held(many: SqliteEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "MAX_TERM_CHARS", 100)
    assert many.explain(resolve("'zanzibar'")).plan[0].endswith("too many terms to be held in memory")
    assert many.count(resolve("'zanzibar'")) == 20


def test_lists_of_many_stores_are_held_within_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "MAX_TERM_CHARS", 100)
    for name in "abcde":
        with Store(tmp_path / name) as store:
            store.write(Batch([Span("t1", "a", "refund", inputs=name * 40)]))
            assert SqliteEngine(store).count(resolve("'refund'")) == 1
    assert sum(one.size for one in words._LISTS.values()) <= 100


@pytest.mark.parametrize("version", [1, 2])
def test_an_older_file_is_searched_and_indexed(tmp_path: Path, version: int) -> None:
    connection = sqlite3.connect(tmp_path / "old.db")
    folder = Path(__file__).parents[1] / "data" / "store"
    connection.executescript((folder / f"version-{version}.sql").read_text())
    connection.close()
    with Store(tmp_path / "old.db") as store:
        engine = SqliteEngine(store)
        expected = {"'why?'": 1, "'WHY'": 1, "text MATCH 'why question'": 1, "'xxxxxxx'": 1, "'nowhere'": 0}
        with patch.object(store, "index_words", lambda *_: False):
            assert {filter: engine.count(resolve(filter)) for filter in expected} == expected
        assert store.index_words()
        assert {filter: engine.count(resolve(filter)) for filter in expected} == expected
        assert store.verify() == []


# ---------------------------------------------------------------- several processes


def _write_and_index(path: str, name: str) -> None:
    with Store(path, synchronous="OFF") as store:
        for n in range(40):
            store.write(Batch([Span(f"{name}{n}", "a", "ask", start_time_ns=n * MS, inputs=f"word{name}{n} shared")]))
            store.index_words(0.05)
            if n % 10 == 9:
                store.delete_traces([f"{name}{n - 5}"])


def test_two_processes_write_and_index_while_a_third_searches(tmp_path: Path) -> None:
    path = str(tmp_path / "s.db")
    context = multiprocessing.get_context("spawn")
    with Store(path) as store:
        engine = SqliteEngine(store)
        writers = [context.Process(target=_write_and_index, args=(path, name)) for name in "ab"]
        for writer in writers:
            writer.start()
        try:
            while any(writer.is_alive() for writer in writers):
                (seen,) = store.connection.execute("SELECT count(*) FROM trace WHERE trace_id GLOB 'a*'").fetchone()
                found = engine.count(resolve("'worda'"))
                (now,) = store.connection.execute("SELECT count(*) FROM trace WHERE trace_id GLOB 'a*'").fetchone()
                assert seen - 4 <= found <= now + 4  # at most four are deleted meanwhile
        finally:
            for writer in writers:
                writer.join()
        assert [writer.exitcode for writer in writers] == [0, 0]
        assert store.index_words()
        assert engine.count(resolve("'shared'")) == 72
        assert engine.count(resolve("'worda39'")) == 1
        assert store.verify() == []
