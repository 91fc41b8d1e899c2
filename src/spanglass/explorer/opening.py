"""``explore``: an explorer for whatever holds traces."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from spanglass.explorer.labels import checked_labels
from spanglass.explorer.predicates import Predicate, given
from spanglass.explorer.source import Scope, Source, checked_columns, open_source
from spanglass.explorer.views import ARRANGED, DEFAULT_HEIGHT, Memory
from spanglass.explorer.widget import Explorer
from spanglass.explorer.wire import ColumnSpec, RowMode
from spanglass.filters import resolve
from spanglass.frames.arguments import checked_experiment_ids
from spanglass.frames.query import notice_unknown
from spanglass.store import Store


def explore(
    source: Any = None,
    *,
    filter: str | None = None,
    experiment_ids: Sequence[str] | Literal["all"] | None = None,
    run_id: str | None = None,
    tz: str | None = None,
    columns: Sequence[ColumnSpec] | None = None,
    where: Predicate | str | Sequence[Predicate | str] | None = None,
    rows: RowMode | None = None,
    labels: Mapping[str, Any] | None = None,
    rater: str | None = None,
    view: Mapping[str, Any] | None = None,
    key: str | None = None,
    height: int | None = None,
    embed: bool = True,
    store: Store | str | Path | None = None,
) -> Explorer:
    """See traces: a widget with a list, a waterfall and the details of each span.

    Parameters
    ----------
    source:
        A store or its path, a DataFrame of ``search_traces``, a list of traces, or a file, pattern or folder that
        ``ingest`` reads. None is the current store. Of a comparison the traces of the rows that changed are shown, both
        of a row side by side, the first two selected; of a result of ``evaluate`` those that were scored.
    filter:
        A text of the filter language to begin with.
    experiment_ids:
        Only traces of these experiments; all by default.
    run_id:
        Only traces of this run.
    tz:
        The time zone of dates in the filter that name none; the machine's own by default.
    columns:
        Extra columns: field paths, or ``{"path": …, "pick": …, "name": …}``.
    where:
        A Python function of a trace that must hold for it, or several; ``ex.where`` adds more. One that stands in a
        module can be given by its name, ``"checks.is_slow"``, which is imported.
    rows:
        ``"traces"``, or ``"spans"`` for a row per span that the filter's last block matches.
    labels:
        What people are asked to say, by the keys ``l`` and ``1`` to ``9``: the values of each label by its name,
        ``{"correct": [True, False], "tone": ["kind", "rude"], "score": (1, 5)}``; a tuple of two whole numbers is
        from the one to the other. What they say is stored at once, as ``feedback.correct`` and so on.
    rater:
        Who labels; by default the name of who is logged in.
    view:
        What ``ex.view`` of another explorer gave. The arguments beside it win over it.
    key:
        Keep filter, columns, selection and arrangement in the store under this name, and take them up again when
        the cell is run anew with the same arguments.
    height:
        In pixels, 480 by default.
    embed:
        False leaves the text of traces out of the notebook file.
    store:
        The store, as every function here takes it; the same as ``source``.

    Raises
    ------
    FilterError
        The filter, or the path of a column, cannot be understood.
    ValueError, TypeError
        An argument is not what it should be; the text names it.

    >>> import tempfile
    >>> from spanglass.entities import Batch, Span
    >>> with tempfile.TemporaryDirectory() as folder, Store(f"{folder}/s.db") as opened:
    ...     _ = opened.write(Batch([Span("t1", "s1", "search", span_type="TOOL", end_time_ns=2_000_000)]))
    ...     ex = explore(opened, filter="{ type = 'TOOL' }", columns=["search.type"])
    ...     ex.df()["search.type"].to_dict()
    {'t1': 'TOOL'}
    """
    # Who has one of these has loaded the module, which is large, and needed for nothing else.
    evaluation = sys.modules.get("spanglass.evaluation")
    if evaluation and isinstance(source, (evaluation.Comparison, evaluation.EvaluationResult)):
        ex = explore(
            source.store,
            filter=source.filter if filter is None else filter,
            experiment_ids=experiment_ids,
            run_id=run_id,
            tz=tz,
            columns=source.columns if columns is None else columns,
            where=where,
            rows=rows,
            labels=labels,
            rater=rater,
            view=view,
            key=key,
            height=height,
            embed=embed,
            store=store,
        )
        ex.selected = source.selected
        if isinstance(source, evaluation.Comparison) and source.pairs:
            ex.boot = {**ex.boot, "pairs": source.pairs}
            ex.active = (source.pairs[0][0], None)
        return ex
    arguments = {
        "filter": filter,
        "columns": None if columns is None else checked_columns(columns),
        "rows": rows,
        "height": height,
        "experiment_ids": checked_experiment_ids(experiment_ids),
        "run_id": run_id,
        "tz": tz,
        "where": where,
        "labels": None if labels is None else checked_labels(labels),
    }
    if view is not None and not isinstance(view, Mapping):
        raise TypeError(f"view is a dict as ex.view gives it, not {view!r:.60}")
    if key is not None and not isinstance(key, str):
        raise TypeError(f"key is a text, not {key!r:.60}")
    asked = {**(view or {}), **{name: value for name, value in arguments.items() if value is not None}}
    unknown = sorted(set(asked) - {*arguments, *ARRANGED})
    if unknown:
        known = ", ".join([*arguments, *ARRANGED])
        raise ValueError(f"a view has no {', '.join(map(repr, unknown)):.60}; it has {known}")
    ids = asked.pop("experiment_ids", None)
    scope = Scope(None if ids == "all" else ids, asked.pop("run_id", None), asked.pop("tz", None))
    resolve("", zone=scope.tz)  # an unknown zone is refused
    functions = given(asked.pop("where", None))
    opened = open_source(source, scope, store)
    if isinstance(opened, Source):
        notice_unknown(opened.store, scope.experiment_ids, scope.run_id)
        for function in functions:
            opened.predicates.add(function)
    state = {
        "filter": asked.get("filter", ""),
        "columns": checked_columns(asked.get("columns", [])),
        "height": asked.get("height", DEFAULT_HEIGHT),
        "predicates": opened.predicates.names if isinstance(opened, Source) else [],
        "screen": {name: asked[name] for name in ("rows", *ARRANGED) if name in asked},
        "labels": asked.get("labels", {}),
        **({} if rater is None else {"rater": rater}),
    }
    if key is None or not isinstance(opened, Source):
        return Explorer(opened, embed=embed, **state)
    memory = Memory(key, state)
    try:
        return Explorer(opened, memory=memory, embed=embed, **{**state, **memory.recall(opened.store)})
    except (TypeError, ValueError):  # what was kept is not sound any more, or never was what is asked for
        return Explorer(opened, memory=memory, embed=embed, **state)
