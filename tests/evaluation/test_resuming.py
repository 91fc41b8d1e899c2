"""An evaluation that was interrupted, or in which rows failed, is taken up again."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from spanglass.evaluation import evaluate
from spanglass.frames import search_traces
from spanglass.store import Store

DATA = pd.DataFrame({"inputs": [1, 2, 3, 4, 2], "ground_truth": [10, 20, 30, 40, 20]})


def right(outputs: Any, expectations: Any) -> bool:
    return bool(outputs == expectations)


def test_rows_that_were_answered_are_not_asked_again(store: Store) -> None:
    asked: list[int] = []
    broken = {3}

    def model(number: int) -> int:
        asked.append(number)
        if number in broken:
            raise ConnectionError("no network")
        return number * 10

    with pytest.warns(UserWarning, match="the model failed on 1 of 5 rows"):
        first = evaluate(model, DATA, scorers=[right], workers=1)
    assert first.metrics == {"right/mean": 1.0}
    asked.clear()
    broken.clear()
    second = evaluate(model, DATA, scorers=[right], resume=first.run_id)
    assert asked == [3]
    assert second.run_id == first.run_id
    assert list(second.table["outputs"]) == [10, 20, 30, 40, 20]
    assert list(second.table["right/value"]) == [True] * 5
    kept = [0, 1, 3, 4]
    assert list(second.table["outputs/trace_id"][kept]) == list(first.table["outputs/trace_id"][kept])
    run = store.run(first.run_id)
    assert run is not None
    assert run.status == "FINISHED"


def test_an_interrupt_loses_no_score_and_says_how_to_go_on(store: Store) -> None:
    judged: list[int] = []
    interrupts = True

    def judge(outputs: int) -> bool:
        if interrupts and len(judged) == 3:
            raise KeyboardInterrupt
        judged.append(outputs)
        return True

    with (
        pytest.warns(UserWarning, match="interrupted: resume='(.*)' goes on") as said,
        pytest.raises(KeyboardInterrupt),
    ):
        evaluate(lambda number: number * 10, DATA, scorers=[judge], workers=1)
    run_id = str(said[0].message).split("'")[1]
    assert len(search_traces(filter_string="feedback.judge = true")) == 3
    interrupts = False
    result = evaluate(lambda number: number * 10, DATA, scorers=[judge], resume=run_id)
    assert sorted(judged) == [10, 20, 20, 30, 40]
    assert result.metrics == {"judge/mean": 1.0}
    assert [len(made.info.assessments) for made in result.traces] == [1] * 5


def test_a_scorer_that_failed_is_asked_again_and_its_error_is_overridden(store: Store) -> None:
    broken = True

    def judge() -> int:
        if broken:
            raise ConnectionError("no network")
        return 1

    with pytest.warns(UserWarning, match="scorer 'judge' failed on 5 of 5 rows"):
        first = evaluate(lambda number: number, DATA, scorers=[judge])
    broken = False
    second = evaluate(lambda number: number, DATA, scorers=[judge], resume=first.run_id)
    assert second.metrics == {"judge/mean": 1.0}
    for made in second.traces:
        assert [(one.error is None, one.valid) for one in made.info.assessments] == [(False, False), (True, True)]


def test_other_inputs_or_another_model_are_asked_anew(store: Store) -> None:
    first = evaluate(lambda number: number * 10, DATA, scorers=[right])
    changed = DATA.assign(inputs=[1, 2, 5, 4, 2])
    second = evaluate(lambda number: number * 10, changed, scorers=[right], resume=first.run_id)
    assert list(second.table["outputs"]) == [10, 20, 50, 40, 20]

    def times_hundred(number: int) -> int:
        return number * 100

    third = evaluate(times_hundred, DATA, scorers=[right], resume=first.run_id)
    assert list(third.table["outputs"]) == [100, 200, 300, 400, 200]


def test_recorded_outputs_that_were_scored_are_not_scored_again(store: Store) -> None:
    calls = []

    def judge(outputs: int) -> bool:
        calls.append(outputs)
        return outputs > 15

    recorded = evaluate(lambda number: number * 10, DATA, scorers={"any": lambda: 1}).table[
        ["outputs/trace_id", "outputs"]
    ]
    recorded = recorded.rename(columns={"outputs/trace_id": "trace_id"})
    first = evaluate(None, recorded, scorers=[judge])
    again = evaluate(None, recorded, scorers=[judge], resume=first.run_id)
    assert len(calls) == 5
    assert again.metrics == first.metrics == {"judge/mean": 0.8}
    other = evaluate(None, recorded, scorers=[judge])  # a run of its own
    assert len(calls) == 10
    assert len(search_traces(filter_string=f"assessment {{ run_id = '{other.run_id}' AND value = true }}")) == 4


def test_each_call_says_which_row_it_answers(store: Store) -> None:
    result = evaluate(lambda number: number, DATA, scorers=[right])
    assert [made.info.metadata["evaluation_row"] for made in result.traces] == ["0", "1", "2", "3", "4"]


def test_a_run_that_is_none_is_refused_before_anything_runs(store: Store) -> None:
    with pytest.raises(ValueError, match="resume='nonsense' is no run"):
        evaluate(lambda number: number, DATA, scorers=[right], resume="nonsense")
    assert len(search_traces()) == 0
