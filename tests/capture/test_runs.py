"""Experiments and runs: where traces belong."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import spanglass as sg
from spanglass.store import Store, StoreError
from tests.capture.conftest import all_traces, the_trace


class TestExperiments:
    def test_traces_go_to_the_active_one(self, store: Store) -> None:
        @sg.trace
        def work() -> None: ...

        work()
        morning = sg.set_experiment("Morning Experiment")
        work()
        evening = sg.set_experiment("Evening Experiment")
        work()
        again = sg.set_experiment("Morning Experiment")
        work()
        assert morning == again
        assert (morning.name, evening.name) == ("Morning Experiment", "Evening Experiment")
        assert [trace.info.experiment_id for trace in all_traces(store)] == [
            "0",
            morning.experiment_id,
            evening.experiment_id,
            morning.experiment_id,
        ]

    def test_by_id(self, store: Store) -> None:
        made = sg.set_experiment("named")
        sg.set_experiment(experiment_id="0")
        assert sg.set_experiment(experiment_id=made.experiment_id) == made
        with pytest.raises(StoreError, match="no experiment with the id '77'"):
            sg.set_experiment(experiment_id="77")

    def test_one_of_the_two(self, store: Store) -> None:
        with pytest.raises(ValueError, match="one of the two"):
            sg.set_experiment()
        with pytest.raises(ValueError, match="one of the two"):
            sg.set_experiment("a", experiment_id="0")
        with pytest.raises(ValueError, match="name is a text, not ''"):
            sg.set_experiment("")

    def test_the_moment_of_the_beginning_counts(self, store: Store) -> None:
        first = sg.set_experiment("first")
        with sg.start_span("s"):
            sg.set_experiment("second")
        assert the_trace(store).info.experiment_id == first.experiment_id

    def test_in_another_store(self, store: Store, tmp_path: Path) -> None:
        with Store(tmp_path / "other.db") as other:
            assert sg.set_experiment("there", store=other) == other.experiment_by_name("there")
            assert store.experiment_by_name("there") is None


class TestRuns:
    def test_traces_inside_carry_its_id(self, store: Store) -> None:
        experiment = sg.set_experiment("e")
        with sg.start_span("before"):
            pass
        with sg.start_run(run_name="first try", tags={"a": "b"}) as run:
            assert sg.active_run() is run
            with sg.start_span("inside"):
                pass
        with sg.start_span("after"):
            pass
        assert sg.active_run() is None
        assert (run.name, run.experiment_id, run.info.run_id) == ("first try", experiment.experiment_id, run.run_id)
        before, inside, after = all_traces(store)
        assert (before.info.run_id, inside.info.run_id, after.info.run_id) == (None, run.run_id, None)
        assert inside.info.metadata == {"mlflow.sourceRun": run.run_id}
        assert inside.info.experiment_id == experiment.experiment_id
        stored = store.run(run.run_id)
        assert stored is not None
        assert (stored.status, stored.tags, stored.name) == ("FINISHED", {"a": "b"}, "first try")
        assert stored.end_ms is not None
        assert stored.end_ms >= stored.start_ms

    def test_one_that_fails(self, store: Store) -> None:
        with pytest.raises(ValueError, match="nope"), sg.start_run() as run:
            raise ValueError("nope")
        stored = store.run(run.run_id)
        assert stored is not None
        assert stored.status == "FAILED"
        assert sg.active_run() is None

    def test_without_a_block(self, store: Store) -> None:
        run = sg.start_run()
        with sg.start_span("s"):
            pass
        sg.end_run("KILLED")
        sg.end_run()
        assert the_trace(store).info.run_id == run.run_id
        stored = store.run(run.run_id)
        assert stored is not None
        assert stored.status == "KILLED"

    def test_what_is_no_name_and_no_end(self, store: Store) -> None:
        with pytest.raises(TypeError, match="run_name is a text, not 5"):
            sg.start_run(5)  # type: ignore[arg-type]
        with pytest.raises(TypeError, match="run_id is a text, not 5"):
            sg.start_run(run_id=5)  # type: ignore[arg-type]
        assert sg.active_run() is None
        with sg.start_run("one"):
            with pytest.raises(ValueError, match="status is FINISHED, FAILED or KILLED, not 'DONE'"):
                sg.end_run("DONE")
            assert sg.active_run() is not None

    def test_they_nest(self, store: Store) -> None:
        with sg.start_run("outer") as outer:
            with sg.start_run("inner") as inner:
                assert sg.active_run() is inner
            assert sg.active_run() is outer

    def test_threads_belong_to_it(self, store: Store) -> None:
        @sg.trace
        def work(n: int) -> int:
            return n

        with sg.start_run() as run, ThreadPoolExecutor(3) as pool:
            list(pool.map(work, range(6)))
        assert {trace.info.run_id for trace in all_traces(store)} == {run.run_id}

    def test_it_can_be_taken_up_again(self, store: Store) -> None:
        with sg.start_run("r", run_id="my-id", tags={"a": "1"}):
            pass
        with sg.start_run(run_id="my-id", tags={"b": "2"}) as again:
            stored = store.run("my-id")
            assert stored is not None
            assert (stored.status, stored.end_ms) == ("RUNNING", None)
        assert (again.name, again.tags) == ("r", {"a": "1", "b": "2"})
        assert store.connection.execute("SELECT count(*) FROM run").fetchone() == (1,)

    def test_in_an_experiment(self, store: Store) -> None:
        made = store.create_experiment("e")
        with sg.start_run(experiment_id=made.experiment_id), sg.start_span("s"):
            pass
        assert the_trace(store).info.experiment_id == made.experiment_id
        with pytest.raises(StoreError, match="no experiment with the id '77'"):
            sg.start_run(experiment_id="77")
        assert sg.active_run() is None

    def test_in_another_store(self, store: Store, tmp_path: Path) -> None:
        with sg.start_run(store=tmp_path / "other.db") as run, sg.start_span("s"):
            pass
        assert the_trace(store).info.run_id is None
        other = sqlite3.connect(tmp_path / "other.db")
        assert other.execute("SELECT run_id FROM run").fetchall() == [(run.run_id,)]
        other.close()
