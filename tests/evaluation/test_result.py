"""What an evaluation found, as it is shown."""

from __future__ import annotations

import pandas as pd

from spanglass.evaluation import EvaluationResult


def result(rows: int = 1, text: str = "Tom") -> EvaluationResult:
    table = pd.DataFrame(
        {
            "inputs": [text] * rows,
            "outputs/error": [None] * rows,
            "outputs/trace_id": [None] * rows,
            "good/value": [0.123456] * rows,
        }
    )
    return EvaluationResult({"good/mean": 0.123456}, {"eval_results_table": table}, "run<1>", ("inputs", "good/value"))


def test_it_shows_the_metrics_and_the_first_rows() -> None:
    shown = result(12)._repr_html_()
    assert "good/mean" in shown
    assert "0.1235" in shown
    assert shown.count("<td>Tom</td>") == 10
    assert "and 2 more" in shown


def test_what_is_in_a_row_is_text_and_never_markup() -> None:
    shown = result(text="<script>alert(1)</script>")._repr_html_()
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown
    assert "run<1>" not in shown


def test_long_cells_are_cut() -> None:
    assert len(result(text="x" * 100_000)._repr_html_()) < 2_000


def test_a_result_without_traces_has_none() -> None:
    assert result().traces == []
    assert repr(result()) == "EvaluationResult(run_id='run<1>', rows=1, metrics={'good/mean': 0.123456})"
