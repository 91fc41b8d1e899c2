"""Pages: in order, each row once, whatever comes and goes meanwhile; tokens belong to their query."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spanglass.engines import PageToken, PageTokenError
from spanglass.engines.base import RowId
from spanglass.engines.sqlite import SqliteEngine
from spanglass.entities import Assessment, Batch, Span, TraceFacts
from spanglass.filters import resolve
from spanglass.filters.algebra import Query
from spanglass.store import Store
from tests.engines.conftest import found


def pages(engine: SqliteEngine, query: Query, size: int) -> list[RowId]:
    rows: list[RowId] = []
    token = None
    while True:
        page = engine.search(query, limit=size, token=token)
        assert len(page.ids) == size or page.token is None
        rows += page.ids
        token = page.token
        if token is None:
            return rows


def numbered(numbers: list[int]) -> Batch:
    """Traces ``t0``, ``t1``, …, many of them starting at the same moment, with tags of every kind."""
    tags = ["a", "b", "ä", "", "12", "x" * 300]
    return Batch(
        [
            Span(
                f"t{n}", f"s{i}", "step", None if i == 0 else "s0", start_time_ns=n // 3 * 10**9, end_time_ns=n * 10**9
            )
            for n in numbers
            for i in range(n % 3)
        ],
        [TraceFacts(f"t{n}", start_time_ns=n // 3 * 10**9, tags={"k": tags[n % 6]} if n % 7 else {}) for n in numbers],
        [
            Assessment("mixed", [n, str(n), n % 2 == 0, None][n % 4], trace_id=f"t{n}", assessment_id=f"a{n}")
            for n in numbers
        ],
    )


ORDERS = [
    "",
    "ORDER BY timestamp",
    "ORDER BY tag.k",
    "ORDER BY tag.k DESC NULLS FIRST",
    "ORDER BY feedback.mixed",
    "ORDER BY feedback.mixed DESC, timestamp, name",
    "ORDER BY span_count DESC, tag.k",
    "ORDER BY max(duration, {name = 'step'}) NULLS FIRST",
]


@pytest.mark.parametrize("order", ORDERS)
def test_pages_are_the_answer_cut_in_pieces(tmp_path: Path, order: str) -> None:
    with Store(tmp_path / "s.db", synchronous="OFF") as store:
        store.write(numbered(list(range(30))))
        engine = SqliteEngine(store)
        for rows in ("traces", "spans"):
            query = resolve(order, rows=rows)  # type: ignore[arg-type]
            whole = engine.search(query).ids
            assert len(set(whole)) == len(whole) == engine.count(query) == 30
            for size in (1, 7, 30, 31):
                assert pages(engine, query, size) == whole
            assert engine.search(query, limit=4, at=9).ids == whole[9:13]
            assert engine.search(query, at=28).ids == whole[28:]
            jumped = engine.search(query, limit=4, at=9)
            assert engine.search(query, limit=4, token=jumped.token).ids == whole[13:17]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 60), unique=True, max_size=20), st.data())
def test_a_trace_that_stays_appears_exactly_once(came: list[int], data: st.DataObject) -> None:
    order = data.draw(st.sampled_from(ORDERS))
    stay = [n for n in range(0, 60, 2) if n not in came]
    gone = [n for n in came if n % 2 == 0]
    with tempfile.TemporaryDirectory() as folder, Store(f"{folder}/s.db", synchronous="OFF") as store:
        store.write(numbered(stay + gone))
        engine = SqliteEngine(store)
        query, token, seen = resolve(order), None, []
        while True:
            page = engine.search(query, limit=data.draw(st.integers(1, 9)), token=token)
            seen += [row[0] for row in page.ids]
            token = page.token
            if token is None:
                break
            if came:
                n = came.pop()
                if n in gone:
                    store.delete_traces([f"t{n}"])
                else:
                    store.write(numbered([n]))
        assert len(seen) == len(set(seen))
        assert set(seen) >= {f"t{n}" for n in stay}


def test_spans_of_a_trace_come_in_preorder_newest_trace_first(engine: SqliteEngine) -> None:
    rows = engine.search(resolve("", rows="spans")).ids
    assert rows == [("strange", "a"), *[("failing", x) for x in "abc"], *[("right", x) for x in "abc"]]
    assert engine.search(resolve("{ type = 'TOOL' }", rows="spans")).ids == [("failing", "b"), ("right", "b")]
    slowest = engine.search(resolve("{} ORDER BY duration DESC LIMIT 2", rows="spans")).ids
    assert slowest == [("failing", "a"), ("failing", "b")]


def test_numbers_come_before_texts_before_booleans_and_the_missing_last(tmp_path: Path) -> None:
    values = {"n": 2, "big": 10, "text": "10", "upper": "B", "lower": "a", "no": False, "yes": True, "none": None}
    with Store(tmp_path / "s.db") as store:
        store.write(
            Batch(
                traces=[TraceFacts(i) for i in values],
                assessments=[Assessment("x", v, trace_id=i) for i, v in values.items()],
            )
        )
        engine = SqliteEngine(store)
        assert found(engine, "ORDER BY feedback.x") == "n big text upper lower no yes none"
        assert found(engine, "ORDER BY feedback.x DESC") == "yes no lower upper text big n none"
        assert found(engine, "ORDER BY feedback.x DESC NULLS FIRST") == "none yes no lower upper text big n"


def test_a_limit_in_the_text_caps_all_pages(engine: SqliteEngine) -> None:
    query = resolve("LIMIT 3")
    assert [len(engine.search(query, limit=n).ids) for n in (1, 2, 3, 9)] == [1, 2, 3, 3]
    assert len(pages(engine, query, 2)) == engine.count(query) == 3
    assert engine.search(query, limit=2, at=2).ids == engine.search(resolve("")).ids[2:3]


def test_a_token_belongs_to_its_query(engine: SqliteEngine) -> None:
    token = engine.search(resolve("name = 'ask'"), limit=1).token
    assert token is not None
    engine.search(resolve("name =   'ask'"), limit=1, token=token)
    for other in (
        resolve("name = 'bare'"),
        resolve("name = 'ask'", rows="spans"),
        resolve("name = 'ask' ORDER BY cost"),
    ):
        with pytest.raises(PageTokenError, match="another query"):
            engine.search(other, limit=1, token=token)


@pytest.mark.parametrize("damage", ["", "x", "not base64 at all!", "AAAA", "é"])
def test_a_damaged_token_is_an_error(engine: SqliteEngine, damage: str) -> None:
    with pytest.raises(PageTokenError, match="damaged"):
        engine.search(resolve(""), limit=1, token=damage)


def test_every_change_of_a_token_is_noticed(engine: SqliteEngine) -> None:
    query = resolve("")
    token = engine.search(query, limit=1).token
    assert token is not None
    for at in range(len(token) - 1):  # the last character may carry spare bits, which say nothing
        changed = token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :]
        with pytest.raises(PageTokenError):
            engine.search(query, limit=1, token=changed)


def test_a_token_carries_what_the_query_had_frozen(engine: SqliteEngine) -> None:
    query = resolve("timestamp < now()", now_ms=5_000_000_000_000, zone="Europe/Berlin")
    token = PageToken.read(engine.search(query, limit=1).token or "")
    assert (token.now_ms, token.zone, token.fingerprint) == (5_000_000_000_000, "Europe/Berlin", query.fingerprint)


def test_a_calculated_order_goes_with_a_condition_too_deep_for_one_expression(engine: SqliteEngine) -> None:
    condition = "{ event { time < '2026-01-01' } }"
    assert found(engine, f"{condition} ORDER BY lower(name)") == found(engine, condition)
    assert found(engine, condition)
