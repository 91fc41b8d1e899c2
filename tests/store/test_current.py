"""The store and the experiment that are meant when none is named; what happens before reading."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from spanglass.entities import Batch
from spanglass.store import (
    Store,
    StoreError,
    active_experiment_id,
    before_read,
    current_store,
    set_active_experiment,
    set_store,
)
from tests.store.building import span


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SPANGLASS_STORE", raising=False)
    set_store(None)
    yield
    set_store(None)


def test_the_default_is_a_file_in_the_working_directory(tmp_path: Path) -> None:
    assert current_store().path == tmp_path / "spanglass.db"
    assert (tmp_path / "spanglass.db").exists()


def test_argument_then_set_store_then_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPANGLASS_STORE", str(tmp_path / "environment.db"))
    assert current_store().path.name == "environment.db"
    set_store(tmp_path / "set.db")
    assert not (tmp_path / "set.db").exists()
    assert current_store().path.name == "set.db"
    assert current_store("argument.db").path == tmp_path / "argument.db"
    with Store(tmp_path / "opened.db") as opened:
        assert current_store(opened) is opened
        set_store(opened)
        assert current_store() is opened


def test_what_is_neither_store_nor_path_is_refused() -> None:
    for ask in (current_store, set_store):
        with pytest.raises(TypeError, match="store is an opened store or the path of one, not 5"):
            ask(5)  # type: ignore[arg-type]


def test_a_path_is_opened_once_however_it_is_written(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    assert current_store("a.db") is current_store(tmp_path / "folder" / ".." / "a.db")
    assert current_store("a.db") is not current_store("b.db")


def test_a_store_that_was_closed_is_opened_again() -> None:
    first = current_store("a.db")
    first.close()
    assert current_store("a.db").experiments()


def test_the_active_experiment_is_the_processes(store: Store, tmp_path: Path) -> None:
    assert active_experiment_id(store) == "0"
    made = store.create_experiment("mine")
    set_active_experiment(store, made.experiment_id)
    assert active_experiment_id(store) == made.experiment_id
    with Store(store.path) as same, Store(tmp_path / "other.db") as other:
        assert active_experiment_id(same) == made.experiment_id
        assert active_experiment_id(other) == "0"
    with pytest.raises(StoreError, match="'99'"):
        set_active_experiment(store, "99")
    assert active_experiment_id(store) == made.experiment_id


def test_recorders_hand_in_what_they_hold_before_anything_is_read(store: Store) -> None:
    held = [span("t1", "a")]

    def flush() -> None:
        if held:
            store.write(Batch([held.pop()]))
            assert store.trace_infos(["t1"])  # reading inside it does not call it again

    remove = before_read(flush)
    try:
        assert len(store.trace_infos(["t1"])) == 1
        for read in (store.spans, store.skeleton, lambda id: store.spans_of([id]), lambda id: store.traces([id])):
            held.append(span("t1", "b", "a"))
            read("t1")
            assert not held
        held.append(span("t2", "a"))
        store.set_trace_tag("t2", "k", "v")
    finally:
        remove()
    held.append(span("t3", "a"))
    assert store.trace_infos(["t3"]) == []
