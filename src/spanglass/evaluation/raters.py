"""``agreement``: how far those who judged the same traces agree, people, code and models."""

from __future__ import annotations

import html
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from spanglass.entities import Assessment, AssessmentKind
from spanglass.evaluation.coefficients import Level, cohen_kappa, krippendorff_alpha
from spanglass.evaluation.html import html_table
from spanglass.frames import search_traces
from spanglass.frames.arguments import checked_choice
from spanglass.frames.series import TEXT, inferred, is_missing, typed
from spanglass.limits import RESULT_HTML_ROWS
from spanglass.store import Store, current_store

Unit = tuple[str | None, str | None, str | None]  # trace, span, session: what was judged


@dataclass(frozen=True, repr=False)
class Agreement:
    """How far the raters of one feedback agree.

    ``alpha`` is Krippendorff's, over all raters. ``pairs`` has a row for two raters each: how many ``things`` both
    rated, the share on which they ``agree``, and Cohen's ``kappa``. ``ratings`` has a row for each thing that was
    rated, a trace, a span or a session, and a column for each rater.
    """

    name: str
    alpha: float | None
    pairs: pd.DataFrame
    ratings: pd.DataFrame
    raters: tuple[str, ...]

    @property
    def disagreements(self) -> pd.DataFrame:
        """The things on which not all who rated them agree."""
        said = self.ratings[list(self.raters)]
        differ = [len({_key(value) for value in row if not is_missing(value)}) > 1 for row in said.to_numpy(object)]
        return self.ratings[differ]

    def __repr__(self) -> str:
        alpha = "none" if self.alpha is None else f"{self.alpha:.3f}"
        return (
            f"Agreement({self.name!r}, alpha={alpha}, things={len(self.ratings)})\n{self.pairs.to_string(index=False)}"
        )

    def _repr_html_(self) -> str:
        apart = self.disagreements.head(RESULT_HTML_ROWS)
        alpha = "none" if self.alpha is None else f"{self.alpha:.3f}"
        return (
            f"<div><p>{html.escape(self.name)}: Krippendorff's alpha {alpha} over {len(self.ratings)} things,"
            f" {len(self.disagreements)} of them rated differently</p>"
            + html_table(list(self.pairs.columns), self.pairs.astype(object).to_numpy().tolist())
            + html_table(list(apart.columns), apart.astype(object).to_numpy().tolist())
            + "</div>"
        )


def agreement(
    name: str,
    filter_string: str | None = None,
    *,
    by: Literal["source", "run"] = "source",
    level: Level = "nominal",
    experiment_ids: Sequence[str] | Literal["all"] | None = None,
    store: Store | str | Path | None = None,
) -> Agreement:
    """How far those who gave the feedback ``name`` agree with each other.

    Parameters
    ----------
    name:
        The feedback, ``"correct"`` for ``feedback.correct``.
    filter_string:
        Only traces that this filter finds.
    by:
        Who counts as one rater: a ``"source"``, of a kind and with an id (``HUMAN:anna``, ``LLM_JUDGE:small``), or a
        ``"run"`` of an evaluation, by its id.
    level:
        How values differ: ``"nominal"`` (the same or not), ``"ordinal"`` (in order) or ``"interval"`` (numbers whose
        differences count). Cohen's kappa is nominal always.
    experiment_ids:
        As in ``search_traces``.
    store:
        A path or an opened store; by default the current one.

    What is rated is a trace, one of its spans, or a session. Of what a rater said of the same thing the last counts,
    also where another rater has overridden it: a judge's opinion is the judge's. Errors are no ratings.

    >>> import tempfile
    >>> from spanglass.entities import Assessment, AssessmentSource, Batch, Span
    >>> def said(trace_id, who, value):
    ...     return Assessment("good", value, trace_id=trace_id, source=AssessmentSource("HUMAN", who))
    >>> spans = [Span(f"t{n}", "s", "greet", end_time_ns=1) for n in range(4)]
    >>> anna = [said(f"t{n}", "anna", n < 2) for n in range(4)]
    >>> bert = [said(f"t{n}", "bert", n < 1) for n in range(4)]
    >>> with tempfile.TemporaryDirectory() as folder, Store(f"{folder}/s.db") as store:
    ...     _ = store.write(Batch(spans, assessments=anna + bert))
    ...     found = agreement("good", store=store)
    >>> found.pairs.to_dict("records")
    [{'a': 'HUMAN:anna', 'b': 'HUMAN:bert', 'things': 4, 'agree': 0.75, 'kappa': 0.5}]
    """
    checked_choice("by", by, ("source", "run"))
    checked_choice("level", level, ("nominal", "ordinal", "interval"))
    traces = search_traces(
        experiment_ids, filter_string, return_type="list", include_spans=False, store=current_store(store)
    )
    return agreement_of(name, [each for trace in traces for each in trace.info.assessments], by=by, level=level)


def agreement_of(
    name: str,
    assessments: Iterable[Assessment],
    *,
    by: Literal["source", "run"] = "source",
    level: Level = "nominal",
) -> Agreement:
    """How far those agree who gave the feedback ``name`` among these assessments, which stand oldest first."""
    said: dict[Unit, dict[str, Any]] = {}
    for each in assessments:
        rater = _rater(each, by)
        if each.name == name and each.kind == AssessmentKind.FEEDBACK and each.value is not None and rater:
            said.setdefault((each.trace_id, each.span_id, each.session_id), {})[rater] = each.value
    raters = sorted({rater for ratings in said.values() for rater in ratings})
    units = [[_rating(ratings.get(rater), level) for rater in raters] for ratings in said.values()]
    twos = combinations(range(len(raters)), 2)
    pairs = [_pair(raters[i], raters[j], [(unit[i], unit[j]) for unit in units]) for i, j in twos]
    return Agreement(
        name,
        krippendorff_alpha(units, level),
        pd.DataFrame([pair for pair in pairs if pair["things"]], columns=["a", "b", "things", "agree", "kappa"]),
        _ratings(said, raters),
        tuple(raters),
    )


def _rater(assessment: Assessment, by: str) -> str | None:
    if by == "run":
        return assessment.run_id
    return f"{assessment.source.source_type}:{assessment.source.source_id}"


def _rating(value: Any, level: str) -> Any:
    """A value as it is compared. Of numbers only numbers will do, and a boolean is 1 or 0."""
    if value is None:
        return None
    if level == "nominal":
        return _key(value)
    if isinstance(value, (bool, int, float)):
        return float(value)
    raise ValueError(f"level={level!r} takes numbers, and one rating is {value!r:.60}; level='nominal' takes anything.")


def _key(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=repr)


def _pair(a: str, b: str, ratings: Sequence[tuple[Any, Any]]) -> Mapping[str, Any]:
    both = [pair for pair in ratings if None not in pair]
    if not both:
        return {"things": 0}
    ones, others = zip(*both, strict=True)
    agree = sum(one == other for one, other in both) / len(both)
    return {"a": a, "b": b, "things": len(both), "agree": agree, "kappa": cohen_kappa(ones, others)}


def _ratings(said: Mapping[Unit, Mapping[str, Any]], raters: Sequence[str]) -> pd.DataFrame:
    places = ("trace_id", "span_id", "session_id")
    columns = {place: typed([unit[number] for unit in said], TEXT) for number, place in enumerate(places)}
    return pd.DataFrame(
        {**columns, **{rater: inferred([ratings.get(rater) for ratings in said.values()]) for rater in raters}}
    )
