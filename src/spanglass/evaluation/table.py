"""An evaluation's numbers: over all rows, and a table of each row's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from spanglass.evaluation.metrics import score_column
from spanglass.evaluation.rows import Row
from spanglass.evaluation.scorer import Score, Scorer
from spanglass.frames.series import TEXT, inferred, typed


def summaries(judges: Sequence[Scorer], scores: Sequence[Sequence[Score]]) -> dict[str, float]:
    """The metrics: what each scorer makes of all the numbers it gave."""
    metrics: dict[str, float] = {}
    for number, scorer in enumerate(judges):
        numbers = [value for row_scores in scores if (value := row_scores[number].number) is not None]
        if numbers:
            metrics |= scorer.summary(scorer.name, numbers)
    return metrics


def results_table(
    frame: pd.DataFrame,
    rows: Sequence[Row],
    judges: Sequence[Scorer],
    scores: Sequence[Sequence[Score]],
    missing: Iterable[str],
) -> pd.DataFrame:
    """The data's columns, what was scored, and a column for each scorer; ``missing`` metrics have no values."""
    index = frame.index
    columns = {
        "outputs": inferred([row.outputs for row in rows], index),
        "outputs/error": typed([row.error_text for row in rows], TEXT, index),
        "outputs/trace_id": typed([row.trace_id for row in rows], TEXT, index),
    }
    for number, scorer in enumerate(judges):
        given = [row_scores[number] for row_scores in scores]
        columns[scorer.column] = inferred([score.value for score in given], index)
        for what in ("rationale", "error"):
            texts = [getattr(score, what) for score in given]
            if any(text is not None for text in texts):
                columns[f"{scorer.name}/{what}"] = typed(texts, TEXT, index)
    for metric in missing:
        columns[score_column(metric)] = typed([None] * len(rows), "Float64", index)
    return frame.assign(**columns)
