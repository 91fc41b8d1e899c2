"""How far those who judged the same traces agree; who said what, of what, and what became of it."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from spanglass import AssessmentSource, agreement, evaluate, log_feedback, override_feedback, search_traces, trace
from spanglass.entities import Batch, Span, TraceFacts
from spanglass.evaluation import cohen_kappa, krippendorff_alpha
from spanglass.store import Store

ANNA, BERT = AssessmentSource("HUMAN", "anna"), AssessmentSource("HUMAN", "bert")
SMALL, CHECK = AssessmentSource("LLM_JUDGE", "small"), AssessmentSource("CODE", "check")


@pytest.fixture
def answers(store: Store) -> list[str]:
    """Six traces of two spans, the last two of one session."""
    spans = []
    for n in range(6):
        spans += [
            Span(f"t{n}", f"{n}a", "answer", start_time_ns=n),
            Span(f"t{n}", f"{n}b", "look", parent_id=f"{n}a", start_time_ns=n),
        ]
    infos = [TraceFacts(f"t{n}", session_id="s1" if n > 3 else None) for n in range(6)]
    store.write(Batch(spans=spans, traces=infos))
    return [f"t{n}" for n in range(6)]


def say(ids: list[str], source: AssessmentSource, *values: Any, **more: Any) -> None:
    for id, value in zip(ids, values, strict=False):
        if value is not None:
            log_feedback(id, name="good", value=value, source=source, **more)


# ------------------------------------------------------------ coefficients

RATED = [  # Krippendorff 2011, section C: four observers, twelve units
    [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
    [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
]


@pytest.mark.parametrize(("level", "alpha"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)])
def test_alpha_is_that_of_krippendorffs_own_example(level: Any, alpha: float) -> None:
    units = list(zip(*RATED, strict=True))
    assert krippendorff_alpha(units, level) == pytest.approx(alpha, abs=0.0005)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=1, max_size=40))
def test_kappa_is_that_of_scikit_learn(ratings: list[tuple[str, str]]) -> None:
    a, b = zip(*ratings, strict=True)
    assume(len({*a, *b}) > 1)
    assert cohen_kappa(a, b) == pytest.approx(cohen_kappa_score(a, b), abs=1e-9)


@given(
    st.lists(st.lists(st.sampled_from([1, 2, 3, None]), min_size=3, max_size=3), max_size=20), st.permutations(range(3))
)
def test_alpha_does_not_know_who_is_who(units: list[list[Any]], order: list[int]) -> None:
    for level in ("nominal", "ordinal", "interval"):
        alpha = krippendorff_alpha(units, level)  # type: ignore[arg-type]
        again = krippendorff_alpha([[unit[place] for place in order] for unit in units], level)  # type: ignore[arg-type]
        assert alpha == pytest.approx(again) if alpha is not None else again is None


def test_where_all_is_one_value_nothing_can_be_said() -> None:
    assert cohen_kappa([1, 1], [1, 1]) is None
    assert krippendorff_alpha([[1, 1], [1, 1]]) is None
    assert krippendorff_alpha([[1, None], [2, None]]) is None
    with pytest.raises(ValueError, match="two ratings of the same things"):
        cohen_kappa([1], [1, 2])


# ------------------------------------------------------------ of what is in the store


def test_people_code_and_models_are_raters(answers: list[str]) -> None:
    say(answers, ANNA, True, True, True, False, False, False)
    say(answers, SMALL, True, True, True, True, False, False)
    say(answers, CHECK, None, None, None, None, False, True)
    found = agreement("good")
    assert found.raters == ("CODE:check", "HUMAN:anna", "LLM_JUDGE:small")
    pairs = found.pairs.set_index(["a", "b"])
    assert pairs.loc[("HUMAN:anna", "LLM_JUDGE:small"), "kappa"] == pytest.approx(2 / 3)
    assert pairs.loc[("CODE:check", "HUMAN:anna")].tolist() == [2, 0.5, 0.0]
    assert list(found.disagreements["trace_id"]) == ["t3", "t5"]
    assert "alpha" in repr(found)
    assert "LLM_JUDGE:small" in found._repr_html_()


def test_an_overridden_opinion_is_still_its_raters(answers: list[str]) -> None:
    say(answers, SMALL, True, True, False, False)
    wrong = search_traces(filter_string="trace_id = 't0'")["assessments"].iloc[0][0]
    override_feedback(trace_id="t0", assessment_id=wrong.assessment_id, value=False, source=ANNA)
    say(answers, ANNA, None, True, False, False)
    assert agreement("good").pairs.to_dict("records") == [
        {"a": "HUMAN:anna", "b": "LLM_JUDGE:small", "things": 4, "agree": 0.75, "kappa": 0.5}
    ]
    # The filter knows the correction alone, the history is there.
    assert len(search_traces(filter_string="feedback.good = true")) == 1
    assert len(search_traces(filter_string="assessment { name = 'good' AND valid = false AND value = true }")) == 1


def test_the_last_word_of_a_rater_counts(answers: list[str]) -> None:
    say(answers, ANNA, False, False)
    say(answers, ANNA, True, True)
    say(answers, BERT, True, False)
    assert agreement("good").pairs["agree"].tolist() == [0.5]


def test_spans_and_sessions_are_things_of_their_own(answers: list[str]) -> None:
    for source, value in ((ANNA, True), (BERT, False)):
        log_feedback("t0", name="good", value=value, source=source)
        log_feedback("t0", span_id="0b", name="good", value=True, source=source)
        log_feedback(session_id="s1", name="good", value=value, source=source)
    found = agreement("good")
    assert found.pairs["things"].tolist() == [3]
    assert found.pairs["agree"].tolist() == [pytest.approx(1 / 3)]
    sessions = found.ratings[found.ratings["session_id"] == "s1"]
    assert sessions["trace_id"].isna().tolist() == [True]
    assert len(search_traces(filter_string="feedback.good = false")) == 3  # t0, and both traces of the session
    assert len(search_traces(filter_string="assessment { span_id = '0b' AND value = true }")) == 1


def test_runs_of_evaluations_stand_side_by_side(store: Store) -> None:
    @trace
    def answer(n: int) -> int:
        return n

    for n in range(4):
        answer(n)
    frame = search_traces()
    runs = [
        evaluate(None, frame, scorers={"good": lambda outputs, bound=bound: outputs >= bound}).run_id
        for bound in (1, 2)
    ]
    for run_id, count in zip(runs, (3, 2), strict=True):
        found = search_traces(filter_string=f"assessment {{ run_id = '{run_id}' AND name = 'good' AND value = true }}")
        assert len(found) == count
    side_by_side = agreement("good", by="run")
    assert set(side_by_side.raters) == set(runs)
    assert side_by_side.pairs["agree"].tolist() == [0.75]


def test_numbers_can_be_near_each_other(answers: list[str]) -> None:
    say(answers, ANNA, 1, 2, 3, 4, 5, 5)
    say(answers, SMALL, 1, 2, 3, 4, 4, 5)
    nominal, interval = (agreement("good", level=level).alpha for level in ("nominal", "interval"))  # type: ignore[arg-type]
    assert nominal is not None
    assert interval is not None
    assert nominal < 0.85 < 0.95 < interval
    say(answers[:1], BERT, "fine")
    with pytest.raises(ValueError, match="takes numbers, and one rating is 'fine'"):
        agreement("good", level="interval")


def test_nothing_rated_is_no_agreement(answers: list[str]) -> None:
    found = agreement("good")
    assert (found.alpha, len(found.pairs), len(found.ratings), len(found.disagreements)) == (None, 0, 0, 0)
    say(answers, ANNA, [1, 2], {"a": 1})
    say(answers, BERT, [1, 2], {"a": 2})
    assert agreement("good").pairs["agree"].tolist() == [0.5]
    assert isinstance(agreement("good").disagreements, pd.DataFrame)


def test_a_filter_narrows_what_is_looked_at(answers: list[str]) -> None:
    say(answers, ANNA, True, False)
    say(answers, BERT, True, True)
    assert agreement("good", "trace_id = 't0'").pairs["agree"].tolist() == [1.0]
