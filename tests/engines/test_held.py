"""Overviews are counted from columns held in the process: they say what SQL says of the file as it is now."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spanglass.engines.base import Bucket
from spanglass.engines.sqlite import SqliteEngine, facets, narrow
from spanglass.entities import Assessment, Batch, Span, TraceFacts
from spanglass.filters import resolve, resolve_column
from spanglass.filters.algebra import ALL_TRACES, Query
from spanglass.store import Store, StoreError
from tests.engines.strategies import batches

FIELDS = [
    "name", "status", "model", "duration", "tokens", "cost", "session_id", "tag.env", "tag.a.b", "metadata.env",
    "span.type", "span.name", "span.status", "span.inputs.a", "root.inputs.a", "feedback.correct", "span.duration",
    "run_id",
]  # fmt: skip
FILTERS = ["", "status = 'ERROR'", "tag.env != 'a'", "{ type = 'TOOL' }", "trace_id = 'none'", "duration >= 0"]

SMALL_CHANGES: list[Callable[[Store], object]] = [
    lambda store: store.delete_traces(["t1"]),
    lambda store: store.delete_traces(["t2", "t3"]),
    lambda store: store.set_trace_tag("t0", "env", "changed"),
    lambda store: store.link_run("t1", "r2"),
    lambda store: store.log_assessment(Assessment("correct", True, trace_id="t0")),
    lambda store: store.log_assessment(Assessment("correct", "of all", session_id="S")),
    lambda store: store.override_assessment("a0", Assessment("correct", "better")),
    lambda store: store.delete_assessment("a1"),
]

steps = st.lists(st.one_of(batches(), st.sampled_from(SMALL_CHANGES)), min_size=1, max_size=4)


def by_hand(store: Store, engine: SqliteEngine, query: Query, buckets: int) -> list[Bucket]:
    """The histogram as its definition has it, of one trace after the other."""
    infos = store.trace_infos([row[0] for row in engine.search(query).ids])
    if not infos:
        return []
    first = min(info.timestamp_ms for info in infos)
    width = (max(info.timestamp_ms for info in infos) - first) // buckets + 1
    made = []
    for at in range(buckets):
        start = first + at * width
        mine = [info for info in infos if start <= info.timestamp_ms < start + width]
        took = sorted(info.execution_time_ms for info in mine if info.execution_time_ms is not None)
        ranks = [float(took[-(-len(took) * percent // 100) - 1]) if took else None for percent in (50, 95)]
        made.append(Bucket(start, start + width, len(mine), sum(info.status == "ERROR" for info in mine), *ranks))
    return made


def agree(store: Store, engine: SqliteEngine, text: str, top: int) -> None:
    query = resolve(text)
    fields = [resolve_column(path) for path in FIELDS]
    for field, found in zip(fields, engine.facets(query, fields, top=top), strict=True):
        with store.snapshot() as connection:
            assert repr(found) == repr(facets.counted(connection, query, field, top)), (text, field.name)
    for buckets in (1, 3):
        assert engine.histogram(query, buckets=buckets) == by_hand(store, engine, query, buckets)


@settings(max_examples=40, deadline=None)
@given(steps, st.sampled_from(FILTERS), st.sampled_from([1, 2, 10]), st.booleans())
def test_between_writes_changes_and_deletions_by_this_or_another_store(
    done: list[Batch | Callable[[Store], object]], text: str, top: int, other: bool
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "s.db"
        with Store(path, synchronous="OFF") as store, Store(path, synchronous="OFF") as second:
            engine, writer = SqliteEngine(store), second if other else store
            agree(store, engine, text, top)
            for step in done:
                if isinstance(step, Batch):
                    writer.write(step)
                else:
                    with suppress(StoreError):  # there may be nothing of that name
                        step(writer)
                agree(store, engine, "", top)
                agree(store, engine, text, top)


def many(store: Store, count: int) -> None:
    chance = random.Random(5)
    for number in range(count):
        start = chance.randrange(10**12)
        span = Span(
            f"t{number}", "s", chance.choice("abc"), start_time_ns=start, end_time_ns=start + chance.randrange(10**9)
        )
        store.write(Batch([span], [TraceFacts(f"t{number}", tags={"k": str(chance.randrange(40))})]))


def test_what_is_too_big_to_hold_is_counted_by_sql(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Store(tmp_path / "s.db", synchronous="OFF") as store:
        many(store, 200)
        engine, fields = SqliteEngine(store), [resolve_column("tag.k"), resolve_column("name")]
        held = engine.facets(ALL_TRACES, fields)
        bars = engine.histogram(ALL_TRACES, buckets=7)
    monkeypatch.setattr(narrow, "MAX_HELD_BYTES", 100)
    with Store(tmp_path / "s.db", synchronous="OFF") as store:
        engine = SqliteEngine(store)
        assert (engine.facets(ALL_TRACES, fields), engine.histogram(ALL_TRACES, buckets=7)) == (held, bars)
        assert bars == by_hand(store, engine, ALL_TRACES, 7)


def overviews(engine: SqliteEngine) -> tuple[object, ...]:
    fields = [resolve_column(path) for path in ("tag.k", "name", "session_id", "feedback.correct")]
    return engine.facets(ALL_TRACES, fields), engine.histogram(ALL_TRACES, buckets=7)


def asked(store: Store, engine: SqliteEngine) -> list[str]:
    """What is read of traces for the overviews."""
    said: list[str] = []
    store.connection.set_trace_callback(said.append)
    overviews(engine)
    store.connection.set_trace_callback(None)
    return [sql for sql in said if "FROM trace t" in sql]


def test_after_a_write_only_what_came_changed_or_went_is_read(tmp_path: Path) -> None:
    with Store(tmp_path / "s.db", synchronous="OFF") as store, Store(tmp_path / "s.db") as other:
        many(store, 50)
        engine = SqliteEngine(store)
        assert len(asked(store, engine)) == 5
        other.set_trace_tag("t7", "k", "another")
        other.delete_traces(["t11"])
        other.write(Batch([Span("new", "s", "new", start_time_ns=5, end_time_ns=9)]))
        read = asked(store, engine)
        assert len(read) == 5
        assert all("json_each('[8,12,51]')" in sql for sql in read)
        with Store(tmp_path / "s.db") as fresh:
            assert overviews(engine) == overviews(SqliteEngine(fresh))


def test_what_the_file_tells_no_more_is_read_anew(tmp_path: Path) -> None:
    with Store(tmp_path / "s.db", synchronous="OFF") as store, Store(tmp_path / "s.db") as fresh:
        many(store, 50)
        engine = SqliteEngine(store)
        overviews(engine)
        for number in range(9):
            store.set_trace_tag(f"t{number}", "k", "another")
        store.connection.execute("DELETE FROM changed WHERE n < 5")
        assert not [sql for sql in asked(store, engine) if "json_each('[" in sql]
        assert overviews(engine) == overviews(SqliteEngine(fresh))


def test_a_second_thread_reads_nothing_again(tmp_path: Path) -> None:
    with Store(tmp_path / "s.db", synchronous="OFF") as store:
        many(store, 50)
        overviews(SqliteEngine(store))
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(asked, store, SqliteEngine(store)).result() == []


def test_while_nothing_is_written_nothing_is_read_again(tmp_path: Path) -> None:
    with Store(tmp_path / "s.db", synchronous="OFF") as store:
        many(store, 50)
        engine, said = SqliteEngine(store), []
        fields = [resolve_column("tag.k"), resolve_column("name")]
        first = engine.facets(ALL_TRACES, fields), engine.histogram(ALL_TRACES)
        store.connection.set_trace_callback(said.append)
        assert (engine.facets(ALL_TRACES, fields), engine.histogram(ALL_TRACES)) == first
        store.connection.set_trace_callback(None)
        assert said
        assert not [sql for sql in said if "FROM trace" in sql]


def test_what_a_transaction_saw_that_was_undone_is_forgotten(tmp_path: Path) -> None:
    with Store(tmp_path / "s.db", synchronous="OFF") as store:
        many(store, 5)
        engine, field = SqliteEngine(store), resolve_column("name")
        before = engine.facets(ALL_TRACES, [field])
        with suppress(ZeroDivisionError), store.transaction() as connection:
            connection.execute("UPDATE trace SET name = 'x'")
            assert engine.facets(ALL_TRACES, [field]) == [[("x", 5)]]
            raise ZeroDivisionError
        assert engine.facets(ALL_TRACES, [field]) == before
