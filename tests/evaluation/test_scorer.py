"""Scorers: functions that say how good an output is."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from spanglass.entities import Assessment, Trace, TraceInfo
from spanglass.evaluation.scorer import Case, Scorer, as_scorers

CASE = Case("What?", "That.", {"expected_response": "That."}, Trace(TraceInfo("t1")))


def test_a_scorer_is_given_what_it_asks_for_by_name() -> None:
    def everything(trace: Trace, expectations: Any, outputs: Any, inputs: Any) -> str:
        return f"{inputs} {outputs} {expectations['expected_response']} {trace.trace_id}"

    assert Scorer("everything", everything)(CASE).value == "What? That. That. t1"
    assert Scorer("nothing", lambda: 1)(CASE).value == 1
    assert Scorer("rest", lambda **rest: sorted(rest))(CASE).value == ["expectations", "inputs", "outputs", "trace"]
    assert Scorer("default", lambda outputs, threshold=3: len(outputs) > threshold)(CASE).value is True


@pytest.mark.parametrize(
    ("given", "value", "number"),
    [
        (True, True, 1.0),
        (0, 0, 0.0),
        (0.25, 0.25, 0.25),
        (np.float32(0.5), 0.5, 0.5),
        (np.bool_(False), False, 0.0),
        ("good", "good", None),
        ({"a": 1}, {"a": 1}, None),
        (None, None, None),
        (float("nan"), pytest.approx(float("nan"), nan_ok=True), None),
    ],
)
def test_plain_values_are_scores(given: Any, value: Any, number: float | None) -> None:
    score = Scorer("plain", lambda: given)(CASE)
    assert score.value == value
    assert score.number == number
    assert type(score.value) in (bool, int, float, str, dict, type(None))


def test_an_assessment_brings_its_rationale() -> None:
    score = Scorer("judge", lambda: Assessment("whatever", 0.5, rationale="half right"))(CASE)
    assert (score.value, score.rationale) == (0.5, "half right")
    assert score.assessment is not None
    assert score.assessment.name == "judge"


def test_what_a_scorer_raises_is_the_scores_error() -> None:
    def broken(outputs: str) -> float:
        return 1 / 0

    score = Scorer("broken", broken)(CASE)
    assert score.value is None
    assert score.error == "ZeroDivisionError: division by zero"


def test_functions_go_under_their_own_names_or_those_of_a_dict() -> None:
    def short(outputs: str) -> bool:
        return len(outputs) < 9

    assert [scorer.name for scorer in as_scorers([short])] == ["short"]
    assert [scorer.name for scorer in as_scorers({"brief": short, "terse": short})] == ["brief", "terse"]


@pytest.mark.parametrize(
    ("scorers", "error", "message"),
    [
        ([lambda outputs: 1], ValueError, "a scorer needs a name"),
        ([5], TypeError, "a scorer is a function, not 5"),
        ({"five": 5}, TypeError, "scorer 'five' is not a function"),
        (len, TypeError, "not one function"),
        ({"odd": lambda answer: 1}, TypeError, "'odd' asks for 'answer'"),
        ([Scorer("one", lambda: 1), Scorer("one", lambda: 2)], ValueError, "two scorers are named 'one'"),
    ],
)
def test_what_cannot_be_a_scorer_is_refused(scorers: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        as_scorers(scorers)
