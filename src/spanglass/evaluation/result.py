"""What an evaluation found."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd

from spanglass.entities import Trace
from spanglass.evaluation.html import html_table
from spanglass.evaluation.scored import ScoredRow
from spanglass.filters.printer import quoted
from spanglass.limits import RESULT_HTML_ROWS
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

    ``rows`` are the same rows as ``compare`` takes them. ``spanglass.explore`` shows the traces.

    The scores are logged as feedback under ``run_id``, so ``feedback.exact_match = 0`` finds the failures.
    """

    metrics: dict[str, float]
    tables: dict[str, pd.DataFrame]
    run_id: str
    shown: tuple[str, ...] = ()
    rows: Sequence[ScoredRow] = ()
    store: Store | None = field(default=None, compare=False)

    @property
    def table(self) -> pd.DataFrame:
        """The one table: ``tables["eval_results_table"]``."""
        return self.tables[TABLE]

    @property
    def traces(self) -> list[Trace]:
        """The traces that were scored, in the order of the rows; their spans are read when touched."""
        if self.store is None:
            return []
        return self.store.traces(list(dict.fromkeys(self.table["outputs/trace_id"].dropna())))

    @property
    def filter(self) -> str:
        """The filter that finds the traces that were scored, and those of rows that failed."""
        return f"run_id = {quoted(self.run_id)} OR assessment {{ run_id = {quoted(self.run_id)} }}"

    @property
    def columns(self) -> list[str]:
        """The scores as columns of the explorer."""
        return [f"feedback.`{name}`" for name in dict.fromkeys(name for row in self.rows for name in row.scores)]

    @property
    def selected(self) -> list[str]:
        """What the explorer selects: nothing."""
        return []

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
            + html_table(["metric", "value"], [[name, value] for name, value in self.metrics.items()])
            + html_table(list(shown.columns), shown.astype(object).to_numpy().tolist())
            + (f"<p>… and {left} more: <code>.tables[{TABLE!r}]</code></p>" if left else "")
            + "</div>"
        )
