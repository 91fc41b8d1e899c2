"""evaluate: outputs are scored, and the scores logged on the traces that produced them."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest

from spanglass.capture import set_experiment, start_run, trace
from spanglass.entities import Assessment
from spanglass.evaluation import evaluate
from spanglass.frames import search_traces, to_eval
from spanglass.store import Store


def right(name: str) -> str:
    return f"Good morning {name}."


def agrees(outputs: Any, expectations: Any) -> bool:
    return outputs == expectations


@pytest.fixture
def recorded(store: Store) -> Iterator[pd.DataFrame]:
    """What was recorded of a function that greeted Tom and Mary, as on MLflow's page."""
    set_experiment("greetings")

    @trace
    def greet(name: str) -> str:
        return f"Good morning {name}."

    for name in ("Tom", "Mary"):
        greet(name)
    frame = search_traces(
        order_by=["greet.inputs.name DESC"],
        extract_fields={"inputs": "greet.inputs.name", "ground_truth": "greet.outputs"},
    )
    assert list(frame["inputs"]) == ["Tom", "Mary"]
    return frame


def data(*names: str) -> pd.DataFrame:
    return pd.DataFrame({"inputs": list(names), "ground_truth": [right(name) for name in names]})


# ------------------------------------------------------------ the page's call


@pytest.mark.filterwarnings("ignore:these metrics have no values")
def test_a_model_that_answers_right_scores_one(recorded: pd.DataFrame) -> None:
    result = evaluate(right, recorded, targets="ground_truth", model_type="question-answering")
    assert result.metrics["exact_match/v1"] == 1.0
    assert set(result.metrics) == {
        "exact_match/v1",
        "ari_grade_level/v1/mean",
        "ari_grade_level/v1/variance",
        "ari_grade_level/v1/p90",
    }
    table = result.tables["eval_results_table"]
    assert list(table.columns)[: len(recorded.columns)] == list(recorded.columns)
    assert list(table["outputs"]) == ["Good morning Tom.", "Good morning Mary."]
    assert list(table["exact_match/v1/score"]) == [1, 1]


def test_metrics_that_need_downloads_are_columns_without_values_and_one_warning() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        result = evaluate(right, data("Tom", "Mary"), targets="ground_truth", model_type="question-answering")
    (warning,) = caught
    for metric in ("token_count", "toxicity", "flesch_kincaid_grade_level"):
        assert metric in str(warning.message)
        assert result.table[f"{metric}/v1/score"].isna().all()
        assert not any(name.startswith(metric) for name in result.metrics)


# ------------------------------------------------------------ traces and scores


def test_each_call_is_a_trace_of_the_run_that_leads_back_to_its_source(store: Store, recorded: pd.DataFrame) -> None:
    result = evaluate(right, recorded, targets="ground_truth", scorers=[agrees])
    assert [made.info.metadata["source_trace_id"] for made in result.traces] == list(recorded["request_id"])
    for made, name in zip(result.traces, ("Tom", "Mary"), strict=True):
        assert made.info.run_id == result.run_id
        assert (made.info.name, made.info.request, made.info.response) == ("right", name, right(name))
        assert made.info.experiment_id == recorded["trace"][0].info.experiment_id
    assert set(search_traces(run_id=result.run_id)["request_id"]) == {made.trace_id for made in result.traces}


def test_scores_are_feedback_on_the_new_trace_and_never_on_the_old_one(recorded: pd.DataFrame) -> None:
    result = evaluate(lambda name: "Hi!" if name == "Mary" else right(name), recorded, scorers=[agrees])
    failing = search_traces(filter_string="feedback.agrees = false")
    assert list(failing["request"]) == ["Mary"]
    assert list(failing["request_id"]) == [result.traces[1].trace_id]
    (score,) = failing["assessments"][0]
    assert (score.name, score.value, score.run_id, score.source.source_type) == ("agrees", False, result.run_id, "CODE")


@pytest.mark.filterwarnings("ignore:these metrics have no values")
def test_an_exact_match_can_be_filtered_as_a_number(recorded: pd.DataFrame) -> None:
    evaluate(lambda name: "Hi!", recorded, targets="ground_truth", model_type="question-answering")
    assert len(search_traces(filter_string="feedback.exact_match = 0")) == 2


def test_recorded_outputs_are_scored_on_their_own_traces(recorded: pd.DataFrame) -> None:
    result = evaluate(None, recorded, scorers={"long": lambda outputs, trace: len(outputs) > 17 and trace is not None})
    assert list(result.table["long/value"]) == [False, True]
    assert [made.trace_id for made in result.traces] == list(recorded["request_id"])
    assert list(search_traces(filter_string="feedback.long = true")["request"]) == [{"name": "Mary"}]


def test_a_list_of_traces_can_be_scored(recorded: pd.DataFrame) -> None:
    result = evaluate(data=list(recorded["trace"]), scorers={"polite": lambda outputs: "Good" in outputs})
    assert result.metrics == {"polite/mean": 1.0}


def test_a_recorded_function_runs_again_on_its_recorded_inputs(recorded: pd.DataFrame) -> None:
    frame = to_eval(list(recorded["trace"]), "greet.inputs", expectations="greet.outputs", shape="genai")
    result = evaluate(right, frame, scorers={"same": lambda outputs, expectations: outputs in expectations.values()})
    assert result.metrics == {"same/mean": 1.0}


def test_a_scorer_sees_the_trace_that_the_model_made(store: Store) -> None:
    @trace(span_type="TOOL")
    def tool(name: str) -> str:
        return right(name)

    def used_a_tool(trace: Any) -> bool:
        return bool(trace.search_spans(span_type="TOOL"))

    assert evaluate(lambda name: tool(name), data("Tom"), scorers=[used_a_tool]).metrics == {"used_a_tool/mean": 1.0}


def test_an_assessment_that_a_scorer_returns_is_logged_with_its_rationale(store: Store) -> None:
    result = evaluate(right, data("Tom"), scorers={"judge": lambda: Assessment("x", 0.5, rationale="half right")})
    (score,) = result.traces[0].info.assessments
    assert (score.name, score.value, score.rationale) == ("judge", 0.5, "half right")
    assert list(result.table["judge/rationale"]) == ["half right"]


def test_scores_of_traces_that_are_elsewhere_are_in_the_result_only(store: Store) -> None:
    frame = pd.DataFrame({"trace_id": ["elsewhere"], "outputs": ["x"]})
    with pytest.warns(UserWarning, match="1 of 1 traces are not in this store"):
        result = evaluate(data=frame, scorers={"there": lambda trace: trace is not None})
    assert list(result.table["there/value"]) == [False]
    assert store.trace_infos(["elsewhere"]) == []


def test_everything_goes_into_the_store_that_is_named(store: Store, tmp_path: Any) -> None:
    with Store(tmp_path / "other.db") as other:
        result = evaluate(right, data("Tom"), scorers=[agrees], store=other)
        assert [made.info.assessments[0].value for made in result.traces] == [True]
        assert other.run(result.run_id) is not None
    assert len(search_traces(experiment_ids="all")) == 0


# ------------------------------------------------------------ the run


def test_the_run_holds_the_metrics_and_ends(store: Store) -> None:
    result = evaluate(right, data("Tom"), scorers=[agrees], run_name="first try")
    run = store.run(result.run_id)
    assert run is not None
    assert (run.name, run.status, run.metrics) == ("first try", "FINISHED", {"agrees/mean": 1.0})


def test_an_active_run_is_used_and_left_open(store: Store) -> None:
    with start_run("mine") as run:
        result = evaluate(right, data("Tom"), scorers=[agrees])
        assert result.run_id == run.run_id
        kept = store.run(run.run_id)
        assert kept is not None
        assert (kept.status, kept.metrics) == ("RUNNING", {"agrees/mean": 1.0})


# ------------------------------------------------------------ failing rows, many rows


def test_a_row_on_which_the_model_fails_keeps_its_error_and_the_others_go_on(store: Store) -> None:
    def picky(name: str) -> str:
        if name == "Nobody":
            raise ValueError("nobody to greet")
        return right(name)

    with pytest.warns(UserWarning, match="the model failed on 1 of 3 rows.*ValueError: nobody to greet"):
        result = evaluate(picky, data("Tom", "Nobody", "Mary"), scorers=[agrees])
    assert result.table["outputs/error"].tolist()[1] == "ValueError: nobody to greet"
    assert result.table["outputs"].isna().tolist() == [False, True, False]
    assert result.table["agrees/value"].isna().tolist() == [False, True, False]
    assert result.metrics == {"agrees/mean": 1.0}
    failed = result.traces[1]
    assert failed.info.status == "ERROR"
    assert failed.info.assessments == []


def test_a_scorer_that_fails_leaves_its_error_in_row_and_trace(store: Store) -> None:
    with pytest.warns(UserWarning, match="scorer 'inverse' failed on 1 of 2 rows; the first said: ZeroDivisionError"):
        result = evaluate(
            lambda n: n, pd.DataFrame({"inputs": [0, 2]}), scorers={"inverse": lambda outputs: 1 / outputs}
        )
    assert result.table["inverse/error"].tolist()[0] == "ZeroDivisionError: division by zero"
    assert result.metrics == {"inverse/mean": 0.5}
    assert "ZeroDivisionError" in str(result.traces[0].info.assessments[0].error)


def test_rows_run_at_once_and_stand_in_their_own_order(store: Store) -> None:
    together = threading.Barrier(4, timeout=20)

    def waits(number: int) -> int:
        together.wait()
        return number * 10

    frame = pd.DataFrame({"inputs": range(8)}, index=list("abcdefgh"))
    result = evaluate(waits, frame, scorers={"same": lambda inputs, outputs: outputs == inputs * 10}, workers=4)
    assert list(result.table["outputs"]) == [n * 10 for n in range(8)]
    assert list(result.table.index) == list("abcdefgh")
    assert result.metrics == {"same/mean": 1.0}


def test_no_rows_give_no_metrics_and_all_columns(store: Store) -> None:
    result = evaluate(right, data(), targets="ground_truth", scorers=[agrees])
    assert result.metrics == {}
    assert list(result.table.columns) == [
        "inputs",
        "ground_truth",
        "outputs",
        "outputs/error",
        "outputs/trace_id",
        "agrees/value",
    ]


# ------------------------------------------------------------ models that take all rows at once


def frame_model(frame: Any) -> list[str]:
    return [right(name) for name in frame["inputs"]]


def test_a_model_for_all_rows_is_called_once_without_the_targets(store: Store) -> None:
    seen = []

    def model(frame: Any) -> list[str]:
        seen.append(list(frame.columns))
        return frame_model(frame)

    result = evaluate(model, data("Tom", "Mary"), targets="ground_truth", scorers=[agrees], batch=True)
    assert seen == [["inputs"]]
    assert result.metrics == {"agrees/mean": 1.0}
    assert [(made.info.request, made.info.response) for made in result.traces] == [
        ("Tom", "Good morning Tom."),
        ("Mary", "Good morning Mary."),
    ]


def test_a_model_written_for_mlflow_needs_no_change(store: Store) -> None:
    with pytest.warns(UserWarning, match="answered when given all rows as one DataFrame: batch=True says so"):
        result = evaluate(frame_model, data("Tom", "Mary"), targets="ground_truth", scorers=[agrees])
    assert result.metrics == {"agrees/mean": 1.0}
    assert len(search_traces()) == 2  # those of the attempts are gone


def test_a_function_that_fails_for_its_own_reasons_keeps_its_errors(store: Store) -> None:
    def broken(name: str) -> str:
        return name.greeting()  # type: ignore[attr-defined, no-any-return]

    with pytest.warns(UserWarning, match="the model failed on 2 of 2 rows"):
        result = evaluate(broken, data("Tom", "Mary"), scorers=[agrees])
    assert [text.split(":")[0] for text in result.table["outputs/error"]] == ["AttributeError"] * 2


# ------------------------------------------------------------ what is refused


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"model": "gpt-5", "data": data("Tom")}, TypeError, "model must be a function"),
        ({"model": right, "data": None}, TypeError, "data must be a DataFrame"),
        ({"model": right, "data": data("Tom"), "targets": "truth"}, ValueError, "targets='truth' is no column"),
        ({"model": right, "data": data("Tom"), "model_type": "poetry"}, ValueError, "model_type must be 'question-"),
        ({"model": right, "data": data("Tom"), "scorers": []}, ValueError, "nothing to score with"),
        ({"model": None, "data": data("Tom")}, ValueError, "nothing to score: give a model"),
        ({"model": right, "data": data("Tom"), "predictions": "inputs"}, ValueError, "it or a model, not both"),
        ({"model": right, "data": data("Tom"), "workers": 0}, ValueError, "workers must be a whole number"),
        (
            {"model": right, "data": pd.DataFrame([["a", "b"]], columns=["inputs", "inputs"])},
            ValueError,
            "two columns named 'inputs'",
        ),
    ],
)
def test_what_cannot_be_evaluated_is_refused_by_name_before_anything_runs(
    store: Store, arguments: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        evaluate(**{"scorers": [agrees], **arguments})
    assert len(search_traces()) == 0
