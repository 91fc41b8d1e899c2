"""Deleting traces, and tags."""

from __future__ import annotations

from typing import Any

import pytest

from spanglass.entities import Batch, TraceFacts
from spanglass.store import Store, StoreError
from spanglass.store import store as store_module
from tests.store.building import content, span

MS = 1_000_000


@pytest.fixture
def dated(store: Store) -> Store:
    """Four traces that began at 10, 20, 30 and 40 ms, the last two in an experiment of their own."""
    store.write(
        Batch(
            [span(f"t{at}", "a", start=at * 10 * MS) for at in (1, 2, 3, 4)],
            [TraceFacts("t3", experiment_id="5"), TraceFacts("t4", experiment_id="5")],
        )
    )
    return store


def left(store: Store) -> list[str]:
    return [row[0] for row in store.connection.execute("SELECT trace_id FROM trace ORDER BY trace_id")]


@pytest.mark.parametrize(
    ("which", "deleted", "kept"),
    [
        ({"trace_ids": ["t2", "t4", "nobody", "t2"]}, 2, ["t1", "t3"]),
        ({"trace_ids": []}, 0, ["t1", "t2", "t3", "t4"]),
        ({"max_timestamp_ms": 30}, 3, ["t4"]),
        ({"max_timestamp_ms": 29}, 2, ["t3", "t4"]),
        ({"max_timestamp_ms": 40, "max_traces": 1}, 1, ["t2", "t3", "t4"]),
        ({"max_timestamp_ms": 40, "experiment_id": "5"}, 2, ["t1", "t2"]),
        ({"max_timestamp_ms": 40, "experiment_id": "5", "max_traces": 0}, 0, ["t1", "t2", "t3", "t4"]),
    ],
)
def test_traces_are_deleted_by_id_or_by_age(dated: Store, which: dict[str, Any], deleted: int, kept: list[str]) -> None:
    assert dated.delete_traces(**which) == deleted
    assert left(dated) == kept


@pytest.mark.parametrize(
    "which", [{}, {"trace_ids": ["t1"], "max_timestamp_ms": 1}, {"trace_ids": ["t1"], "experiment_id": "0"}]
)
def test_a_deletion_that_does_not_say_what_is_refused(dated: Store, which: dict[str, Any]) -> None:
    with pytest.raises(StoreError, match="trace_ids"):
        dated.delete_traces(**which)
    assert len(left(dated)) == 4


def test_many_are_deleted_in_several_transactions(dated: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_module, "DELETE_CHUNK", 2)
    assert dated.delete_traces(["t1", "t2", "t3"]) == 3
    assert left(dated) == ["t4"]


def test_a_deleted_trace_can_come_again_and_gets_a_new_number(dated: Store) -> None:
    before = content(dated)
    (old,) = dated.connection.execute("SELECT rid FROM trace WHERE trace_id = 't4'").fetchone()
    dated.delete_traces(["t4"])
    dated.write(Batch([span("t4", "a", start=40 * MS)], [TraceFacts("t4", experiment_id="5")]))
    assert content(dated) == before
    assert dated.connection.execute("SELECT rid FROM trace WHERE trace_id = 't4'").fetchone()[0] > old


def test_tags_are_set_and_deleted(dated: Store) -> None:
    dated.set_trace_tag("t1", "env", "prod")
    dated.set_trace_tag("t1", "env", "test")
    dated.set_trace_tag("t1", "k", "v")
    assert dated.trace_infos(["t1"])[0].tags == {"env": "test", "k": "v"}
    dated.delete_trace_tag("t1", "env")
    assert dated.trace_infos(["t1"])[0].tags == {"k": "v"}


def test_a_tag_of_nothing_is_refused_by_name(dated: Store) -> None:
    with pytest.raises(StoreError, match="'t9'"):
        dated.set_trace_tag("t9", "env", "prod")
    with pytest.raises(StoreError, match="'t9'"):
        dated.delete_trace_tag("t9", "env")
    with pytest.raises(StoreError, match="'env'"):
        dated.delete_trace_tag("t1", "env")
