"""A query that takes too long, or that nobody waits for any more, ends at once and leaves the store usable."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from spanglass.engines import Cancel, Cancelled, DeadlineExceeded, EngineError, Refused
from spanglass.engines.sqlite import SqliteEngine
from spanglass.entities import Batch, Span
from spanglass.filters import resolve, resolve_column
from spanglass.filters.algebra import ALL_TRACES, Const, Exists, Field, Match, Query, Related, Type
from spanglass.store import Store

NEVER_ENDING = resolve("{ count(descendant { count(descendant { count(descendant {}) > 500 }) > 500 }) > 500 }")
BOMB = resolve(r"{ inputs.text RLIKE '(1|11)*[^1]' }")
BOMBS = [
    r"{ inputs.letters RLIKE '(a+)+$' }",
    "{ count({ count({ inputs.text = '2' }) > 0 AND inputs.letters != 'x' }) > 2000 } AND { count({}) < 2 }",
]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteEngine]:
    """A chain of 1,500 spans, for which nested counting takes for ever, and a text to bite one's teeth out on."""
    texts = {"text": "1" * 5_000, "letters": "a" * 5_000 + "b"}
    spans = [Span("t", f"s{n}", "step", f"s{n - 1}" if n else None, inputs=texts) for n in range(1_500)]
    with Store(tmp_path_factory.mktemp("deep") / "s.db", synchronous="OFF") as store:
        store.write(Batch(spans))
        yield SqliteEngine(store)


def answers_still(engine: SqliteEngine) -> bool:
    return engine.search(ALL_TRACES).ids == [("t",)] and engine.store.trace_infos(["t"])[0].span_count == 1_500


@pytest.mark.parametrize("query", [NEVER_ENDING, BOMB], ids=["structure", "regex"])
def test_the_deadline_ends_a_query_and_says_what_to_do(engine: SqliteEngine, query: Query) -> None:
    with pytest.raises(DeadlineExceeded, match=r"longer than 0\.2 seconds.*deadline_s"):
        engine.search(query, deadline_s=0.2)
    assert answers_still(engine)


@pytest.mark.parametrize("text", BOMBS)
def test_a_thread_of_the_kernel_gets_the_error_and_asks_on(engine: SqliteEngine, text: str) -> None:
    def ask() -> bool:
        with pytest.raises(DeadlineExceeded, match=r"longer than 0\.2 seconds.*narrow it.*deadline_s"):
            engine.search(resolve(text), deadline_s=0.2)
        return answers_still(engine)

    with ThreadPoolExecutor(1) as kernel:
        assert kernel.submit(ask).result(timeout=60)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        (BOMBS[0], r"the pattern '\(a\+\)\+\$'"),
        (BOMBS[1], r"\{ count\(\{ count\(\{ inputs\.text"),
        ("name != '' AND { inputs.letters RLIKE '(a+)+$' }", r"the pattern '\(a\+\)\+\$'"),
        ("span_count > 1 AND { count({ count({ inputs.text = '2' }) > 0 AND inputs.letters != 'x' }) > 2000 }",
         r"\{ count\(\{ count"),
    ],
    ids=["regex", "blocks", "a regex beside others", "blocks beside others"],
)  # fmt: skip
def test_the_deadline_names_the_part_that_took_the_time(engine: SqliteEngine, text: str, part: str) -> None:
    with pytest.raises(DeadlineExceeded, match=f"stopped in {part}.*: narrow it"):
        engine.search(resolve(text), deadline_s=0.2)


def test_a_pattern_that_backtracks_without_end_is_answered_or_ended(engine: SqliteEngine) -> None:
    with contextlib.suppress(DeadlineExceeded):
        assert engine.search(resolve(r"{ inputs.text RLIKE '\d*\d*\d*\d*x' }"), deadline_s=5).ids == []
    assert answers_still(engine)


def test_a_regex_that_gets_nowhere_ends_by_its_own_limit_not_by_the_deadline(engine: SqliteEngine) -> None:
    with pytest.raises(DeadlineExceeded, match=r"pattern .* on one text"):
        engine.search(BOMB, deadline_s=60)


@pytest.mark.parametrize(
    "ask",
    [
        lambda engine, cancel: engine.search(NEVER_ENDING, cancel=cancel),
        lambda engine, cancel: engine.count(NEVER_ENDING, cancel=cancel),
        lambda engine, cancel: engine.histogram(NEVER_ENDING, cancel=cancel),
        lambda engine, cancel: engine.facets(NEVER_ENDING, [resolve_column("name")], cancel=cancel),
    ],
    ids=["search", "count", "histogram", "facets"],
)
def test_cancelling_from_another_thread_ends_a_query(
    engine: SqliteEngine, ask: Callable[[SqliteEngine, Cancel], object]
) -> None:
    cancel = Cancel()
    timer = threading.Timer(0.2, cancel.cancel)
    timer.start()
    with pytest.raises(Cancelled):
        ask(engine, cancel)
    assert answers_still(engine)


def test_what_is_cancelled_beforehand_does_not_begin(engine: SqliteEngine) -> None:
    cancel = Cancel()
    cancel.cancel()
    with pytest.raises(Cancelled):
        engine.search(ALL_TRACES, cancel=cancel)
    with pytest.raises(Cancelled):
        list(engine.columns([("t",)], [resolve_column("name")], cancel=cancel))


def test_cancelling_when_all_is_done_does_not_hit_the_next_query(engine: SqliteEngine) -> None:
    cancel = Cancel()
    engine.search(ALL_TRACES, cancel=cancel)
    cancel.cancel()
    assert answers_still(engine)


def test_threads_ask_side_by_side_and_one_may_be_stopped(engine: SqliteEngine) -> None:
    cancel, ended = Cancel(), []

    def ask() -> None:
        try:
            engine.search(NEVER_ENDING, cancel=cancel)
        except Cancelled as error:
            ended.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    for _ in range(20):
        assert answers_still(engine)
    cancel.cancel()
    thread.join(timeout=5)
    assert len(ended) == 1


def test_a_bad_regex_is_an_error_with_its_position(engine: SqliteEngine) -> None:
    where = Exists(Related("spans", Match("rlike", Field("span", "name", Type.TEXT), Const("a(b"))))
    with pytest.raises(EngineError, match=r"bad regular expression 'a\(b'.*position"):
        engine.search(Query(where))
    with pytest.raises(EngineError, match="more than 1000 bytes"):
        engine.search(Query(Match("rlike", Field("trace", "name", Type.TEXT), Const("a" * 1_001))))
    assert answers_still(engine)


def test_a_bad_regex_that_only_the_data_holds_is_an_error_too(tmp_path: Path) -> None:
    with Store(tmp_path / "s.db") as store:
        store.write(Batch([Span("t", "s", "a(b")]))
        engine = SqliteEngine(store)
        name = Field("span", "name", Type.TEXT)
        with pytest.raises(EngineError, match="bad regular expression"):
            engine.search(Query(Exists(Related("spans", Match("rlike", name, name)))))
        assert engine.count(ALL_TRACES) == 1


def test_what_sqlite_cannot_hold_is_refused(engine: SqliteEngine) -> None:
    with pytest.raises(Refused, match="too large for SQLite"):
        engine.search(resolve("+".join(f"inputs.k{n}" for n in range(100)) + " > 1"))
    with pytest.raises(Refused, match="there is no one span"):
        engine.search(Query(Exists(Related("parent", Match("like", Field("span", "name", Type.TEXT), Const("%"))))))
    assert answers_still(engine)
