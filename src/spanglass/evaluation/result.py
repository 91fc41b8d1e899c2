"""What an evaluation found."""

from __future__ import annotations

import html
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from spanglass.entities import Trace
from spanglass.frames.series import is_missing
from spanglass.limits import RESULT_CELL_CHARS, RESULT_HTML_ROWS
from spanglass.store import Store

TABLE = "eval_results_table"


@dataclass(frozen=True, repr=False)
class EvaluationResult:
    """What an evaluation found: numbers over all rows, and everything about each row.

    ``metrics`` are the numbers by name, as MLflow names them (``exact_match/v1``, ``ari_grade_level/v1/mean``; of a
    scorer ``name/mean``). ``tables["eval_results_table"]`` holds the data's own columns and, a row each,

    - ``outputs``: what was scored; ``outputs/error``: why the model gave none; ``outputs/trace_id``: the trace
      that the scores are logged on, missing where there is none;
    - a column for each metric (``exact_match/v1/score``) and scorer (``name/value``), and where a scorer gave
      any, ``name/rationale`` and ``name/error``.

    The scores are logged as feedback under ``run_id``, so ``feedback.exact_match = 0`` finds the failures.
    """

    metrics: dict[str, float]
    tables: dict[str, pd.DataFrame]
    run_id: str
    shown: tuple[str, ...] = ()
    _store: Store | None = field(default=None, compare=False)

    @property
    def table(self) -> pd.DataFrame:
        """The one table: ``tables["eval_results_table"]``."""
        return self.tables[TABLE]

    @property
    def traces(self) -> list[Trace]:
        """The traces that were scored, in the order of the rows; their spans are read when touched."""
        if self._store is None:
            return []
        return self._store.traces(list(dict.fromkeys(self.table["outputs/trace_id"].dropna())))

    def __repr__(self) -> str:
        return f"EvaluationResult(run_id={self.run_id!r}, rows={len(self.table)}, metrics={self.metrics!r})"

    def _repr_html_(self) -> str:
        table = self.table
        failed = int(table["outputs/error"].notna().sum())
        counted = f"{len(table)} rows" + (f", {failed} of them failed" if failed else "")
        shown = table.loc[:, [name for name in self.shown if name in table.columns]].head(RESULT_HTML_ROWS)
        left = len(table) - len(shown)
        return (
            f"<div><p>Evaluation of {counted}, run {html.escape(self.run_id)}</p>"
            + _html_table(["metric", "value"], [[name, f"{value:.4g}"] for name, value in self.metrics.items()])
            + _html_table(list(shown.columns), shown.astype(object).to_numpy().tolist())
            + (f"<p>… and {left} more: <code>.tables[{TABLE!r}]</code></p>" if left else "")
            + "</div>"
        )


def _html_table(names: list[str], rows: list[list[Any]]) -> str:
    if not rows:
        return ""
    head = "".join(f"<th>{html.escape(str(name))}</th>" for name in names)
    body = "".join("<tr>" + "".join(f"<td>{_html_cell(value)}</td>" for value in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _html_cell(value: Any) -> str:
    if is_missing(value):
        return ""
    text = str(value)
    return html.escape(text if len(text) <= RESULT_CELL_CHARS else text[:RESULT_CELL_CHARS] + "…")
