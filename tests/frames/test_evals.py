"""to_eval: traces to the frames that evaluations take."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from spanglass.filters import FilterError
from spanglass.frames import search_traces, to_eval
from spanglass.store import Store


@pytest.fixture
def greetings(store: Store) -> pd.DataFrame:
    """The two greetings that went well, t1 first."""
    return search_traces(["1"], "status = 'OK'", order_by=["timestamp_ms ASC"], store=store)


def test_by_default_inputs_and_outputs_are_those_of_the_trace(store: Store, greetings: pd.DataFrame) -> None:
    frame = to_eval(greetings, store=store)
    assert list(frame.columns) == ["trace_id", "inputs", "outputs"]
    assert frame.iloc[0].to_dict() == {"trace_id": "t1", "inputs": {"name": "Tom"}, "outputs": "Good morning Tom."}


def test_fields_are_read_from_the_traces(store: Store, greetings: pd.DataFrame) -> None:
    frame = to_eval(greetings, "greet.inputs.name", expectations="expectation.answer", store=store)
    assert list(frame.columns) == ["trace_id", "inputs", "outputs", "ground_truth"]
    assert list(frame["inputs"]) == ["Tom", "Mary"]
    assert frame["ground_truth"][0] == "Good morning Tom."
    assert pd.isna(frame["ground_truth"][1])


@pytest.mark.parametrize("of", ["traces", "ids", "frame"])
def test_it_takes_frames_traces_and_ids(store: Store, greetings: pd.DataFrame, of: str) -> None:
    data: Any = {"frame": greetings, "traces": list(greetings["trace"]), "ids": list(greetings["request_id"])}[of]
    assert list(to_eval(data, "root.inputs.name", store=store)["inputs"]) == ["Tom", "Mary"]


def test_a_column_of_the_frame_comes_before_a_field_of_that_name() -> None:
    frame = pd.DataFrame({"inputs": ["a"], "answer": ["b"], "ground_truth": ["c"]})
    assert to_eval(frame, outputs="answer").to_dict("records") == [{"inputs": "a", "outputs": "b", "ground_truth": "c"}]


def test_the_genai_shape_has_dicts_named_by_the_last_part_of_the_field(store: Store, greetings: pd.DataFrame) -> None:
    frame = to_eval(greetings, "greet.inputs.name", "greet.outputs", "expectation.answer", shape="genai", store=store)
    assert frame.to_dict("records") == [
        {
            "trace_id": "t1",
            "inputs": {"name": "Tom"},
            "outputs": "Good morning Tom.",
            "expectations": {"expected_response": "Good morning Tom."},
        },
        {"trace_id": "t2", "inputs": {"name": "Mary"}, "outputs": "Good morning Mary.", "expectations": None},
    ]


def test_dicts_of_fields_make_dicts(store: Store, greetings: pd.DataFrame) -> None:
    frame = to_eval(greetings, inputs={"who": "greet.inputs.name", "state": "status"}, shape="genai", store=store)
    assert frame["inputs"][0] == {"who": "Tom", "state": "OK"}


def test_the_index_can_say_which_trace_a_row_is(store: Store, greetings: pd.DataFrame) -> None:
    indexed = greetings.rename(columns={"request_id": "trace_id"}).set_index("trace_id")[["status"]]
    frame = to_eval(indexed, "greet.inputs.name", store=store)
    assert frame[["trace_id", "inputs"]].to_numpy().tolist() == [["t1", "Tom"], ["t2", "Mary"]]


@pytest.mark.parametrize("data", ["t1", 5, None])
def test_one_id_without_a_list_is_refused_with_the_way_out(data: Any) -> None:
    with pytest.raises(TypeError, match=r"to_eval takes a DataFrame, traces or trace ids, not .* goes in a list"):
        to_eval(data)


def test_a_field_needs_to_know_of_which_traces() -> None:
    with pytest.raises(ValueError, match=r"has no column 'outputs\.answer', and without a column trace_id"):
        to_eval(pd.DataFrame({"inputs": ["a"]}), outputs="outputs.answer")


def test_what_is_neither_column_nor_field_is_refused_with_a_caret(store: Store, greetings: pd.DataFrame) -> None:
    with pytest.raises(FilterError, match=r"\^"):
        to_eval(greetings, "greeet inputs", store=store)


def test_no_traces_give_an_empty_frame_with_the_columns(store: Store) -> None:
    assert list(to_eval([], expectations="expectation.answer", store=store).columns) == [
        "trace_id",
        "inputs",
        "outputs",
        "ground_truth",
    ]


@pytest.mark.filterwarnings("ignore::Warning")  # of MLflow's, about itself and its libraries
def test_mlflow_evaluates_both_shapes(
    store: Store, greetings: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_DISABLE_TELEMETRY", "true")
    monkeypatch.setenv("DO_NOT_TRACK", "true")
    monkeypatch.chdir(tmp_path)
    import mlflow

    mlflow.set_tracking_uri(f"sqlite:///{tmp_path / 'mlflow.db'}")
    mlflow.set_experiment("greetings")
    fields = {"inputs": "greet.inputs.name", "outputs": "greet.outputs", "expectations": "greet.outputs"}

    flat = mlflow.evaluate(
        lambda frame: [f"Good morning {name}." for name in frame["inputs"]],
        to_eval(greetings, **fields, store=store),
        targets="ground_truth",
        extra_metrics=[mlflow.metrics.exact_match()],
    )
    assert flat.metrics == {"exact_match/v1": 1.0}

    @mlflow.genai.scorer
    def as_expected(outputs: str, expectations: dict[str, str]) -> bool:
        return outputs == expectations["expected_response"]

    genai = to_eval(greetings, **fields, shape="genai", store=store)
    recorded = mlflow.genai.evaluate(data=genai, scorers=[as_expected])
    assert recorded.metrics["as_expected/mean"] == 1.0
    answered = mlflow.genai.evaluate(
        data=genai.drop(columns="outputs"), scorers=[as_expected], predict_fn=lambda name: f"Good evening {name}."
    )
    assert answered.metrics["as_expected/mean"] == 0.0


def test_ids_of_no_trace_are_named(store: Store) -> None:
    with pytest.warns(UserWarning, match="there is no trace with the id 'zz', nor with 1 more") as said:
        assert len(to_eval(["zz", "yy"], store=store)) == 2
    assert said[0].filename == __file__
