"""Getting rid of old traces, getting the space back, and copies of a store that is in use."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from spanglass.entities import Batch
from spanglass.store import Store, StoreError
from tests.store.building import content, span
from tests.store.processes import forked

DAY_NS = 86_400_000_000_000
TEXT = "what was asked, and what was answered to it. " * 40


def ids(store: Store) -> list[str]:
    return [id for (id,) in store.connection.execute("SELECT trace_id FROM trace ORDER BY trace_id")]


@pytest.fixture
def aged(store: Store) -> Store:
    """Traces of today, of yesterday and so on, half of them in an experiment of their own."""
    for age in range(6):
        store.write(Batch([span(f"t{age}", "a", start=time.time_ns() - age * DAY_NS)]))
    store.connection.execute("UPDATE trace SET experiment_id = '0'")
    return store


def test_keeping_the_last_days(aged: Store) -> None:
    assert aged.keep(days=2.5) == 3
    assert ids(aged) == ["t0", "t1", "t2"]
    assert aged.keep(days=2.5) == 0


def test_keeping_the_newest(aged: Store) -> None:
    assert aged.keep(max_traces=2) == 4
    assert ids(aged) == ["t0", "t1"]


def test_keeping_both_ways_and_in_another_experiment_nothing(aged: Store) -> None:
    assert aged.keep(days=1, max_traces=1, experiment_id="7") == 0
    assert aged.keep(days=3.5, max_traces=5, experiment_id="0") == 2
    assert ids(aged) == ["t0", "t1", "t2", "t3"]


def test_what_to_keep_must_be_said(store: Store) -> None:
    with pytest.raises(StoreError, match="days or max_traces"):
        store.keep()


def test_what_was_deleted_is_space_again(store: Store) -> None:
    for at in range(20):
        store.write(Batch([span(f"t{at}", str(no), inputs={"q": TEXT}) for no in range(20)]))
    before = {table.name: table for table in store.sizes()}
    assert before["payload"].rows == before["span"].rows == 400
    assert before["payload"].bytes > 400 * len(TEXT)
    assert before["(free)"].bytes == 0
    assert store.delete_traces([f"t{at}" for at in range(19)]) == 19
    assert {table.name: table for table in store.sizes()}["(free)"].bytes > 300 * len(TEXT)
    assert store.vacuum() > 300 * len(TEXT)
    assert {table.name: table for table in store.sizes()}["(free)"].bytes == 0
    assert ids(store) == ["t19"]


def test_the_sizes_add_up_to_the_file(store: Store) -> None:
    store.write(Batch([span(f"t{at}", "a", inputs={"q": TEXT}) for at in range(50)]))
    store.vacuum()
    assert sum(table.bytes for table in store.sizes()) == store.path.stat().st_size


def test_a_backup_is_a_store_with_the_same_content(store: Store, tmp_path: Path) -> None:
    store.write(Batch([span(f"t{at}", "a", inputs={"q": TEXT}, attributes={"at": at}) for at in range(50)]))
    with Store(store.backup(tmp_path / "copy.db")) as copy:
        assert content(copy) == content(store)
        assert copy.verify() == []


def test_a_backup_while_another_process_writes_is_of_one_moment(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    Store(path).close()

    def write(say: Callable[[str], object]) -> None:
        store = Store(path)
        for at in range(10_000):
            store.write(Batch([span(f"t{at}", str(no), inputs={"q": TEXT}) for no in range(5)]))
            say(f"t{at}")

    child = forked(write)
    child.wait_for_word()
    with Store(path) as store:
        for number in range(5):
            known = ids(store)
            with Store(store.backup(tmp_path / f"copy {number}.db")) as copy:
                assert set(known) <= set(ids(copy))
                assert {info.span_count for info in copy.trace_infos(ids(copy))} <= {5}
                assert copy.verify() == []
    child.kill()
    child.said()


def test_a_backup_overwrites_nothing_and_leaves_nothing_half(store: Store, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there already"):
        store.backup(store.path)
    with pytest.raises(StoreError, match="no folder"):
        store.backup(tmp_path / "nowhere" / "copy.db")
    assert [path.name for path in tmp_path.iterdir() if "copy" in path.name] == []
