"""Experiments, runs, and how those of other places find their place here."""

from __future__ import annotations

import pytest

from spanglass.entities import Batch, Experiment, Run, TraceFacts
from spanglass.store import Store, StoreError
from tests.store.building import span


def test_the_default_experiment_is_always_there(store: Store) -> None:
    assert [(one.experiment_id, one.name) for one in store.experiments()] == [("0", "Default")]
    store.write(Batch([span("t1", "a")]))
    assert store.trace_infos(["t1"])[0].experiment_id == "0"


def test_new_experiments_get_the_next_number(store: Store) -> None:
    first, second = store.create_experiment("first"), store.create_experiment("second")
    assert (first.experiment_id, second.experiment_id) == ("1", "2")
    assert store.experiment("2") == second == store.experiment_by_name("second")
    assert store.experiment("3") is None
    assert store.experiment_by_name("third") is None
    assert first.created_ms > 0


@pytest.mark.parametrize("name", ["", "Default", "first"])
def test_an_experiment_needs_a_name_of_its_own(store: Store, name: str) -> None:
    store.create_experiment("first")
    with pytest.raises(StoreError, match="name"):
        store.create_experiment(name)


def test_a_new_number_never_collides_with_an_imported_one(store: Store) -> None:
    store.write(
        Batch(experiments=[Experiment("2", "two"), Experiment("3", "three"), Experiment("123456789012345678", "x")])
    )
    made = [store.create_experiment(name).experiment_id for name in ("a", "b", "c")]
    assert len({*made, "0", "2", "3", "123456789012345678"}) == 7


def imported(store: Store, *experiments: Experiment) -> dict[str, str]:
    """Write a trace per experiment, named like it; the ids under which they ended up."""
    facts = [TraceFacts(one.name, experiment_id=one.experiment_id) for one in experiments]
    store.write(Batch(traces=facts, experiments=list(experiments)))
    return {one.trace_id: one.experiment_id for one in store.trace_infos([one.name for one in experiments])}


def test_an_imported_experiment_keeps_its_id_where_it_is_free(store: Store) -> None:
    assert imported(store, Experiment("5", "five", 17, {"k": "v"})) == {"five": "5"}
    assert store.experiment("5") == Experiment("5", "five", 17, {"k": "v"})


def test_an_imported_experiment_of_a_known_name_is_that_one(store: Store) -> None:
    own = store.create_experiment("mine")
    assert imported(store, Experiment("99", "mine", tags={"k": "v"})) == {"mine": own.experiment_id}
    assert store.experiment("99") is None
    assert store.experiment(own.experiment_id).tags == {"k": "v"}  # type: ignore[union-attr]


def test_an_imported_experiment_whose_id_is_taken_gets_a_free_one_and_finds_it_again(store: Store) -> None:
    own = store.create_experiment("mine")
    theirs = Experiment(own.experiment_id, "theirs")
    first = imported(store, theirs)
    assert first["theirs"] != own.experiment_id
    assert imported(store, theirs) == first
    assert store.experiment(own.experiment_id).name == "mine"  # type: ignore[union-attr]


def test_swapped_ids_lose_nothing(store: Store) -> None:
    a, b = store.create_experiment("a"), store.create_experiment("b")
    found = imported(store, Experiment(a.experiment_id, "b"), Experiment(b.experiment_id, "a"))
    assert found == {"a": a.experiment_id, "b": b.experiment_id}


def test_an_id_that_nobody_describes_becomes_an_experiment_of_that_name(store: Store) -> None:
    store.write(Batch(traces=[TraceFacts("t1", experiment_id="42")]))
    assert store.experiment("42").name == "42"  # type: ignore[union-attr]


def test_a_trace_moves_when_its_source_says_so(store: Store) -> None:
    store.write(Batch([span("t1", "a")]))
    store.write(Batch(traces=[TraceFacts("t1", experiment_id="5")], experiments=[Experiment("5", "five")]))
    store.write(Batch([span("t1", "b", "a")]))
    assert store.trace_infos(["t1"])[0].experiment_id == "5"


def test_a_run_is_stored_and_changed_as_a_whole(store: Store) -> None:
    run = store.create_run(Run("", name="nightly", params={"n": [1]}))
    assert len(run.run_id) == 32
    assert run.start_ms > 0
    assert store.run(run.run_id) == run
    run.status, run.end_ms, run.metrics["exact_match"] = "FINISHED", run.start_ms + 5, 1.0
    store.update_run(run)
    assert store.run(run.run_id) == run
    assert store.run("nobody") is None


def test_a_run_that_cannot_be_is_refused(store: Store) -> None:
    store.create_run(Run("r"))
    with pytest.raises(StoreError, match="'r'"):
        store.create_run(Run("r"))
    with pytest.raises(StoreError, match="'q'"):
        store.update_run(Run("q"))
    with pytest.raises(StoreError, match="'77'"):
        store.create_run(Run("s", experiment_id="77"))


def test_an_imported_run_follows_its_experiment_and_is_merged(store: Store) -> None:
    own = store.create_experiment("mine")
    batch = Batch(experiments=[Experiment("99", "mine")], runs=[Run("r", "99", "n", params={"a": 1}, start_ms=5)])
    store.write(batch)
    store.write(Batch(experiments=batch.experiments, runs=[Run("r", "99", "n", "FINISHED", metrics={"m": 1.0})]))
    merged = Run("r", own.experiment_id, "n", "FINISHED", 5, None, {"a": 1}, {"m": 1.0}, {})
    assert store.run("r") == merged


def test_further_runs_can_be_linked_to_a_trace(store: Store) -> None:
    store.write(Batch([span("t1", "a")]))
    store.link_run("t1", "r1")
    store.link_run("t1", "r1")
    assert store.connection.execute("SELECT run_id FROM trace_run").fetchall() == [("r1",)]
    with pytest.raises(StoreError, match="'t9'"):
        store.link_run("t9", "r1")
    store.delete_traces(["t1"])
    assert store.connection.execute("SELECT count(*) FROM trace_run").fetchone() == (0,)
