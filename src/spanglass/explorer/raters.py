"""What several people, and judges among them, said of the same traces: side by side, with how far they agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from spanglass import limits
from spanglass.engines.base import Cancel, Cancelled
from spanglass.entities import AssessmentKind, TraceInfo
from spanglass.evaluation.raters import Agreement, agreement_of
from spanglass.explorer import wire
from spanglass.explorer.details import preview
from spanglass.explorer.labels import are_ordered
from spanglass.explorer.source import Source
from spanglass.filters import resolve
from spanglass.filters.algebra import And
from spanglass.frames.series import is_missing

_JUDGED = resolve("assessment { kind = 'feedback' }").where


def raters(source: Source, params: wire.RatersParams, cancel: Cancel) -> wire.RatersResult:
    """For each label that two or more have given among the filtered traces: who said what, and their agreement."""
    infos, late = judged(source, params.filter, cancel)
    shown = {info.trace_id: info.name for info in infos}
    found = [side_by_side(agreed(source, name, infos), shown) for name in rated_twice(infos)]
    return {"filter": params.filter, "labels": found, "late": late}


def judged(source: Source, text: str, cancel: Cancel | None = None) -> tuple[list[TraceInfo], bool]:
    """The filtered traces of which somebody said something, and whether there were too many to read all."""
    query = source.query(text, "traces", cancel)
    query = replace(query, where=And((query.where, _JUDGED)))
    page = source.engine.search(query, limit=limits.MAX_RATED, cancel=cancel)
    ids = [row[0] for row in page.ids]
    infos: list[TraceInfo] = []
    for start in range(0, len(ids), limits.READ_CHUNK):
        if cancel is not None and cancel.cancelled:
            raise Cancelled("the query was cancelled")
        infos += source.engine.infos(ids[start : start + limits.READ_CHUNK])
    return infos, page.token is not None


def agreed(source: Source, name: str, infos: Iterable[TraceInfo]) -> Agreement:
    """How far those agree who judged these traces by this name. Values that were declared as numbers have an order."""
    meant = [one for info in infos for one in info.assessments if one.name == name]
    declared = source.labelling.schema.get(name, ())
    ordered = are_ordered(declared) and are_ordered([one.value for one in meant if one.value is not None])
    return agreement_of(name, meant, level="ordinal" if ordered else "nominal")


def rated_twice(infos: Iterable[TraceInfo]) -> list[str]:
    """The names under which at least two raters gave feedback, the most frequent first."""
    who: dict[str, set[tuple[str, str]]] = {}
    times: Counter[str] = Counter()
    for info in infos:
        for one in info.assessments:
            if one.kind == AssessmentKind.FEEDBACK and one.value is not None:
                who.setdefault(one.name, set()).add((one.source.source_type, one.source.source_id))
                times[one.name] += 1
    return [name for name, _ in times.most_common() if len(who[name]) > 1][: limits.MAX_LABEL_NAMES]


def side_by_side(agreement: Agreement, names: dict[str, str]) -> wire.RatedLabel:
    """One label's ratings as a table: what differs first, of which a screen shows so many."""
    raters = list(agreement.raters)
    apart = set(agreement.disagreements.index)
    rows: list[wire.Rated] = []
    for index, row in agreement.ratings.iterrows():
        said = [None if is_missing(row[rater]) else plain(row[rater]) for rater in raters]
        if sum(value is not None for value in said) > 1 and not is_missing(row["trace_id"]):
            rows.append(
                {
                    "trace_id": row["trace_id"],
                    "span_id": None if is_missing(row["span_id"]) else row["span_id"],
                    "trace": names.get(row["trace_id"], "")[: limits.CUT_NAME_CHARS],
                    "said": said,
                    "differ": index in apart,
                }
            )
    rows.sort(key=lambda each: not each["differ"])
    return {
        "name": agreement.name,
        "alpha": agreement.alpha,
        "raters": raters,
        "pairs": [
            {"a": a, "b": b, "things": things, "agree": agree, "kappa": None if is_missing(kappa) else kappa}
            for a, b, things, agree, kappa in agreement.pairs.itertuples(index=False, name=None)
        ],
        "things": len(rows),
        "differ": sum(each["differ"] for each in rows),
        "rated": rows[: limits.CUT_ITEMS],
    }


def plain(value: Any) -> Any:
    """A value of a frame as JSON has it, short enough for a cell."""
    return preview(value.item() if hasattr(value, "item") else value)
