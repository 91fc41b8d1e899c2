"""Deleting what a filter finds."""

from __future__ import annotations

from pathlib import Path

import pytest

import spanglass as sg
from spanglass.entities import Batch, Experiment, Span, TraceFacts
from spanglass.filters import FilterError
from spanglass.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Six traces, every second one failed, the last two in an experiment of their own."""
    store = Store(tmp_path / "s.db")
    store.write(
        Batch(
            [
                Span(
                    f"t{at}", "a", "x", status="ERROR" if at % 2 else "OK", start_time_ns=at * 10**9, end_time_ns=10**10
                )
                for at in range(6)
            ],
            [TraceFacts(f"t{at}", experiment_id="7") for at in (4, 5)],
            experiments=[Experiment("7", "seven")],
        )
    )
    return store


def left(store: Store) -> list[str]:
    return [id for (id,) in store.connection.execute("SELECT trace_id FROM trace ORDER BY trace_id")]


def test_what_a_filter_finds_is_deleted_in_every_experiment(store: Store) -> None:
    assert sg.delete_traces(filter_string="status = 'ERROR'", store=store) == 3
    assert left(store) == ["t0", "t2", "t4"]
    assert store.verify() == []


def test_a_filter_in_one_experiment(store: Store) -> None:
    assert sg.delete_traces("7", filter_string="status = 'ERROR'", store=store) == 1
    assert left(store) == ["t0", "t1", "t2", "t3", "t4"]


def test_of_what_a_filter_finds_the_oldest_go_first(store: Store) -> None:
    assert sg.Client(store).delete_traces(filter_string="status = 'OK'", max_traces=2) == 2
    assert left(store) == ["t1", "t3", "t4", "t5"]


def test_a_filter_that_is_wrong_deletes_nothing(store: Store) -> None:
    with pytest.raises(FilterError):
        sg.delete_traces(filter_string="status = ", store=store)
    with pytest.raises(ValueError, match="filter_string"):
        sg.delete_traces(filter_string="status = 'OK'", trace_ids=["t1"], store=store)
    assert len(left(store)) == 6
