"""What changed from one evaluation to another."""

from __future__ import annotations

import html
from dataclasses import dataclass

import pandas as pd

from spanglass.evaluation.html import html_table
from spanglass.filters.printer import quoted
from spanglass.limits import COMPARED_PAIRS, RESULT_HTML_ROWS
from spanglass.store import Store

SIDES = ("a", "b")


@dataclass(frozen=True, repr=False)
class Comparison:
    """What changed from run A to run B.

    ``summary`` has a row per metric: how many ``rows`` both runs scored, the means ``a`` and ``b``, their ``change``
    with the interval from ``low`` to ``high``, and how many rows are ``wins``, ``losses`` and ``ties`` of B.
    ``rows`` has a row per row: inputs, and of each side outputs, error and the trace that the scores are on, then each
    metric's scores ``…_a`` and ``…_b`` and their ``…_change``. ``spanglass.explore`` shows the changed ones' traces.
    """

    summary: pd.DataFrame
    rows: pd.DataFrame
    run_ids: tuple[str, str]
    lower_is_better: frozenset[str]
    confidence: float
    store: Store

    def changed(self, metric: str | None = None) -> pd.DataFrame:
        """The rows whose score by this metric, by default by any, is another one now, or is there on one side only."""
        names = self._metrics() if metric is None else [self._known(metric)]
        hit = pd.Series(False, index=self.rows.index)
        for name in names:
            a, b = self.rows[f"{name}_a"], self.rows[f"{name}_b"]
            hit |= (a != b).fillna(False) | (a.isna() != b.isna())
        return self.rows[hit.astype(bool)]

    def wins(self, metric: str | None = None) -> pd.DataFrame:
        """The rows in which B is better by this metric, by default by the first one."""
        return self._where(metric, 1)

    def losses(self, metric: str | None = None) -> pd.DataFrame:
        """The rows in which B is worse by this metric, by default by the first one."""
        return self._where(metric, -1)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The traces of each changed row, that of A and that of B; of the first ones, where there are many."""
        changed = self.changed().head(COMPARED_PAIRS)
        rows = changed[[f"trace_id_{side}" for side in SIDES]].itertuples(index=False)
        return [(a, b) for a, b in rows if isinstance(a, str) and isinstance(b, str) and a != b]

    @property
    def selected(self) -> list[str]:
        """The two traces of the first row that changed: what the explorer selects."""
        return self._traces(1)

    @property
    def filter(self) -> str:
        """The filter that finds both traces of each changed row; of the first ones, where there are many."""
        ids = self._traces(COMPARED_PAIRS)
        if not ids:
            return f"run_id IN ({', '.join(map(quoted, self.run_ids))})"
        return f"trace_id IN ({', '.join(map(quoted, ids))}) ORDER BY inputs"

    @property
    def columns(self) -> list[str]:
        """The metrics as columns of the explorer."""
        return [f"feedback.`{name}`" for name in self._metrics()]

    def __repr__(self) -> str:
        return f"Comparison(run_ids={self.run_ids!r}, rows={len(self.rows)})\n{self.summary.to_string(index=False)}"

    def _repr_html_(self) -> str:
        changed = self.changed()
        shown = changed.drop(columns=[name for name in changed if str(name).startswith("trace_id_")])
        shown = shown.dropna(axis=1, how="all").head(RESULT_HTML_ROWS)
        left = len(changed) - len(shown)
        runs = " with run ".join(map(html.escape, self.run_ids))
        return (
            f"<div><p>Run {runs}: {len(self.rows)} rows, {len(changed)} of them changed;"
            f" low to high holds {self.confidence:.0%} of the means of resampled rows</p>"
            + html_table(list(self.summary.columns), self.summary.astype(object).to_numpy().tolist())
            + html_table(list(shown.columns), shown.astype(object).to_numpy().tolist())
            + (f"<p>… and {left} more: <code>.changed()</code></p>" if left else "")
            + "</div>"
        )

    def _metrics(self) -> list[str]:
        return list(self.summary["metric"])

    def _known(self, metric: str | None) -> str:
        names = self._metrics()
        if metric is None and names:
            return names[0]
        if metric not in names:
            raise ValueError(
                f"no metric {metric!r:.60} was scored in both runs; there is {', '.join(names) or 'none'}."
            )
        return metric

    def _where(self, metric: str | None, sign: int) -> pd.DataFrame:
        name = self._known(metric)
        change = self.rows[f"{name}_change"] * (-sign if name in self.lower_is_better else sign)
        return self.rows[(change > 0).fillna(False).astype(bool)]

    def _traces(self, pairs: int) -> list[str]:
        changed = self.changed().head(pairs)
        ids = [id for row in changed[[f"trace_id_{side}" for side in SIDES]].itertuples(index=False) for id in row]
        return list(dict.fromkeys(id for id in ids if isinstance(id, str)))
