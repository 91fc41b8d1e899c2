"""What changed from one evaluation to another."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import spanglass as sg
from spanglass.evaluation import Comparison, EvaluationResult, compare, evaluate, scorers
from spanglass.evaluation.bootstrap import paired_interval
from spanglass.frames import search_traces
from spanglass.store import Store

NAMES = ["Tom", "Mary", "Ada", "Bob"]
DATA = pd.DataFrame({"inputs": NAMES, "ground_truth": [f"Hi {name}" for name in NAMES]})
RIGHT = {"Tom", "Mary"}


def old(name: str) -> str:
    return f"Hi {name}" if name in RIGHT else "Hello"


def new(name: str) -> str:
    return "Hey" if name == "Mary" else f"Hi {name}"


def length(outputs: str) -> int:
    return len(outputs)


def run(model: Any, data: pd.DataFrame = DATA) -> EvaluationResult:
    return evaluate(model, data, scorers=[scorers.same(), length])


def test_wins_losses_and_ties_are_counted_row_by_row(store: Store) -> None:
    found = compare(run(old), run(new))
    same, longer = found.summary.to_dict("records")
    assert {name: same[name] for name in ("metric", "rows", "a", "b", "change", "wins", "losses", "ties")} == {
        "metric": "same",
        "rows": 4,
        "a": 0.5,
        "b": 0.75,
        "change": 0.25,
        "wins": 2,
        "losses": 1,
        "ties": 1,
    }
    assert same["low"] <= -0.25 < 0.25 < same["high"] <= 1
    assert longer["metric"] == "length"
    assert list(found.wins()["inputs"]) == ["Ada", "Bob"]
    assert list(found.losses()["inputs"]) == ["Mary"]
    assert list(found.changed("same")["inputs"]) == ["Mary", "Ada", "Bob"]
    assert list(found.rows["outputs_a"]) == ["Hi Tom", "Hi Mary", "Hello", "Hello"]
    assert list(found.rows["outputs_b"]) == ["Hi Tom", "Hey", "Hi Ada", "Hi Bob"]
    assert list(found.rows["same_change"]) == [0, -1, 1, 1]


def test_less_is_better_where_that_is_said(store: Store) -> None:
    a, b = run(old), run(new)
    assert list(compare(a, b).wins("length")["inputs"]) == ["Ada", "Bob"]
    assert list(compare(a, b, lower_is_better=["length"]).wins("length")["inputs"]) == ["Mary"]


def test_the_store_tells_the_same_of_runs_as_their_results(store: Store) -> None:
    a, b = run(old), run(new)
    of_results, of_ids = compare(a, b), compare(a.run_id, b.run_id)
    pd.testing.assert_frame_equal(of_results.rows, of_ids.rows)
    pd.testing.assert_frame_equal(
        of_results.summary, of_ids.summary.set_index("metric").loc[["same", "length"]].reset_index()
    )


def test_runs_on_the_same_traces_are_matched_by_them(store: Store) -> None:
    """What was recorded, as A, and what a new model makes of the same inputs, as B: B's traces name A's."""
    first = run(old)
    frame = sg.to_eval(list(first.traces), inputs="inputs", outputs="outputs").assign(ground_truth=DATA["ground_truth"])
    recorded = evaluate(None, frame, scorers=[scorers.same()])
    again = evaluate(new, frame.sample(frac=1, random_state=1), scorers=[scorers.same()])
    for found in (compare(recorded, again), compare(recorded.run_id, again.run_id)):
        assert sorted(found.rows["trace_id_a"]) == sorted(first.table["outputs/trace_id"])
        assert list(found.wins().sort_values("inputs")["inputs"]) == ["Ada", "Bob"]
    # A new model never marks an old trace as failing.
    assert [
        each.value for made in recorded.traces for each in made.info.assessments if each.run_id == again.run_id
    ] == []


def test_equal_inputs_are_told_apart_by_their_place(store: Store) -> None:
    data = pd.concat([DATA, DATA.head(1)], ignore_index=True)
    found = compare(run(old, data), run(new, data))
    assert list(found.rows["inputs"]) == [*NAMES, "Tom"]


def test_a_row_that_failed_on_one_side_shows_its_error_and_counts_in_no_metric(store: Store) -> None:
    def broken(name: str) -> str:
        if name == "Ada":
            raise ValueError("no greeting")
        return new(name)

    with pytest.warns(UserWarning, match="the model failed on 1 of 4 rows"):
        b = run(broken)
    for found in (compare(run(old), b), compare(run(old).run_id, b.run_id)):
        assert found.summary["rows"].tolist() == [3, 3]
        assert "ValueError: no greeting" in found.rows["error_b"].tolist()[2]
        assert "Ada" in list(found.changed("same")["inputs"])


def test_rows_of_one_run_only_are_left_out_and_said(store: Store) -> None:
    with pytest.warns(UserWarning, match="2 rows of A and 0 of B are not in the other run"):
        found = compare(run(old), run(new, DATA.head(2)))
    assert list(found.rows["inputs"]) == ["Tom", "Mary"]


def test_runs_without_a_row_in_common_are_refused(store: Store) -> None:
    other = DATA.assign(inputs=[name.upper() for name in NAMES])
    with pytest.raises(ValueError, match="no row in common"):
        compare(run(old), run(new, other))


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (("nonsense", "nonsense"), ValueError, "'nonsense' is no run of this store"),
        ((1, 2), TypeError, "results of evaluate or ids of runs"),
    ],
)
def test_what_is_no_run_is_refused(store: Store, arguments: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        compare(*arguments)


def test_arguments_are_checked(store: Store) -> None:
    a = run(old)
    with pytest.raises(ValueError, match="confidence is a share"):
        compare(a, a, confidence=95)
    with pytest.raises(TypeError, match="lower_is_better is a list"):
        compare(a, a, lower_is_better="length")
    with pytest.raises(ValueError, match=r"no metric 'nonsense' was scored in both runs; there is same, length"):
        compare(a, a).losses("nonsense")


# ------------------------------------------------------------ as it is seen


def test_the_explorer_shows_both_traces_of_each_changed_row_the_first_two_selected(store: Store) -> None:
    found = compare(run(old), run(new))
    ex = sg.explore(found)
    changed = found.changed()
    assert set(ex.df().index) == {*changed["trace_id_a"], *changed["trace_id_b"]}
    assert ex.selected == list(changed.iloc[0][["trace_id_a", "trace_id_b"]])
    assert {"feedback.same", "feedback.length"} <= set(ex.df().columns)
    in_pairs = [search_traces(filter_string=f"trace_id = '{id}'")["request"].iloc[0] for id in ex.df().index]
    assert in_pairs == ["Ada", "Ada", "Bob", "Bob", "Mary", "Mary"]


def test_the_explorer_shows_the_traces_of_a_result(store: Store) -> None:
    a, _ = run(old), run(new)
    ex = sg.explore(a, filter=None)
    assert sorted(ex.df().index) == sorted(a.table["outputs/trace_id"])
    assert sg.explore(a, filter=f"({a.filter}) AND feedback.same = false").df().shape[0] == 2


def test_nothing_changed_shows_both_runs(store: Store) -> None:
    a, b = run(old), run(old)
    found = compare(a, b)
    assert found.changed().empty
    assert len(sg.explore(found).df()) == 8


def test_it_is_shown_with_everything_in_it_as_text(store: Store) -> None:
    data = DATA.assign(inputs=["<b>Tom</b>", *NAMES[1:]])
    found = compare(run(old, data), run(new, data))
    shown = found._repr_html_()
    assert "<b>Tom" not in shown
    assert "Mary" in shown
    assert "95%" in shown
    assert "wins" in repr(found)


# ------------------------------------------------------------ the interval


def test_the_same_seed_gives_the_same_interval_and_another_one_nearly() -> None:
    changes = [1.0] * 30 + [0.0] * 60 + [-1.0] * 10
    assert paired_interval(changes, seed=1) == paired_interval(changes, seed=1)
    low, high = paired_interval(changes, seed=2)
    mean, deviation = 0.2, math.sqrt((40 / 100 - 0.2**2) / 100)  # of the mean, by the central limit theorem
    assert low == pytest.approx(mean - 1.96 * deviation, abs=0.02)
    assert high == pytest.approx(mean + 1.96 * deviation, abs=0.02)


@given(st.lists(st.sampled_from([-1.0, 0.0, 0.5, 1.0]), min_size=1, max_size=40), st.floats(0.5, 0.99))
def test_an_interval_lies_within_the_changes_and_grows_with_confidence(changes: list[float], confidence: float) -> None:
    low, high = paired_interval(changes, confidence=confidence, resamples=200)
    wide_low, wide_high = paired_interval(changes, confidence=0.999, resamples=200)
    assert min(changes) - 1e-9 <= wide_low <= low <= high <= wide_high <= max(changes) + 1e-9


def test_changing_sides_changes_signs(store: Store) -> None:
    a, b = run(old), run(new)

    def signs(found: Comparison) -> list[tuple[float, int, int]]:
        return list(zip(found.summary["change"], found.summary["wins"], found.summary["losses"], strict=True))

    assert [(-change, losses, wins) for change, wins, losses in signs(compare(a, b))] == signs(compare(b, a))
