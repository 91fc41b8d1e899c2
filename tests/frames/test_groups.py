"""Rows by a value that they share: what a person would count by hand."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanglass.entities import Batch, Span, TraceFacts
from spanglass.explorer import explore
from spanglass.filters import FilterError
from spanglass.store import Store

SECOND = 10**9


def written(store: Store, number: int, session: str | None, *, models: tuple[str, ...] = (), seconds: int = 1) -> None:
    """A trace that lasted some seconds; every third one failed."""
    id = f"t{number}"
    status = "ERROR" if number % 3 == 0 else "OK"
    spans = [
        Span(id, "root", "agent", start_time_ns=number * SECOND, end_time_ns=(number + seconds) * SECOND, status=status)
    ]
    for place, model in enumerate(models):
        spans.append(
            Span(
                id,
                f"s{place}",
                "chat",
                "root",
                span_type="LLM",
                model=model,
                input_tokens=10,
                start_time_ns=number * SECOND,
            )
        )
    store.write(Batch(spans, [TraceFacts(id, session_id=session)]))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    opened = Store(tmp_path / "s.db")
    written(opened, 0, "a", models=("x", "y"), seconds=4)
    written(opened, 1, "a", models=("x",), seconds=1)
    written(opened, 2, "a", models=("x", "x"), seconds=2)
    written(opened, 3, "b", seconds=3)
    written(opened, 4, None, models=("y",), seconds=5)
    return opened


def test_a_group_tells_how_many_how_many_failed_and_what_they_add_up_to(store: Store) -> None:
    frame = explore(store).df(group="session_id")
    assert frame.index.name == "session_id"
    assert list(frame.columns) == ["traces", "errors", "error_rate", "p50", "p95", "tokens", "cost", "first", "last"]
    first = frame.loc["a"]
    assert (first["traces"], first["errors"], round(first["error_rate"], 3)) == (3, 1, 0.333)
    assert (first["p50"], first["p95"], first["tokens"]) == (2000, 4000, 50)
    assert (first["first"], first["last"]) == (0, 2000)
    assert [None if pd.isna(value) else value for value in frame.index] == ["a", "b", None]
    assert pd.isna(frame.loc["b", "tokens"])


def test_a_trace_with_several_values_stands_in_each_group_once(store: Store) -> None:
    frame = explore(store).df(group="chat.model")
    assert {value: count for value, count in frame["traces"].items() if not pd.isna(value)} == {"x": 3, "y": 2}
    assert frame["traces"].sum() == 6  # one of them has two, one has none


def test_spans_are_grouped_where_rows_are_spans(store: Store) -> None:
    frame = explore(store, filter="{ type = 'LLM' }", rows="spans").df(group="span.model")
    assert frame["spans"].to_dict() == {"x": 4, "y": 2}


def test_the_filter_and_the_selection_count(store: Store) -> None:
    ex = explore(store, filter="status = 'OK'")
    assert ex.df(group="session_id")["traces"].tolist() == [2, 1]
    ex.selected = ["t1"]
    assert ex.df("selected", group="session_id")["traces"].to_dict() == {"a": 1}


def test_nothing_makes_no_group_and_a_bad_path_is_named(store: Store) -> None:
    assert explore(store, filter="name = 'nobody'").df(group="session_id").empty
    with pytest.raises(FilterError, match="nonsense"):
        explore(store).df(group="nonsense(")


@given(st.lists(st.tuples(st.sampled_from(["a", "b", "", "é", None]), st.integers(0, 50)), max_size=12))
def test_groups_are_a_partition_by_the_value(rows: list[tuple[str | None, int]]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder, Store(Path(folder) / "s.db", synchronous="OFF") as store:
        by_hand: dict[str | None, list[int]] = defaultdict(list)
        for number, (session, seconds) in enumerate(rows):
            written(store, number, session, seconds=seconds)
            by_hand[session].append(seconds * 1000)
        frame = explore(store).df(group="session_id")
        told = {(None if pd.isna(value) else value): count for value, count in frame["traces"].items()}
        assert told == {session: len(durations) for session, durations in by_hand.items()}
        for value, row in frame.iterrows():
            mine = sorted(by_hand[None if pd.isna(value) else value])  # type: ignore[index,call-overload]
            assert row["p50"] == mine[(len(mine) + 1) // 2 - 1]
            assert row["p95"] in mine
